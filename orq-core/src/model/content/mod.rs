//! What a message says.

mod audio;
mod cache_control;
mod file;
mod image;
mod part;
mod reasoning;
mod refusal;
mod text;

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::json::object::deserialize;
use super::json::{Reader, Wire};

pub use audio::{AudioFormat, AudioPart, InputAudio};
pub use cache_control::{CacheControl, CacheKind, CacheTtl};
pub use file::{FileData, FilePart};
pub use image::{ImageDetail, ImagePart, ImageUrl};
pub use part::ContentPart;
pub use reasoning::{ReasoningPart, RedactedReasoningPart};
pub use refusal::RefusalPart;
pub use text::TextPart;

/// What a message says: plain text, or a list of parts.
///
/// ```
/// use orq_core::model::{Content, ContentPart};
///
/// let question = Content::from([ContentPart::text("What is this?"), ContentPart::image_url("https://example.com/a.png")]);
/// assert_eq!(question.text(), "What is this?");
/// assert_eq!(Content::from("Hello").text(), "Hello");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// A list of parts. Which kinds are allowed depends on the message's role.
    Parts(Vec<ContentPart>),
}

impl Content {
    /// The text, or the text of all text parts, joined without anything between them.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Parts(parts) => {
                let mut texts = parts.iter().filter_map(ContentPart::as_text);
                match (texts.next(), texts.next()) {
                    (None, _) => Cow::Borrowed(""),
                    (Some(only), None) => Cow::Borrowed(only),
                    (Some(first), Some(second)) => {
                        let mut joined = format!("{first}{second}");
                        texts.for_each(|text| joined.push_str(text));
                        Cow::Owned(joined)
                    }
                }
            }
        }
    }

    /// The text if it stands in one place: plain text, or exactly one text part. [`Content::text`] joins several.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Parts(parts) => {
                let mut texts = parts.iter().filter_map(ContentPart::as_text);
                texts.next().filter(|_| texts.next().is_none())
            }
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Cow<'_, str>> for Content {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<ContentPart> for Content {
    fn from(part: ContentPart) -> Self {
        Self::Parts(vec![part])
    }
}

impl From<Vec<ContentPart>> for Content {
    fn from(parts: Vec<ContentPart>) -> Self {
        Self::Parts(parts)
    }
}

impl<const N: usize> From<[ContentPart; N]> for Content {
    fn from(parts: [ContentPart; N]) -> Self {
        Self::Parts(parts.into())
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Parts(parts) => parts.serialize(serializer),
        }
    }
}

impl Wire for Content {
    const EXPECTED: &'static str = "a string or an array of parts";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        match raw.get().bytes().next() {
            Some(b'"') => String::read_raw(raw, reader).map(Self::Text),
            Some(b'[') => Vec::read_raw(raw, reader).map(Self::Parts),
            _ => Err(D::Error::custom(Self::EXPECTED)),
        }
    }
}

deserialize!(Strict Content);
