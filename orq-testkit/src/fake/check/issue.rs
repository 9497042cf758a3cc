//! What is wrong with a request.

use std::fmt;

use http::StatusCode;
use serde_json::{Value, json};

use crate::shape::Problem;

/// What is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    /// Such as `messages[0].content`; empty for the body as a whole.
    pub(crate) path: String,
    pub(crate) message: String,
}

impl Issue {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    fn to_json(&self) -> Value {
        json!({"path": self.path, "message": self.message})
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "body"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.message)
    }
}

/// A request that breaks the schema. The message is the first issue, `details.issues` has them all, up to 100.
pub(crate) fn invalid(issues: &[Issue]) -> Problem {
    let message = issues.first().map(Issue::to_string).unwrap_or_default();
    let details: Vec<_> = issues.iter().map(Issue::to_json).collect();
    let details = Some(json!({"issues": details}));
    let code = "invalid_request_body";
    Problem::coded(StatusCode::BAD_REQUEST, code, &message, details)
}
