//! The settings that can be made for a client and for a single call.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{clocks::Clocks, headers, retry::RetryPolicy};

/// The settings of a client or a call. Those of the call take precedence over those of its client.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) clocks: Clocks,
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
    pub(crate) headers: HeaderMap,
    /// Why a header was rejected.
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

/// Omits the headers, which may contain secrets.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.clocks)
    }
}

/// Defines the setters of a type that has a method `with_options(self, impl FnOnce(&mut CallOptions)) -> Self`.
macro_rules! option_setters {
    ([$($generics:tt)*] $type:ty) => {
        impl $($generics)* $type {
            /// Sets the timeout of the whole call, including all attempts and the waits between them. For a listing it
            /// applies to each page. Default: 600 s; for a stream, no limit. `None` means no limit.
            ///
            /// The setting of a call takes precedence over that of the client.
            pub fn timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.call = Some(timeout.into()))
            }

            /// Sets how long an attempt waits for the response's headers once it sends the request. Default: 600 s.
            /// `None` means no limit.
            pub fn head_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.head = Some(timeout.into()))
            }

            /// Sets the timeout for the next bytes of a response's body. Default: 300 s. `None` means no limit.
            ///
            /// It starts when a poll finds no bytes, and ends when bytes arrive. Comments in an event stream count as
            /// bytes; [`Limits::without_event`](crate::Limits::without_event) limits their size.
            pub fn idle_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.idle = Some(timeout.into()))
            }

            /// Sets the timeout for the next event of a stream. Default: no limit. `None` means no limit.
            ///
            /// It starts when the client reads bytes for an event, and ends when the event has arrived. Comments, which
            /// servers send to keep a connection alive, don't reset it.
            pub fn event_timeout(self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
                self.with_options(|options| options.clocks.event = Some(timeout.into()))
            }

            /// Sets the policy that decides whether to retry after a failed attempt. Default:
            /// [`StandardRetry`](crate::retry::StandardRetry); [`NoRetry`](crate::retry::NoRetry) disables retries.
            pub fn retry(self, policy: impl $crate::retry::RetryPolicy + 'static) -> Self {
                self.with_options(|options| options.retry = Some(std::sync::Arc::new(policy)))
            }

            /// Sets the retry policy to [`StandardRetry`](crate::retry::StandardRetry) with this maximum number of
            /// attempts, the first one included.
            pub fn max_attempts(self, attempts: u32) -> Self {
                self.retry($crate::retry::StandardRetry::new().max_attempts(attempts))
            }

            /// Sets a request header. A header of the call replaces the client's header of the same name.
            ///
            /// `authorization`, which is made from the API key, and `host`, `content-length`, `transfer-encoding` and
            /// `connection`, which the transport sets, are rejected, as are invalid names and values, and values with
            /// characters that aren't ASCII: then the build or the call fails.
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
