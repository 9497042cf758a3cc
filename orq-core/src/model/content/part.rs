//! One part of a message's content.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{AudioFormat, AudioPart, FileData, FilePart, ImagePart, ImageUrl, InputAudio};
use super::{ReasoningPart, RedactedReasoningPart, RefusalPart, TextPart};
use crate::model::RawJson;
use crate::model::json::object::deserialize;
use crate::model::json::{Members, Reader, Wire};

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

    fn read_known<E: Error>(raw: &RawValue, reader: &mut Reader) -> Result<Self, E> {
        match Members::read(raw, reader)?.tag("type", reader)?.as_deref() {
            Some("text") => TextPart::read_raw(raw, reader).map(Self::Text),
            Some("image_url") => ImagePart::read_raw(raw, reader).map(Self::ImageUrl),
            Some("input_audio") => AudioPart::read_raw(raw, reader).map(Self::InputAudio),
            Some("file") => FilePart::read_raw(raw, reader).map(Self::File),
            Some("refusal") => RefusalPart::read_raw(raw, reader).map(Self::Refusal),
            Some("reasoning") => ReasoningPart::read_raw(raw, reader).map(Self::Reasoning),
            Some("redacted_reasoning") => {
                RedactedReasoningPart::read_raw(raw, reader).map(Self::RedactedReasoning)
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
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        Self::read_known(raw, reader).or_else(|error| {
            reader.recover(error)?;
            Ok(Self::Other(raw.into()))
        })
    }
}

deserialize!(Strict ContentPart);
