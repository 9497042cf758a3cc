//! What a message says.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::deserialize;
use crate::model::json::{RawJson, ReadError, Reader, Wire};
use crate::model::part::{
    AudioFormat, AudioPart, FileData, FilePart, ImagePart, ImageUrl, InputAudio,
};
use crate::model::part::{ReasoningPart, RedactedReasoningPart, RefusalPart, TextPart};

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
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        match raw.get().bytes().next() {
            Some(b'"') => String::read(raw, reader).map(Self::Text),
            Some(b'[') => Vec::read(raw, reader).map(Self::Parts),
            _ => Err(reader.expected("a string or an array of parts", raw)),
        }
    }
}

deserialize!(Strict Content);

/// One part of a message's content, told apart by `type` on the wire.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ContentPart {
    /// `text`: in messages of every role.
    Text(TextPart),
    /// `image_url`: in user messages and configurations.
    ImageUrl(ImagePart),
    /// `input_audio`: in user messages.
    InputAudio(AudioPart),
    /// `file`: in user messages and configurations.
    File(FilePart),
    /// `refusal`: in assistant messages.
    Refusal(RefusalPart),
    /// `reasoning`: in assistant messages.
    Reasoning(ReasoningPart),
    /// `redacted_reasoning`: in assistant messages.
    RedactedReasoning(RedactedReasoningPart),
    /// A part of another type, as it is on the wire. In an answer, a part of a known type that couldn't be read as such, too.
    Other(RawJson),
}

impl ContentPart {
    /// A text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart::new(text))
    }

    /// An image at a URL, or as a `data:` URL.
    pub fn image_url(image: impl Into<ImageUrl>) -> Self {
        Self::ImageUrl(ImagePart::new(image))
    }

    /// Audio, base64 encoded.
    pub fn input_audio(data: impl Into<String>, format: impl Into<AudioFormat>) -> Self {
        Self::InputAudio(AudioPart::new(InputAudio::new(data, format)))
    }

    /// A file.
    pub fn file(file: FileData) -> Self {
        Self::File(FilePart::new(file))
    }

    /// A model's refusal.
    pub fn refusal(refusal: impl Into<String>) -> Self {
        Self::Refusal(RefusalPart::new(refusal))
    }

    /// A model's reasoning, with the signature that its provider gave it.
    pub fn reasoning(reasoning: impl Into<String>, signature: impl Into<String>) -> Self {
        Self::Reasoning(ReasoningPart::new(reasoning).signature(signature))
    }

    /// A model's reasoning in the form that only its provider can read.
    pub fn redacted_reasoning(data: impl Into<String>) -> Self {
        Self::RedactedReasoning(RedactedReasoningPart::new(data))
    }

    /// The text, if this is a text part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }

    fn read_known(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        match reader.tag(raw, "type")?.as_deref() {
            Some("text") => TextPart::read(raw, reader).map(Self::Text),
            Some("image_url") => ImagePart::read(raw, reader).map(Self::ImageUrl),
            Some("input_audio") => AudioPart::read(raw, reader).map(Self::InputAudio),
            Some("file") => FilePart::read(raw, reader).map(Self::File),
            Some("refusal") => RefusalPart::read(raw, reader).map(Self::Refusal),
            Some("reasoning") => ReasoningPart::read(raw, reader).map(Self::Reasoning),
            Some("redacted_reasoning") => {
                RedactedReasoningPart::read(raw, reader).map(Self::RedactedReasoning)
            }
            Some(_) | None => Ok(Self::Other(raw.into())),
        }
    }
}

impl Serialize for ContentPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(part) => part.serialize(serializer),
            Self::ImageUrl(part) => part.serialize(serializer),
            Self::InputAudio(part) => part.serialize(serializer),
            Self::File(part) => part.serialize(serializer),
            Self::Refusal(part) => part.serialize(serializer),
            Self::Reasoning(part) => part.serialize(serializer),
            Self::RedactedReasoning(part) => part.serialize(serializer),
            Self::Other(part) => part.serialize(serializer),
        }
    }
}

impl Wire for ContentPart {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        Self::read_known(raw, reader).or_else(|error| {
            reader.recover(error)?;
            Ok(Self::Other(raw.into()))
        })
    }
}

deserialize!(Strict ContentPart);
