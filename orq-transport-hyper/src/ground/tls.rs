//! TLS by rustls.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider};
use rustls_platform_verifier::Verifier;

use super::trust::Trust;
use crate::build_error::BuildError;

/// Returns the provider of the process if one is installed, else aws-lc-rs (feature `rustls`), else ring (feature
/// `rustls-ring`). No provider is installed.
///
/// # Errors
///
/// A [`BuildError`] if there is none of these.
fn provider() -> Result<Arc<CryptoProvider>, BuildError> {
    if let Some(installed) = CryptoProvider::get_default() {
        return Ok(installed.clone());
    }
    #[cfg(feature = "rustls")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
    Err(BuildError::new(
        "TLS can't be set up",
        "rustls has no cryptography provider: install one with `CryptoProvider::install_default`, or enable the feature \
         `rustls` or `rustls-ring`",
    ))
}

/// Returns whether reqwest finds a provider: the installed one, or aws-lc-rs (feature `rustls`).
pub fn is_found_by_reqwest() -> bool {
    cfg!(feature = "rustls") || CryptoProvider::get_default().is_some()
}

/// Returns `given`, or a configuration with the authorities of `trust` and without a client certificate. If it has no ALPN
/// protocols, HTTP/2 (feature `http2`) and HTTP/1.1 are added.
///
/// # Errors
///
/// A [`BuildError`] if there is no provider, a certificate is invalid, or the platform has no authorities.
pub fn config(given: Option<&ClientConfig>, trust: &Trust) -> Result<ClientConfig, BuildError> {
    let mut config = match given {
        Some(given) => given.clone(),
        None => trusting(trust)?,
    };
    if config.alpn_protocols.is_empty() {
        let http2 = cfg!(feature = "http2").then(|| b"h2".to_vec());
        let protocols = http2.into_iter().chain([b"http/1.1".to_vec()]);
        config.alpn_protocols = protocols.collect();
    }
    Ok(config)
}

fn trusting(trust: &Trust) -> Result<ClientConfig, BuildError> {
    let provider = provider()?;
    let roots = trust.roots()?;
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::new("TLS can't be set up", error))?;
    if trust.mozilla {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        return Ok(config.with_root_certificates(store).with_no_client_auth());
    }
    // Android's verifier can't be given further authorities.
    #[cfg(target_os = "android")]
    let verifier = match roots.is_empty() {
        true => Verifier::new(provider),
        false => Err(rustls::Error::General(
            "Android takes no further authorities".into(),
        )),
    };
    #[cfg(not(target_os = "android"))]
    let verifier = Verifier::new_with_extra_roots(roots, provider);
    let verifier = verifier.map_err(BuildError::platform)?;
    let config = config.dangerous();
    let config = config.with_custom_certificate_verifier(Arc::new(verifier));
    Ok(config.with_no_client_auth())
}
