//! The settings that a client has for every call, and a call for itself.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{clocks::Clocks, headers, retry::RetryPolicy};

/// The settings of a call. Those of the call win over those of its client.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) clocks: Clocks,
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
    pub(crate) headers: HeaderMap,
    /// Why a header was refused.
    pub(crate) refused: Option<String>,
}

impl CallOptions {
    pub(crate) fn header<N, V>(&mut self, name: N, value: V)
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match headers::checked(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(why) => {
                self.refused.get_or_insert(why);
            }
        }
    }
}

/// Without the headers, which may contain secrets.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.clocks)
    }
}

/// Defines the setters of a type that has a method `with_options(self, impl FnOnce(&mut CallOptions)) -> Self`.
macro_rules! option_setters {
    ([$($generics:tt)*] $type:ty) => {
        impl $($generics)* $type {
            /// Sets the timeout of the whole call, from its start to its end, retries included; for a listing, of each
            /// page. Default: 600 s, and no limit for a stream. `None` means no limit.
            ///
            /// A setting of the call wins over that of the client.
            pub fn timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.call = Some(timeout.into()))
            }

            /// Sets how long an attempt may wait for the response's headers. Default: 600 s. `None` means no limit.
            pub fn head_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.head = Some(timeout.into()))
            }

            /// Sets how long to wait for the next bytes of a response's body. Default: 300 s. `None` means no limit.
            ///
            /// It runs only while the client waits for bytes, not between two polls of the caller. Comments in an
            /// event stream count as bytes; [`Limits::without_event`](crate::Limits::without_event) bounds them.
            pub fn idle_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.idle = Some(timeout.into()))
            }

            /// Sets how long to wait for a stream's next event. Default: no limit. `None` means no limit.
            ///
            /// Comments, which servers send to keep a connection alive, don't reset it. It runs only while the client
            /// waits.
            pub fn event_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.event = Some(timeout.into()))
            }

            /// Sets the policy that decides whether a failed attempt is followed by another. Default:
            /// [`StandardRetry`](crate::retry::StandardRetry); [`NoRetry`](crate::retry::NoRetry) turns retries off.
            pub fn retry(self, policy: impl $crate::retry::RetryPolicy + 'static) -> Self {
                self.with_options(|options| options.retry = Some(std::sync::Arc::new(policy)))
            }

            /// Sets the policy to [`StandardRetry`](crate::retry::StandardRetry) with this maximum number of
            /// attempts.
            pub fn max_attempts(self, attempts: u32) -> Self {
                self.retry($crate::retry::StandardRetry::new().max_attempts(attempts))
            }

            /// Sets a header. A header of the call wins over the client's of the same name.
            ///
            /// `authorization` is made from the API key, and `host`, `content-length`, `transfer-encoding` and
            /// `connection` are set by the transport: these are refused, and the build or the call fails.
            pub fn header<N, V>(self, name: N, value: V) -> Self
            where
                N: TryInto<http::HeaderName>,
                V: TryInto<http::HeaderValue>,
            {
                self.with_options(|options| options.header(name, value))
            }
        }
    };
}

pub(crate) use option_setters;
