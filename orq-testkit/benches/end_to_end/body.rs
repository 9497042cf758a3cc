//! The JSON of requests and answers, as people who write a client by hand declare it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::contender::Read;

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

/// The least of an answer or a chunk that shows its text: nothing is copied that has no escapes.
#[derive(Deserialize)]
pub(crate) struct Borrowed<'a> {
    #[serde(borrow)]
    pub(crate) choices: Vec<BorrowedChoice<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct BorrowedChoice<'a> {
    #[serde(borrow)]
    pub(crate) message: BorrowedMessage<'a>,
    #[serde(borrow)]
    pub(crate) finish_reason: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct BorrowedMessage<'a> {
    #[serde(borrow)]
    pub(crate) content: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) tool_calls: Vec<BorrowedCall<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct BorrowedCall<'a> {
    #[serde(borrow)]
    pub(crate) function: BorrowedFunction<'a>,
}

#[derive(Deserialize)]
pub(crate) struct BorrowedFunction<'a> {
    #[serde(borrow)]
    pub(crate) arguments: Text<'a>,
}

/// A text that is borrowed where it can be; serde copies that of an `Option<Cow<str>>` always.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Borrowed<'_> {
    /// Returns how many bytes of text, or of arguments, the first choice has.
    pub(crate) fn taken(&self, read: Read) -> usize {
        let Some(choice) = self.choices.first() else {
            return 0;
        };
        match read {
            Read::Arguments => {
                let calls = choice.message.tool_calls.iter();
                calls.map(|call| call.function.arguments.0.len()).sum()
            }
            _ => choice
                .message
                .content
                .as_ref()
                .map_or(0, |text| text.0.len()),
        }
    }
}

/// The same with texts of its own.
#[derive(Deserialize)]
pub(crate) struct Owned {
    pub(crate) choices: Vec<OwnedChoice>,
}

#[derive(Deserialize)]
pub(crate) struct OwnedChoice {
    pub(crate) message: OwnedMessage,
    pub(crate) finish_reason: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct OwnedMessage {
    pub(crate) content: Option<String>,
    #[serde(default)]
    pub(crate) tool_calls: Vec<OwnedCall>,
}

#[derive(Deserialize)]
pub(crate) struct OwnedCall {
    pub(crate) function: OwnedFunction,
}

#[derive(Deserialize)]
pub(crate) struct OwnedFunction {
    pub(crate) arguments: String,
}

impl Owned {
    /// Returns how many bytes of text, or of arguments, the first choice has.
    pub(crate) fn taken(&self, read: Read) -> usize {
        let Some(choice) = self.choices.first() else {
            return 0;
        };
        match read {
            Read::Arguments => {
                let calls = choice.message.tool_calls.iter();
                calls.map(|call| call.function.arguments.len()).sum()
            }
            _ => choice.message.content.as_ref().map_or(0, String::len),
        }
    }
}
