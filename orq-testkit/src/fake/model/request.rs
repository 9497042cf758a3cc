//! The body of a request, after its check.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::template::{Room, Variables};
use crate::{
    fake::check::{self, Issue},
    shape::Problem,
};

/// The body that invoke, stream and get_config share.
pub(crate) struct DeploymentRequest {
    body: Value,
    room: Room,
}

impl DeploymentRequest {
    pub(crate) fn read(body: &Bytes) -> Result<Self, Problem> {
        let body = check::json(body)?;
        let issues = check::deployment_request(&body);
        if !issues.is_empty() {
            return Err(check::invalid(&issues));
        }
        let room = Room::default();
        Ok(Self { body, room })
    }

    /// The inputs as variables of templates.
    pub(crate) fn variables(&self) -> Variables<'_> {
        Variables {
            inputs: self.field("inputs").and_then(Value::as_object),
            last_user_message: None,
            tool_result: None,
            room: &self.room,
        }
    }

    /// Returns `answer`, unless the variables in it had more values than there is room for.
    pub(crate) fn within_room<T>(&self, answer: T) -> Result<T, Problem> {
        match self.room.sufficed() {
            true => Ok(answer),
            false => Err(check::invalid(&[Issue::new(
                "inputs",
                "the templates' values are too long together",
            )])),
        }
    }

    pub(crate) fn key(&self) -> &str {
        self.field("key")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(crate) fn stream(&self) -> bool {
        is_true(self.field("stream"))
    }

    pub(crate) fn context(&self) -> Option<&Map<String, Value>> {
        self.field("context")?.as_object()
    }

    pub(crate) fn prefix_messages(&self) -> &[Value] {
        items(self.field("prefix_messages"))
    }

    pub(crate) fn messages(&self) -> &[Value] {
        items(self.field("messages"))
    }

    /// The tools that the request brings along.
    pub(crate) fn tools(&self) -> &[Value] {
        items(
            self.field("extra_params")
                .and_then(|params| params.get("tools")),
        )
    }

    pub(crate) fn include_usage(&self) -> bool {
        is_true(self.option("include_usage"))
    }

    pub(crate) fn include_retrievals(&self) -> bool {
        is_true(self.option("include_retrievals"))
    }

    pub(crate) fn mock_response(&self) -> Option<&str> {
        self.option("mock_response")?.as_str()
    }

    fn option(&self, name: &str) -> Option<&Value> {
        self.field("invoke_options")?.get(name)
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.body.get(name)
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
