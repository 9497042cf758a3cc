//! What the server tells about a request.

use std::fmt;

use http::{Method, StatusCode};

use crate::reply::Fault;

/// A request that was answered, for a log. It has no headers, and so no API key.
///
/// Its `Display` is one line: `POST /v2/deployments/invoke 200 chat`, or `POST /v2/deployments/invoke reset` if the
/// connection was broken instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedRequest {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The response's status; `None` if a fault replaced the response.
    pub status: Option<StatusCode>,
    /// The fault that replaced the response, if any.
    pub fault: Option<Fault>,
    /// The key of the deployment in the body, whether it exists or not; `None` if there was a fault.
    pub deployment: Option<String>,
}

impl fmt::Display for ServedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        write!(f, "{method} {path}")?;
        if let Some(status) = self.status {
            write!(f, " {}", status.as_u16())?;
        }
        if let Some(fault) = self.fault {
            write!(f, " {}", fault.as_str())?;
        }
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
            status: Some(StatusCode::NOT_FOUND),
            fault: None,
            deployment: Some("a\nb".to_owned()),
        };
        assert_eq!(served.to_string(), "POST /x 404 a\\nb");
        served.deployment = None;
        assert_eq!(served.to_string(), "POST /x 404");
        (served.status, served.fault) = (None, Some(Fault::Reset));
        assert_eq!(served.to_string(), "POST /x reset");
    }
}
