//! What is refused before anything is sent.

use crate::{
    error::Error,
    model::{DeploymentRequest, Message, Nullable},
};

/// Checks what the server would refuse, or worse, take for something else.
pub(crate) fn request(request: &DeploymentRequest) -> Result<(), Error> {
    if request.key.is_empty() {
        return Err(Error::argument("key", "it is empty"));
    }
    for (index, document) in request.documents.iter().flatten().enumerate() {
        if document.text.as_deref().unwrap_or_default().is_empty() {
            return Err(Error::argument(
                format!("documents[{index}].text"),
                "the document has no text",
            ));
        }
    }
    messages(
        "prefix_messages",
        request.prefix_messages.as_deref().unwrap_or_default(),
    )?;
    messages("messages", request.messages.as_deref().unwrap_or_default())
}

fn messages(list: &str, messages: &[Message]) -> Result<(), Error> {
    for (index, message) in messages.iter().enumerate() {
        let Message::Tool(tool) = message else {
            continue;
        };
        let why = match &tool.tool_call_id {
            Nullable::Absent => "it is absent; give the id of the call, or null",
            Nullable::Value(id) if id.is_empty() => "it is empty; give the id of the call, or null",
            Nullable::Value(_) | Nullable::Null => continue,
        };
        return Err(Error::argument(
            format!("{list}[{index}].tool_call_id"),
            why,
        ));
    }
    Ok(())
}
