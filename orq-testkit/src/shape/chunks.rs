//! A whole answer cut into the chunks in which it is streamed.

use std::{
    iter::{FlatMap, Peekable},
    vec,
};

use serde_json::{Map, Value, json};

use super::delta::Deltas;

type Object = Map<String, Value>;

/// The pieces of all choices, one after the other.
type Choices = FlatMap<vec::IntoIter<Value>, Pieces, fn(Value) -> Pieces>;

/// The chunks of the stream that says what an answer of invoke says, each made when it is asked for.
///
/// Every chunk has the members of the answer, except for those that come with the last one, and one choice: the next
/// one begins when the one before is complete. There is always at least one chunk.
pub(crate) struct Chunks {
    common: Object,
    at_the_end: Object,
    choices: Peekable<Choices>,
    begun: bool,
}

impl Chunks {
    pub(crate) fn new(answer: Value) -> Self {
        let mut common = match answer {
            Value::Object(members) => members,
            _ => Object::new(),
        };
        let mut at_the_end = Object::new();
        for name in ["is_final", "finalized", "retrievals", "usage"] {
            at_the_end.extend(common.remove_entry(name));
        }
        if at_the_end.contains_key("is_final") {
            common.insert("is_final".to_owned(), json!(false));
        }
        if let Some(response) = common.get_mut("provider_response") {
            *response = Value::Null;
        }
        let choices = match common.get_mut("choices") {
            Some(Value::Array(choices)) => std::mem::take(choices),
            _ => Vec::new(),
        };
        let cut: fn(Value) -> Pieces = Pieces::new;
        Self {
            common,
            at_the_end,
            choices: choices.into_iter().flat_map(cut).peekable(),
            begun: false,
        }
    }
}

impl Iterator for Chunks {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let choice = self.choices.next();
        if choice.is_none() && self.begun {
            return None;
        }
        self.begun = true;
        let mut chunk = self.common.clone();
        if let Some(choice) = choice {
            chunk.insert("choices".to_owned(), json!([choice]));
        }
        if self.choices.peek().is_none() {
            chunk.append(&mut self.at_the_end);
        }
        Some(Value::Object(chunk))
    }
}

/// A choice in pieces, of which each has the next delta of its message.
enum Pieces {
    Cut {
        common: Object,
        deltas: Box<Peekable<Deltas>>,
        at_the_end: Object,
    },
    /// A choice without a message is one piece.
    Whole(Option<Value>),
}

impl Pieces {
    fn new(choice: Value) -> Self {
        let mut at_the_end = match choice {
            Value::Object(members) if members.get("message").is_some_and(Value::is_object) => {
                members
            }
            other => return Self::Whole(Some(other)),
        };
        let message = match at_the_end.remove("message") {
            Some(Value::Object(message)) => message,
            _ => Object::new(),
        };
        let mut common: Object = at_the_end.remove_entry("index").into_iter().collect();
        if at_the_end.contains_key("finish_reason") {
            common.insert("finish_reason".to_owned(), Value::Null);
        }
        Self::Cut {
            common,
            deltas: Box::new(Deltas::new(message).peekable()),
            at_the_end,
        }
    }
}

impl Iterator for Pieces {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        match self {
            Self::Cut {
                common,
                deltas,
                at_the_end,
            } => {
                let delta = deltas.next()?;
                let mut piece = common.clone();
                piece.insert("message".to_owned(), delta);
                if deltas.peek().is_none() {
                    piece.append(at_the_end);
                }
                Some(Value::Object(piece))
            }
            Self::Whole(choice) => choice.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(answer: Value) -> Vec<Value> {
        Chunks::new(answer).collect()
    }

    #[test]
    fn the_end_of_the_answer_comes_with_the_last_chunk() {
        let answer = json!({
            "id": "01J", "is_final": true, "usage": {"total_tokens": 2}, "provider_response": {"a": 1},
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "a b"}, "finish_reason": "stop"}],
        });
        let message = |content: &str| json!({"role": "assistant", "content": content});
        let expected = [
            json!({"id": "01J", "is_final": false, "provider_response": null,
                "choices": [{"index": 0, "message": message("a"), "finish_reason": null}]}),
            json!({"id": "01J", "is_final": true, "provider_response": null, "usage": {"total_tokens": 2},
                "choices": [{"index": 0, "message": message(" b"), "finish_reason": "stop"}]}),
        ];
        assert_eq!(chunks(answer), expected);
    }

    #[test]
    fn choices_come_one_after_the_other() {
        let message = json!({"content": "a b"});
        let choice = |index| json!({"index": index, "message": message, "finish_reason": "stop"});
        let answer = json!({"is_final": true, "choices": [choice(0), choice(1)]});
        let chunks = chunks(answer);
        let seen: Vec<_> = chunks
            .iter()
            .map(|chunk| {
                let choice = &chunk["choices"][0];
                (
                    &choice["index"],
                    &choice["finish_reason"],
                    &chunk["is_final"],
                )
            })
            .collect();
        let (stop, yes, no) = (json!("stop"), json!(true), json!(false));
        let expected = [
            (&json!(0), &Value::Null, &no),
            (&json!(0), &stop, &no),
            (&json!(1), &Value::Null, &no),
            (&json!(1), &stop, &yes),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_cannot_be_cut_is_one_chunk() {
        let empty = json!({"id": "01J", "is_final": true, "choices": []});
        assert_eq!(chunks(empty.clone()), [empty]);
        let bare = json!({"choices": [{"index": 0, "finish_reason": "stop"}]});
        assert_eq!(chunks(bare.clone()), [bare]);
        assert_eq!(chunks(json!({})), [json!({})]);
    }
}
