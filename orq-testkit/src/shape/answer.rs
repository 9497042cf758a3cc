//! What a model says in one call.

use serde_json::{Value, json};

use super::token;

/// What a model says in one call: a message, and why it ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelAnswer {
    pub(crate) reasoning: Option<String>,
    pub(crate) reasoning_signature: Option<String>,
    pub(crate) said: Said,
    pub(crate) finish_reason: String,
}

/// The three kinds of message that the API has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    Text(String),
    ToolCalls {
        text: Option<String>,
        calls: Vec<ToolCall>,
    },
    Image(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    /// JSON text.
    pub(crate) arguments: String,
}

impl ModelAnswer {
    /// Just this text.
    pub(crate) fn verbatim(text: &str) -> Self {
        Self {
            reasoning: None,
            reasoning_signature: None,
            said: Said::Text(text.to_owned()),
            finish_reason: "stop".to_owned(),
        }
    }

    /// Just the image under this URL.
    pub(crate) fn image(url: &str) -> Self {
        Self {
            said: Said::Image(url.to_owned()),
            ..Self::verbatim("")
        }
    }

    /// The whole answer as one message.
    pub(crate) fn message(&self) -> Value {
        let mut message = match &self.said {
            Said::Text(text) => json!({"type": "content", "role": "assistant", "content": text}),
            Said::ToolCalls { text, calls } => {
                let numbered = calls.iter().enumerate();
                let calls: Vec<_> = numbered.map(|(index, call)| call.to_json(index)).collect();
                json!({"type": "tool_calls", "role": "assistant", "content": text, "tool_calls": calls})
            }
            Said::Image(url) => json!({"type": "image", "role": "assistant", "url": url}),
        };
        for (name, value) in [
            ("reasoning", &self.reasoning),
            ("reasoning_signature", &self.reasoning_signature),
        ] {
            if let (Some(value), Some(message)) = (value, message.as_object_mut()) {
                message.insert(name.to_owned(), json!(value));
            }
        }
        message
    }

    pub(crate) fn reasoning_tokens(&self) -> u64 {
        self.reasoning.as_deref().map_or(0, token::count)
    }

    /// All tokens of the answer, those of its reasoning included.
    pub(crate) fn tokens(&self) -> u64 {
        let said = match &self.said {
            Said::Text(text) => token::count(text),
            Said::ToolCalls { text, calls } => {
                let calls = calls.iter().map(|call| token::count(&call.arguments));
                text.as_deref().map_or(0, token::count) + calls.sum::<u64>()
            }
            Said::Image(_) => 1,
        };
        self.reasoning_tokens() + said
    }
}

impl ToolCall {
    pub(crate) fn to_json(&self, index: usize) -> Value {
        json!({
            "index": index,
            "id": self.id,
            "type": "function",
            "function": {"name": self.name, "arguments": self.arguments},
        })
    }
}
