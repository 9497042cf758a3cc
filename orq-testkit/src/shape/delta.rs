//! A message cut into the parts in which it is streamed.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::token::{self, Tokens};

type Object = Map<String, Value>;

/// The messages of a stream's chunks, in order. Joined as the API has it they make the whole message.
///
/// First comes the reasoning, whose last part has the signature, then the text, then the tool calls one by one, each
/// with its arguments in parts. What can't be cut comes whole. There is always at least one delta.
pub(super) struct Deltas {
    /// What every delta has: the role, and a null in the place of a content that is elsewhere.
    common: Object,
    /// The message's type, if it says one.
    kind: Option<Value>,
    calls_tools: bool,
    /// Members that mean nothing here. The first delta has them.
    others: Object,
    parts: VecDeque<Part>,
    begun: bool,
}

/// A part of the message, streamed in one or several deltas.
enum Part {
    /// A text, and what its last token has beside it.
    Text {
        name: &'static str,
        tokens: Tokens,
        at_the_end: Object,
    },
    /// What isn't cut.
    Whole(Object),
    /// The arguments of the tool call with this index.
    Arguments { index: Value, tokens: Tokens },
}

impl Deltas {
    pub(super) fn new(mut message: Object) -> Self {
        let mut common = Object::new();
        if let Some(role) = message.remove("role") {
            common.insert("role".to_owned(), role);
        }
        if message.contains_key("content") {
            common.insert("content".to_owned(), Value::Null);
        }
        Self {
            common,
            kind: message.remove("type"),
            calls_tools: message.get("tool_calls").is_some_and(Value::is_array),
            parts: Part::all(&mut message),
            others: message,
            begun: false,
        }
    }

    /// Adds to the members of a delta those that every delta has.
    fn complete(&self, members: Object) -> Value {
        let mut delta = self.common.clone();
        if let Some(kind) = &self.kind {
            // A message that calls tools may say something before.
            let kind = if self.calls_tools && !members.contains_key("tool_calls") {
                json!("content")
            } else {
                kind.clone()
            };
            delta.insert("type".to_owned(), kind);
        }
        delta.extend(members);
        Value::Object(delta)
    }
}

impl Iterator for Deltas {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let mut members = loop {
            match self.parts.front_mut().map(Part::next) {
                Some(Some(members)) => break members,
                Some(None) => self.parts.pop_front(),
                None if self.begun => return None,
                None => break Object::new(),
            };
        };
        self.begun = true;
        members.append(&mut self.others);
        Some(self.complete(members))
    }
}

impl Part {
    /// The parts of `message` in the order of their streaming, taken out of it.
    fn all(message: &mut Object) -> VecDeque<Self> {
        let mut parts = VecDeque::new();
        let signature = take(message, "reasoning_signature");
        match message.remove("reasoning") {
            Some(Value::String(text)) => parts.push_back(Self::text("reasoning", text, signature)),
            Some(other) => {
                let mut whole = signature;
                whole.insert("reasoning".to_owned(), other);
                parts.push_back(Self::Whole(whole));
            }
            None => parts.push_back(Self::Whole(signature)),
        }
        parts.push_back(Self::Whole(take(message, "redacted_reasoning")));
        for name in ["content", "refusal"] {
            parts.push_back(match message.get_mut(name).map(Value::take) {
                Some(Value::String(text)) => Self::text(name, text, Object::new()),
                // It stays among the others.
                Some(Value::Null) | None => continue,
                Some(other) => Self::Whole(object(name, other)),
            });
            message.remove(name);
        }
        parts.push_back(Self::Whole(take(message, "url")));
        match message.remove("tool_calls") {
            Some(Value::Array(calls)) if !calls.is_empty() => {
                parts.extend(calls.into_iter().flat_map(Self::call));
            }
            Some(other) => parts.push_back(Self::Whole(object("tool_calls", other))),
            None => {}
        }
        parts
    }

    fn text(name: &'static str, text: String, at_the_end: Object) -> Self {
        Self::Text {
            name,
            tokens: Tokens::new(text, token::TEXT),
            at_the_end,
        }
    }

    /// A tool call: all but its arguments, and then these. One without an index can't be cut.
    fn call(mut call: Value) -> Vec<Self> {
        let index = call.get("index").cloned();
        let arguments = call.pointer_mut("/function/arguments");
        let cut = match (index, arguments) {
            (Some(index), Some(Value::String(text))) if !text.is_empty() => {
                let tokens = Tokens::new(std::mem::take(text), token::ARGUMENTS);
                Some(Self::Arguments { index, tokens })
            }
            _ => None,
        };
        let begin = Self::Whole(object("tool_calls", json!([call])));
        std::iter::once(begin).chain(cut).collect()
    }

    /// The part's next delta. What is whole is gone with the first.
    fn next(&mut self) -> Option<Object> {
        match self {
            Self::Text {
                name,
                tokens,
                at_the_end,
            } => {
                let mut members = object(name, Value::String(tokens.next()?));
                if tokens.is_empty() {
                    members.append(at_the_end);
                }
                Some(members)
            }
            Self::Whole(members) if members.is_empty() => None,
            Self::Whole(members) => Some(std::mem::take(members)),
            Self::Arguments { index, tokens } => {
                let function = json!({"arguments": tokens.next()?});
                let entry = json!({"index": index, "function": function});
                Some(object("tool_calls", json!([entry])))
            }
        }
    }
}

fn object(name: &str, value: Value) -> Object {
    Object::from_iter([(name.to_owned(), value)])
}

/// Takes the member `name` out of `message`, if it is there.
fn take(message: &mut Object, name: &str) -> Object {
    message.remove_entry(name).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deltas(message: Value) -> Vec<Value> {
        let message = message.as_object().unwrap().clone();
        Deltas::new(message).collect()
    }

    #[test]
    fn the_reasoning_comes_first_and_its_signature_with_the_last_of_it() {
        let message = json!({"type": "content", "role": "assistant", "content": "yes",
            "reasoning": "well well", "reasoning_signature": "c2ln", "redacted_reasoning": "b64"});
        let common = |mut rest: Value| {
            rest["type"] = json!("content");
            rest["role"] = json!("assistant");
            rest
        };
        let expected = [
            json!({"content": null, "reasoning": "well"}),
            json!({"content": null, "reasoning": " well", "reasoning_signature": "c2ln"}),
            json!({"content": null, "redacted_reasoning": "b64"}),
            json!({"content": "yes"}),
        ];
        assert_eq!(deltas(message), expected.map(common));
        let alone = json!({"reasoning_signature": "c2ln", "content": ""});
        let expected = [
            json!({"content": null, "reasoning_signature": "c2ln"}),
            json!({"content": ""}),
        ];
        assert_eq!(deltas(alone), expected);
    }

    #[test]
    fn a_tool_call_begins_with_its_name_and_goes_on_with_its_arguments() {
        let message = json!({"type": "tool_calls", "content": "So", "tool_calls": [
            {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"b\":12}"}},
            {"id": "c", "type": "function", "function": {"name": "g", "arguments": "{}"}},
        ]});
        let calls =
            |entry: Value| json!({"type": "tool_calls", "content": null, "tool_calls": [entry]});
        let expected = [
            json!({"type": "content", "content": "So"}),
            calls(
                json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}),
            ),
            calls(json!({"index": 0, "function": {"arguments": "{\"b\":1"}})),
            calls(json!({"index": 0, "function": {"arguments": "2}"}})),
            // Without an index its parts couldn't be told from another call's.
            calls(
                json!({"id": "c", "type": "function", "function": {"name": "g", "arguments": "{}"}}),
            ),
        ];
        assert_eq!(deltas(message), expected);
    }

    #[test]
    fn what_is_unknown_comes_whole_with_the_first_delta() {
        let message = json!({"content": "a b", "refusal": null, "new": [1]});
        let expected = [
            json!({"content": "a", "refusal": null, "new": [1]}),
            json!({"content": " b"}),
        ];
        assert_eq!(deltas(message), expected);
        assert_eq!(
            deltas(json!({"role": "assistant"})),
            [json!({"role": "assistant"})]
        );
        let parts = json!({"content": [{"type": "text", "text": "a b"}]});
        assert_eq!(deltas(parts.clone()), [parts]);
    }
}
