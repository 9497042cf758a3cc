//! What the model would read: the prompt and the request's messages in one list.

use serde_json::Value;

use super::{request::DeploymentRequest, settings::Settings, template::Variables};
use crate::shape::token;

/// The messages of one call, with their variables replaced.
///
/// The order is the API's: the prompt's system messages, the request's `prefix_messages`, the rest of the prompt,
/// the request's `messages`.
pub(crate) struct Conversation(Vec<Value>);

impl Conversation {
    pub(crate) fn new(request: &DeploymentRequest, settings: &Settings) -> Self {
        let variables = request.variables();
        let prompt = settings.messages();
        let is_system = |message: &&Value| matches!(role(message), "system" | "developer");
        let system = prompt.iter().take_while(is_system).count();
        let (system, rest) = prompt.split_at_checked(system).unwrap_or_default();
        let messages = system
            .iter()
            .chain(request.prefix_messages())
            .chain(rest)
            .chain(request.messages());
        Self(
            messages
                .map(|message| rendered(message, variables))
                .collect(),
        )
    }

    /// The text of the last message from the user; empty if there is none.
    pub(crate) fn last_user_message(&self) -> String {
        let last = self.0.iter().rfind(|message| role(message) == "user");
        last.map(text).unwrap_or_default()
    }

    /// What the tools said, one result a line, if the conversation ends with that.
    pub(crate) fn tool_result(&self) -> Option<String> {
        let results = self
            .0
            .iter()
            .rev()
            .take_while(|message| role(message) == "tool");
        let mut texts: Vec<_> = results.map(text).collect();
        texts.reverse();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }

    pub(crate) fn tokens(&self) -> u64 {
        self.0
            .iter()
            .map(|message| token::count(&text(message)))
            .sum()
    }
}

/// A message with the variables in its content replaced, and nowhere else.
pub(crate) fn rendered(message: &Value, variables: Variables<'_>) -> Value {
    let mut message = message.clone();
    if let Some(content) = message.get_mut("content") {
        *content = match &*content {
            Value::Array(parts) => parts
                .iter()
                .map(|part| rendered_part(part, variables))
                .collect(),
            content => variables.render_json(content),
        };
    }
    message
}

fn rendered_part(part: &Value, variables: Variables<'_>) -> Value {
    let mut part = part.clone();
    if let Some(text) = part.get_mut("text") {
        *text = variables.render_json(text);
    }
    part
}

fn role(message: &Value) -> &str {
    message
        .get("role")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A message's text. The text parts of a list are joined by line breaks.
pub(super) fn text(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
