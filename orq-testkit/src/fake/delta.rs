//! An answer cut into the parts in which it is streamed.

use serde_json::{Value, json};

use super::{
    answer::{Answer, Said, ToolCall},
    token,
};

/// The messages of a stream's chunks, in order. Joined as the API has it they make the whole answer.
///
/// First come the reasoning and its signature, then the text, then the tool calls one by one. There is always at
/// least one.
pub(super) struct Deltas {
    answer: Answer,
    next: Next,
}

/// What comes next, by position in the text in question.
#[derive(Clone, Copy)]
enum Next {
    Reasoning(usize),
    Signature,
    Text { at: usize, first: bool },
    Call(usize),
    Arguments { call: usize, at: usize },
    End,
}

impl Deltas {
    pub(super) fn new(answer: Answer) -> Self {
        let next = Next::Reasoning(0);
        Self { answer, next }
    }

    /// The delta at `self.next`, if there is something left there, and what comes after it.
    fn step(&self) -> (Option<Value>, Next) {
        let answer = &self.answer;
        match self.next {
            Next::Reasoning(at) => match part(answer.reasoning.as_deref(), at, token::TEXT) {
                Some(token) => {
                    let delta = json!({"content": null, "reasoning": token});
                    (Some(self.message(delta)), Next::Reasoning(at + token.len()))
                }
                None => (None, Next::Signature),
            },
            Next::Signature => {
                let delta = |it| self.message(json!({"content": null, "reasoning_signature": it}));
                let signature = answer.reasoning_signature.as_ref().map(delta);
                (signature, Next::Text { at: 0, first: true })
            }
            Next::Text { at, first } => match &answer.said {
                Said::Image(url) => (Some(self.message(json!({"url": url}))), Next::End),
                Said::Text(text) => match part(Some(text), at, token::TEXT) {
                    Some(token) => self.text(token, at),
                    None if first => (Some(self.message(json!({"content": ""}))), Next::End),
                    None => (None, Next::End),
                },
                Said::ToolCalls { text, .. } => match part(text.as_deref(), at, token::TEXT) {
                    Some(token) => self.text(token, at),
                    None => (None, Next::Call(0)),
                },
            },
            Next::Call(index) => match self.call(index) {
                Some(call) => {
                    let entry = json!({
                        "index": index,
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": ""},
                    });
                    let delta = json!({"content": null, "tool_calls": [entry]});
                    (
                        Some(self.message(delta)),
                        Next::Arguments { call: index, at: 0 },
                    )
                }
                None => (None, Next::End),
            },
            Next::Arguments { call: index, at } => {
                let arguments = self.call(index).map(|call| call.arguments.as_str());
                match part(arguments, at, token::ARGUMENTS) {
                    Some(token) => {
                        let entry = json!({
                            "index": index,
                            "type": "function",
                            "function": {"name": "", "arguments": token},
                        });
                        let delta = json!({"content": null, "tool_calls": [entry]});
                        let at = at + token.len();
                        (
                            Some(self.message(delta)),
                            Next::Arguments { call: index, at },
                        )
                    }
                    None => (None, Next::Call(index + 1)),
                }
            }
            Next::End => (None, Next::End),
        }
    }

    fn text(&self, token: &str, at: usize) -> (Option<Value>, Next) {
        let next = Next::Text {
            at: at + token.len(),
            first: false,
        };
        (Some(self.message(json!({"content": token}))), next)
    }

    fn call(&self, index: usize) -> Option<&ToolCall> {
        match &self.answer.said {
            Said::ToolCalls { calls, .. } => calls.get(index),
            Said::Text(_) | Said::Image(_) => None,
        }
    }

    /// Adds type and role, which every chunk has.
    fn message(&self, mut delta: Value) -> Value {
        let kind = match (&self.answer.said, delta.get("tool_calls")) {
            (_, Some(_)) => "tool_calls",
            (Said::Image(_), None) if delta.get("url").is_some() => "image",
            _ => "content",
        };
        if let Some(delta) = delta.as_object_mut() {
            delta.insert("type".to_owned(), json!(kind));
            delta.insert("role".to_owned(), json!("assistant"));
        }
        delta
    }
}

impl Iterator for Deltas {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        loop {
            let (delta, next) = self.step();
            self.next = next;
            if delta.is_some() || matches!(next, Next::End) {
                return delta;
            }
        }
    }
}

/// The token at `at` of `text`, if there is one.
fn part(text: Option<&str>, at: usize, longest: usize) -> Option<&str> {
    token::take(&mut text?.get(at..)?, longest)
}
