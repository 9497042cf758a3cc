//! The operations that a double has.

use http::Method;

/// An operation, by its method and path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Invoke,
    Stream,
    GetConfig,
    List,
}

impl Route {
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        match (method.as_str(), path) {
            ("POST", "/v2/deployments/invoke") => Some(Self::Invoke),
            ("POST", "/v2/deployments/stream") => Some(Self::Stream),
            ("POST", "/v2/deployments/get_config") => Some(Self::GetConfig),
            ("GET", "/v2/deployments") => Some(Self::List),
            _ => None,
        }
    }
}
