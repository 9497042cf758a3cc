//! The content of a message.

use std::{borrow::Cow, fmt};

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::json::decode::deserialize_as;
use crate::model::json::{JsonMap, List, RawJson, Reader, Wire, is_empty};
use crate::model::macros::{conversions, serialize_as_variant, tagged_union};
use crate::model::part::{
    AudioFormat, AudioPart, FileData, FilePart, ImagePart, ImageUrl, InputAudio,
};
use crate::model::part::{ReasoningPart, RedactedReasoningPart, RefusalPart, TextPart};

/// The content of a message: plain text, or a list of parts.
///
/// ```
/// use orq_core::model::{Content, ContentPart};
///
/// let question = Content::from([
///     ContentPart::text("What is this?"),
///     ContentPart::image_url("https://example.com/a.png"),
/// ]);
/// assert_eq!(question.text(), "What is this?");
/// assert_eq!(Content::from("Hello").text(), "Hello");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Plain text.
    Text(String),
    /// A list of parts. Which types of parts are allowed depends on the role of the message.
    Parts(Vec<ContentPart>),
}

impl Content {
    /// Returns the text: the plain text, or the text parts joined without a separator. Empty if there is none.
    pub fn text(&self) -> Cow<'_, str> {
        let parts = match self {
            Self::Text(text) => return Cow::Borrowed(text),
            Self::Parts(parts) => parts,
        };
        let texts = parts.iter().filter_map(ContentPart::text_of_any);
        texts.fold(Cow::Borrowed(""), |joined, text| match joined.is_empty() {
            true => text,
            false => Cow::Owned(joined.into_owned() + &text),
        })
    }

    /// Returns the parts; empty for plain text.
    pub fn parts(&self) -> &[ContentPart] {
        match self {
            Self::Text(_) => &[],
            Self::Parts(parts) => parts,
        }
    }
}

conversions!(Content {
    |text: &str| Self::Text(text.to_owned()),
    |text: &String| Self::Text(text.clone()),
    |text: String| Self::Text(text),
    |text: Cow<'_, str>| Self::Text(text.into_owned()),
    |part: ContentPart| Self::Parts(vec![part]),
    |parts: Vec<ContentPart>| Self::Parts(parts),
});

impl<const N: usize> From<[ContentPart; N]> for Content {
    fn from(parts: [ContentPart; N]) -> Self {
        Self::Parts(parts.into())
    }
}

serialize_as_variant!(Content => Text, Parts);

impl Wire for Content {
    const EXPECTED: &'static str = "a string or an array of parts";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        if reader.is_typed() {
            return input.deserialize_any(Typed(reader));
        }
        let raw = <&RawValue>::deserialize(input)?;
        match raw.get().bytes().next() {
            Some(b'"') => return String::read_raw(raw, reader).map(Self::Text),
            Some(b'[') => return Vec::read_raw(raw, reader).map(Self::Parts),
            _ if is_empty(raw) => return Err(D::Error::custom(Self::EXPECTED)),
            _ => reader.repair(raw, Self::EXPECTED)?,
        }
        // A part outside of a list, or else JSON where its text belongs.
        let is_object = raw.get().starts_with('{');
        let part = is_object.then(|| ContentPart::read_raw(raw, reader));
        Ok(match part.transpose()? {
            None | Some(ContentPart::Other(_)) => Self::Text(raw.get().to_owned()),
            Some(part) => Self::Parts(vec![part]),
        })
    }
}

/// Deserializes content in the typed pass.
struct Typed<'r>(&'r mut Reader);

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Content::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, parts: A) -> Result<Content, A::Error> {
        List::new(self.0).visit_seq(parts).map(Content::Parts)
    }
}

deserialize_as!(Strict Content);

/// A part of a message's content. The JSON field `type` decides the variant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ContentPart {
    /// `text`, in messages of every role.
    Text(TextPart),
    /// `image_url`, in user messages and configurations.
    ImageUrl(ImagePart),
    /// `input_audio`, in user messages.
    InputAudio(AudioPart),
    /// `file`, in user messages and configurations.
    File(FilePart),
    /// `refusal`, in assistant messages.
    Refusal(RefusalPart),
    /// `reasoning`, in assistant messages.
    Reasoning(ReasoningPart),
    /// `redacted_reasoning`, in assistant messages.
    RedactedReasoning(RedactedReasoningPart),
    /// The JSON of a part of another type. In a completion also of a part of a known type with an unexpected shape.
    Other(RawJson),
}

impl ContentPart {
    /// Creates a text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart::new(text))
    }

    /// Creates an image part from the URL of the image, which may be a `data:` URL.
    pub fn image_url(image: impl Into<ImageUrl>) -> Self {
        Self::ImageUrl(ImagePart::new(image))
    }

    /// Creates an audio part from base64-encoded audio.
    pub fn input_audio(data: impl Into<String>, format: impl Into<AudioFormat>) -> Self {
        Self::InputAudio(AudioPart::new(InputAudio::new(data, format)))
    }

    /// Creates a file part.
    pub fn file(file: FileData) -> Self {
        Self::File(FilePart::new(file))
    }

    /// Creates a refusal part.
    pub fn refusal(refusal: impl Into<String>) -> Self {
        Self::Refusal(RefusalPart::new(refusal))
    }

    /// Creates a reasoning part with the provider's signature.
    pub fn reasoning(reasoning: impl Into<String>, signature: impl Into<String>) -> Self {
        Self::Reasoning(ReasoningPart::new(reasoning).signature(signature))
    }

    /// Creates a part with encrypted reasoning.
    pub fn redacted_reasoning(data: impl Into<String>) -> Self {
        Self::RedactedReasoning(RedactedReasoningPart::new(data))
    }

    /// Returns the text of a text part; `None` for another part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }

    /// Returns the text of a text part, also in the shapes that other APIs have: a string, an object without a type or
    /// with the type `output_text`, and one whose text is the `value` of an object.
    fn text_of_any(&self) -> Option<Cow<'_, str>> {
        let Self::Other(raw) = self else {
            return self.as_text().map(Cow::Borrowed);
        };
        let text = raw.text().or_else(|| {
            let part: JsonMap = raw.parse().ok()?;
            let kind = part.get("type").map(RawJson::text);
            let kind = kind.unwrap_or_else(|| Some("text".to_owned()))?;
            let is_text = matches!(&*kind, "text" | "output_text");
            let text = part.get("text").filter(|_| is_text)?;
            let value = || text.parse::<JsonMap>().ok()?.get("value")?.text();
            text.text().or_else(value)
        });
        text.map(Cow::Owned)
    }
}

tagged_union!(Strict ContentPart by "type" {
    "text" => Text(TextPart),
    "image_url" => ImageUrl(ImagePart),
    "input_audio" => InputAudio(AudioPart),
    "file" => File(FilePart),
    "refusal" => Refusal(RefusalPart),
    "reasoning" => Reasoning(ReasoningPart),
    "redacted_reasoning" => RedactedReasoning(RedactedReasoningPart),
} else Other);
