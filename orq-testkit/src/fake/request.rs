//! The body of a request, after its check.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::check::{self, Issue};
use crate::shape::Problem;

/// The body that invoke, stream and get_config share.
pub(super) struct DeploymentRequest(Value);

impl DeploymentRequest {
    pub(super) fn read(body: &Bytes) -> Result<Self, Problem> {
        let not_json = |error| Issue::new("", format!("is not JSON: {error}"));
        let body =
            serde_json::from_slice(body).map_err(|error| check::invalid(&[not_json(error)]))?;
        let issues = check::deployment_request(&body);
        if !issues.is_empty() {
            return Err(check::invalid(&issues));
        }
        Ok(Self(body))
    }

    pub(super) fn key(&self) -> &str {
        self.field("key")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(super) fn stream(&self) -> bool {
        is_true(self.field("stream"))
    }

    pub(super) fn inputs(&self) -> Option<&Map<String, Value>> {
        self.field("inputs")?.as_object()
    }

    pub(super) fn context(&self) -> Option<&Map<String, Value>> {
        self.field("context")?.as_object()
    }

    pub(super) fn prefix_messages(&self) -> &[Value] {
        items(self.field("prefix_messages"))
    }

    pub(super) fn messages(&self) -> &[Value] {
        items(self.field("messages"))
    }

    /// The tools that the request brings along.
    pub(super) fn tools(&self) -> &[Value] {
        items(
            self.field("extra_params")
                .and_then(|params| params.get("tools")),
        )
    }

    pub(super) fn include_usage(&self) -> bool {
        is_true(self.option("include_usage"))
    }

    pub(super) fn include_retrievals(&self) -> bool {
        is_true(self.option("include_retrievals"))
    }

    pub(super) fn mock_response(&self) -> Option<&str> {
        self.option("mock_response")?.as_str()
    }

    fn option(&self, name: &str) -> Option<&Value> {
        self.field("invoke_options")?.get(name)
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool).unwrap_or_default()
}

fn items(value: Option<&Value>) -> &[Value] {
    value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}
