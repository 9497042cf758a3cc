//! What the server tells about a request.

use std::fmt;

use http::{Method, StatusCode};

/// A request that was answered, for a log. It holds no header, so no key either.
///
/// As text it is one line: `POST /v2/deployments/invoke 200 chat`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedRequest {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The response's status.
    pub status: StatusCode,
    /// The key of the deployment that the body named, known or not.
    pub deployment: Option<String>,
}

impl fmt::Display for ServedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        write!(f, "{method} {path} {}", self.status.as_u16())?;
        if let Some(key) = &self.deployment {
            // The key is the client's text. A line break in it must not look like another line.
            write!(f, " {}", key.escape_debug())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_line() {
        let mut served = ServedRequest {
            method: Method::POST,
            path: "/x".to_owned(),
            status: StatusCode::NOT_FOUND,
            deployment: Some("a\nb".to_owned()),
        };
        assert_eq!(served.to_string(), "POST /x 404 a\\nb");
        served.deployment = None;
        assert_eq!(served.to_string(), "POST /x 404");
    }
}
