//! What an answer says.

use orq_core::{Delta, Error, Response, model::Completion};
use serde_json::Value;

use crate::tally::Violation;

/// All that an answer says in words: what must be neither lost nor doubled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    /// The arguments of the tool calls, one after the other.
    pub(crate) arguments: String,
}

impl Said {
    /// What the client took from it.
    fn by_completion(completion: &Completion) -> Self {
        let arguments = completion.tool_calls().iter();
        Self {
            text: completion.text().unwrap_or_default().into_owned(),
            reasoning: completion.reasoning().unwrap_or_default().to_owned(),
            arguments: arguments
                .filter_map(|call| call.function.as_ref()?.arguments.as_deref())
                .collect(),
        }
    }

    /// Returns what the client took from an answer, or from what there is of it.
    pub(crate) fn by_result(result: &Result<Response<Completion>, Error>) -> Self {
        match result {
            Ok(answer) => Self::by_completion(answer),
            Err(error) => error.partial().map(Self::by_completion).unwrap_or_default(),
        }
    }

    /// Adds what the client was handed.
    pub(crate) fn add(&mut self, delta: &Delta) {
        match delta {
            Delta::Text { text, .. } => self.text += text,
            Delta::Reasoning { text, .. } => self.reasoning += text,
            Delta::ToolCallArguments { arguments, .. } => self.arguments += arguments,
            _ => {}
        }
    }

    /// What a response body of the double says, read without the client's code. Nothing, if it is no answer.
    pub(crate) fn by_body(body: &[u8]) -> Option<Self> {
        let body = std::str::from_utf8(body).ok()?;
        if body.starts_with('{') {
            let mut said = Self::default();
            said.add_json(&serde_json::from_str(body).ok()?)?;
            return Some(said);
        }
        let events = body.strip_suffix("data: [DONE]\n\n")?;
        let mut said = Self::default();
        for event in events.split_terminator("\n\n") {
            said.add_json(&serde_json::from_str(event.strip_prefix("data: ")?).ok()?)?;
        }
        Some(said)
    }

    fn add_json(&mut self, answer: &Value) -> Option<()> {
        let message = answer.get("choices")?.get(0)?.get("message")?;
        let text = |name: &str| message.get(name).and_then(Value::as_str);
        self.text += text("content").unwrap_or_default();
        self.reasoning += text("reasoning").unwrap_or_default();
        let calls = message.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            self.arguments += call.pointer("/function/arguments")?.as_str()?;
        }
        Some(())
    }

    /// How `self` differs from `meant`, as a whole answer.
    pub(crate) fn differs_from(&self, meant: &Self) -> Option<Violation> {
        (self != meant).then(|| self.kind_of_difference(meant))
    }

    /// How `self` differs from `meant`, as the beginning of an answer.
    pub(crate) fn departs_from(&self, meant: &Self) -> Option<Violation> {
        let begins = meant.text.starts_with(&self.text)
            && meant.reasoning.starts_with(&self.reasoning)
            && meant.arguments.starts_with(&self.arguments);
        (!begins).then(|| self.kind_of_difference(meant))
    }

    fn kind_of_difference(&self, meant: &Self) -> Violation {
        let length = |said: &Self| said.text.len() + said.reasoning.len() + said.arguments.len();
        if length(self) > length(meant) {
            Violation::Doubled
        } else {
            Violation::Lost
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Said {
        Said {
            text: text.to_owned(),
            ..Said::default()
        }
    }

    #[test]
    fn a_body_is_read_in_both_forms() {
        let chunk = |message: &str| format!(r#"{{"choices":[{{"message":{message}}}]}}"#);
        let whole =
            r#"{"content":"ab","reasoning":"c","tool_calls":[{"function":{"arguments":"{}"}}]}"#;
        let parts = [
            r#"{"content":"a","reasoning":"c"}"#,
            r#"{"content":"b","tool_calls":[{"function":{"arguments":"{"}}]}"#,
            r#"{"content":null,"tool_calls":[{"function":{"arguments":"}"}}]}"#,
        ];
        let events = parts.map(|part| format!("data: {}\n\n", chunk(part)));
        let stream = format!("{}data: [DONE]\n\n", events.concat());
        let said = Said::by_body(chunk(whole).as_bytes()).unwrap();
        assert_eq!(said.arguments, "{}");
        assert_eq!(Said::by_body(stream.as_bytes()), Some(said));
        assert_eq!(Said::by_body(events.concat().as_bytes()), None);
    }

    #[test]
    fn what_is_missing_is_lost_and_what_is_too_much_is_doubled() {
        let meant = text("one two");
        assert_eq!(text("one two").differs_from(&meant), None);
        assert_eq!(text("one").differs_from(&meant), Some(Violation::Lost));
        assert_eq!(
            text("one one two").differs_from(&meant),
            Some(Violation::Doubled)
        );
        assert_eq!(text("one").departs_from(&meant), None);
        assert_eq!(text("two").departs_from(&meant), Some(Violation::Lost));
    }
}
