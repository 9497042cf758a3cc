//! The API key: validation, providers, and redaction from messages.

mod redact;

use std::{cmp::Reverse, error::Error as StdError, fmt, sync::Arc};

use async_trait::async_trait;
use http::HeaderValue;

use crate::maybe_send::{MaybeSend, MaybeSync};

/// An orq.ai API key (a JWT or `sk-orq-…`), sent as `Authorization: Bearer KEY`.
///
/// It is validated when it is created. `Debug` prints a placeholder, and no method returns the key. If a server repeats
/// the key, it is replaced with `[redacted]`. A key of fewer than eight characters is only replaced after `Bearer` in a
/// header, since it is too likely to be a part of other words.
///
/// ```
/// use orq_core::secret::ApiKey;
///
/// let key = ApiKey::new("sk-orq-secret")?;
/// assert_eq!(format!("{key:?}"), "ApiKey(redacted)");
/// assert!(ApiKey::new("sk-orq\n").is_err());
/// # Ok::<(), orq_core::secret::InvalidApiKey>(())
/// ```
#[derive(Clone)]
pub struct ApiKey {
    /// `Bearer KEY`, marked sensitive.
    header: HeaderValue,
    /// The headers of the keys of earlier attempts, which are redacted, too; the longest first.
    earlier: Vec<HeaderValue>,
}

/// The reason why a text isn't a valid [`ApiKey`]. It doesn't contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidApiKey(&'static str);

/// Provides the API key for each attempt of each call, for keys that are rotated or fetched from a secret store.
///
/// The time that it takes counts towards the timeout of the whole call. An error of the provider fails the call with
/// [`ErrorKind::Config`](crate::ErrorKind::Config), and must not contain a key.
///
/// ```
/// use orq_core::{Client, async_trait, secret::{ApiKey, ApiKeyProvider, ProviderError}};
/// use orq_testkit::FakeOrq;
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait]
/// impl ApiKeyProvider for Vault {
///     async fn api_key(&self) -> Result<ApiKey, ProviderError> {
///         Ok(ApiKey::new("sk-orq-test")?) // ask the secret store here, and cache the key
///     }
/// }
///
/// let client = Client::builder(FakeOrq::new()).api_key_provider(Vault).build()?;
/// # Ok::<(), orq_core::Error>(())
/// ```
#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
pub trait ApiKeyProvider: fmt::Debug + MaybeSend + MaybeSync {
    /// Returns the key for the next attempt.
    ///
    /// # Errors
    ///
    /// Any error of the implementation. It fails the call without a retry.
    async fn api_key(&self) -> Result<ApiKey, ProviderError>;
}

/// The error of an [`ApiKeyProvider`].
pub type ProviderError = Box<dyn StdError + Send + Sync>;

/// The source of a client's key.
#[derive(Clone, Debug)]
pub(crate) enum KeySource {
    Fixed(ApiKey),
    Provider(Arc<dyn ApiKeyProvider>),
}

const SCHEME: &str = "Bearer ";

impl ApiKey {
    /// Creates a key from its text, which isn't trimmed.
    ///
    /// # Errors
    ///
    /// [`InvalidApiKey`] if the text is empty, contains white space or a byte that isn't visible ASCII, or has quotation
    /// marks around it.
    pub fn new(key: impl AsRef<str>) -> Result<Self, InvalidApiKey> {
        let key = key.as_ref();
        if key.is_empty() {
            return Err(InvalidApiKey("the API key is empty"));
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidApiKey(
                "the API key contains white space or a character that is not visible ASCII",
            ));
        }
        if key.starts_with(['"', '\'', '`']) || key.ends_with(['"', '\'', '`']) {
            return Err(InvalidApiKey(
                "the API key has quotation marks around it: remove them",
            ));
        }
        let mut header = HeaderValue::try_from(format!("{SCHEME}{key}"))
            .map_err(|_| InvalidApiKey("the API key does not fit into a header"))?;
        header.set_sensitive(true);
        let earlier = Vec::new();
        Ok(Self { header, earlier })
    }

    /// Redacts also the keys of earlier attempts of the call, to which it adds this one.
    pub(crate) fn follow(&mut self, earlier: &mut Vec<HeaderValue>) {
        earlier.retain(|header| *header != self.header);
        self.earlier.clone_from(earlier);
        self.earlier.sort_by_key(|header| Reverse(header.len()));
        earlier.push(self.header.clone());
    }

    /// Returns the value of the `authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_a_header_cannot_carry_are_refused_without_showing_the_key() {
        for key in [
            "",
            "sk secret",
            "sk\nsecret",
            "sk\u{e9}secret",
            "sk\0secret",
            "secret\u{7f}",
        ] {
            let error = ApiKey::new(key).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("secret"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_header_is_sensitive() {
        let key = ApiKey::new("sk-orq-secret").unwrap();
        assert_eq!(key.header(), "Bearer sk-orq-secret");
        assert!(!format!("{:?} {key:?}", key.header()).contains("secret"));
    }
}
