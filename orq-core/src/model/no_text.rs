//! The text of a completion, or the reason why it has none.

use std::borrow::Cow;

use crate::model::choice::CompletionMessage;
use crate::model::completion::Completion;
use crate::model::content::ContentPart;
use crate::model::kinds::FinishReason;

/// The names of finish reasons, also those of Gemini and Mistral.
const LENGTH: &[&str] = &["length", "max_tokens", "model_length"];
const FILTERED: &[&str] = &[
    "content_filter",
    "safety",
    "recitation",
    "prohibited_content",
];

/// The reason why a completion has no text. If several apply, it is the first one in this order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoText {
    /// The model called tools. See [`Completion::tool_calls`].
    #[error("the answer is a tool call and has no text")]
    ToolCalls,
    /// The model refused, with this text.
    #[error("the model refused to answer: {0}")]
    Refusal(String),
    /// The completion is an image with this URL, which may be a `data:` URL.
    #[error("the answer is an image and has no text")]
    Image(String),
    /// The completion reached the token limit before it had any text.
    #[error("the answer reached the limit of tokens before it had any text")]
    Length,
    /// The provider's content filter withheld the completion.
    #[error("the provider's content filter withheld the answer")]
    ContentFilter,
    /// There is no text, for another reason.
    #[error("the answer has no text")]
    Empty,
}

impl CompletionMessage {
    /// Returns the text, with all text parts joined without a separator.
    ///
    /// # Errors
    /// If the text is absent or empty: [`NoText::ToolCalls`], [`NoText::Refusal`] or [`NoText::Image`] if the message
    /// has one of these, else [`NoText::Empty`]. [`Completion::require_text`] also returns the other reasons.
    pub fn require_text(&self) -> Result<Cow<'_, str>, NoText> {
        if let Some(text) = self.text().filter(|text| !text.is_empty()) {
            return Ok(text);
        }
        if self.tool_calls.iter().flatten().next().is_some() {
            return Err(NoText::ToolCalls);
        }
        let in_parts = self.parts().iter().find_map(|part| match part {
            ContentPart::Refusal(part) => part.refusal.as_ref(),
            _ => None,
        });
        let own = self.refusal.as_option().filter(|own| !own.is_empty());
        if let Some(refusal) = own.or(in_parts) {
            return Err(NoText::Refusal(refusal.clone()));
        }
        let image = self.image_url().map(str::to_owned);
        Err(image.map_or(NoText::Empty, NoText::Image))
    }
}

impl Completion {
    /// Returns the text of choice 0, with all its text parts joined without a separator. A text that was truncated at
    /// the token limit is returned, too; check [`finish_reason`](Self::finish_reason).
    ///
    /// # Errors
    /// The reason why the text is absent or empty.
    pub fn require_text(&self) -> Result<Cow<'_, str>, NoText> {
        let message = self.message().ok_or(NoText::Empty);
        let text = message.and_then(CompletionMessage::require_text);
        text.map_err(|reason| match reason {
            NoText::Empty if self.is_cut_at_limit() => NoText::Length,
            NoText::Empty if self.finished(FILTERED) => NoText::ContentFilter,
            reason => reason,
        })
    }

    /// Returns whether choice 0 ended at the token limit.
    pub(crate) fn is_cut_at_limit(&self) -> bool {
        self.finished(LENGTH)
    }

    fn finished(&self, reasons: &[&str]) -> bool {
        let finish = self.finish_reason().map_or("", FinishReason::as_str);
        reasons
            .iter()
            .any(|reason| finish.eq_ignore_ascii_case(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn required(choice: &str) -> Result<String, NoText> {
        let json = format!(r#"{{"choices":[{choice}]}}"#);
        let answer: Completion = serde_json::from_str(&json).unwrap();
        answer.require_text().map(Cow::into_owned)
    }

    #[test]
    fn text_is_given_whatever_else_there_is() {
        for choice in [
            r#"{"message":{"content":"Hello"},"finish_reason":"length"}"#,
            r#"{"message":{"content":"Hello","refusal":"No.","url":"u","tool_calls":[{"id":"c"}]}}"#,
            r#"{"message":{"content":[{"type":"text","text":"Hel"},{"type":"refusal","refusal":"No."},{"type":"text","text":"lo"}]}}"#,
        ] {
            assert_eq!(required(choice).as_deref(), Ok("Hello"), "{choice}");
        }
    }

    #[test]
    fn every_reason() {
        let refusal = || NoText::Refusal("No.".to_owned());
        let image = || NoText::Image("u".to_owned());
        for (choice, reason) in [
            (
                r#"{"message":{"content":null,"tool_calls":[{"id":"c"}]},"finish_reason":"tool_calls"}"#,
                NoText::ToolCalls,
            ),
            (
                r#"{"message":{"content":"","refusal":"No.","tool_calls":[{"id":"c"}]}}"#,
                NoText::ToolCalls,
            ),
            (
                r#"{"message":{"refusal":"No."},"finish_reason":"content_filter"}"#,
                refusal(),
            ),
            (
                r#"{"message":{"content":[{"type":"refusal","refusal":"No."}],"refusal":""}}"#,
                refusal(),
            ),
            (
                r#"{"message":{"type":"image","url":"u"},"finish_reason":"length"}"#,
                image(),
            ),
            (
                r#"{"message":{"content":[{"type":"image_url","image_url":{"url":"u"}}]}}"#,
                image(),
            ),
            (
                r#"{"message":{"content":""},"finish_reason":"length"}"#,
                NoText::Length,
            ),
            (r#"{"finish_reason":"max_tokens"}"#, NoText::Length),
            (r#"{"finish_reason":"MAX_TOKENS"}"#, NoText::Length),
            (r#"{"finish_reason":"Length"}"#, NoText::Length),
            (r#"{"finish_reason":"model_length"}"#, NoText::Length),
            (r#"{"finish_reason":"SAFETY"}"#, NoText::ContentFilter),
            (r#"{"finish_reason":"STOP"}"#, NoText::Empty),
            (
                r#"{"message":{"content":null,"tool_calls":[]},"finish_reason":"content_filter"}"#,
                NoText::ContentFilter,
            ),
            (
                r#"{"message":{"content":[],"refusal":null},"finish_reason":"stop"}"#,
                NoText::Empty,
            ),
            (r#"{"message":{}}"#, NoText::Empty),
            (
                r#"{"index":1,"message":{"content":"another choice"}}"#,
                NoText::Empty,
            ),
            ("", NoText::Empty),
        ] {
            assert_eq!(required(choice), Err(reason), "{choice}");
        }
    }

    #[test]
    fn a_message_says_the_reasons_that_it_knows() {
        let message: CompletionMessage = serde_json::from_str(r#"{"content":"Hello"}"#).unwrap();
        assert_eq!(message.require_text().as_deref(), Ok("Hello"));
        let message: CompletionMessage = serde_json::from_str(r#"{"refusal":"No."}"#).unwrap();
        assert_eq!(
            message.require_text(),
            Err(NoText::Refusal("No.".to_owned()))
        );
        assert_eq!(
            CompletionMessage::default().require_text(),
            Err(NoText::Empty)
        );
    }

    #[test]
    fn an_image_is_not_printed() {
        let reason = NoText::Image("data:image/png;base64,AAAA".to_owned());
        assert_eq!(reason.to_string(), "the answer is an image and has no text");
        assert_eq!(
            NoText::Refusal("No.".to_owned()).to_string(),
            "the model refused to answer: No."
        );
    }
}
