//! The JSON of requests and answers, as people who write a client by hand declare it.

use std::{borrow::Cow, hint::black_box};

use serde::{Deserialize, Serialize};

/// The request of all calls.
#[derive(Serialize)]
pub(crate) struct Request<'a> {
    key: &'a str,
    messages: [Message<'a>; 1],
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

impl<'a> Request<'a> {
    pub(crate) fn new(content: &'a str) -> Self {
        Self {
            key: "greeter",
            messages: [Message {
                role: "user",
                content,
            }],
        }
    }
}

/// The least of an answer or a chunk that shows its text. Fields that aren't named here are skipped.
#[derive(Deserialize)]
pub(crate) struct Answer<T> {
    choices: Vec<Choice<T>>,
}

/// An answer of which nothing is copied that has no escapes.
pub(crate) type Borrowed<'a> = Answer<Text<'a>>;

/// An answer with texts of its own.
pub(crate) type Owned = Answer<String>;

#[derive(Deserialize)]
struct Choice<T> {
    message: AnswerMessage<T>,
    finish_reason: Option<T>,
}

#[derive(Deserialize)]
struct AnswerMessage<T> {
    content: Option<T>,
    #[serde(default = "Vec::new")]
    tool_calls: Vec<ToolCall<T>>,
}

#[derive(Deserialize)]
struct ToolCall<T> {
    function: Function<T>,
}

#[derive(Deserialize)]
struct Function<T> {
    arguments: T,
}

/// A text that is borrowed where it can be.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> Answer<T> {
    /// Returns how many bytes of text and of arguments the first choice has.
    pub(crate) fn taken(&self) -> usize {
        let Some(choice) = self.choices.first() else {
            return 0;
        };
        let length = |text: &T| black_box(text).as_ref().len();
        black_box(choice.finish_reason.as_ref().map(length));
        let calls = choice.message.tool_calls.iter();
        let arguments: usize = calls.map(|call| length(&call.function.arguments)).sum();
        choice.message.content.as_ref().map_or(0, length) + arguments
    }
}
