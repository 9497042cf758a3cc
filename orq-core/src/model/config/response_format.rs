//! The format that a model answers in.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::{deserialize, object};
use crate::model::json::{Members, Reader, Wire};
use crate::model::{JsonMap, Nullable, RawJson};

object! { Lenient
    /// Any text.
    #[derive(Default)]
    pub struct TextFormat tagged "type" = "text" {}
}

object! { Lenient
    /// A JSON object of any shape.
    #[derive(Default)]
    pub struct JsonObjectFormat tagged "type" = "json_object" {}
}

object! { Lenient
    /// JSON of a given shape.
    pub struct JsonSchemaFormat tagged "type" = "json_schema" {
        /// Its name in orq's studio.
        pub display_name: Option<String> = "display_name",
        /// The shape.
        pub json_schema: JsonSchema = "json_schema",
    }
}

object! { Lenient
    /// The shape of a JSON answer.
    #[derive(Default)]
    pub struct JsonSchema {
        /// Its name.
        pub name: Option<String> = "name",
        /// What it is, for the model to read.
        pub description: Nullable<String> = "description",
        /// Whether the answer must fit exactly.
        pub strict: Option<bool> = "strict",
        /// The JSON Schema.
        pub schema: Option<JsonMap> = "schema",
    }
}

/// The format that a model answers in.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Any text.
    Text(TextFormat),
    /// A JSON object of any shape.
    JsonObject(JsonObjectFormat),
    /// JSON of a given shape.
    JsonSchema(JsonSchemaFormat),
    /// A format by its name alone, as models of speech, transcription and images have it: `mp3`, `srt`, `url`, ….
    Named(String),
    /// A format of another shape, as it is on the wire.
    Other(RawJson),
}

impl ResponseFormat {
    fn read_known<E: Error>(raw: &RawValue, reader: &mut Reader) -> Result<Self, E> {
        if raw.get().starts_with('"') {
            return String::read_raw(raw, reader).map(Self::Named);
        }
        match Members::read(raw, reader)?.tag("type", reader)?.as_deref() {
            Some("text") => TextFormat::read_raw(raw, reader).map(Self::Text),
            Some("json_object") => JsonObjectFormat::read_raw(raw, reader).map(Self::JsonObject),
            Some("json_schema") => JsonSchemaFormat::read_raw(raw, reader).map(Self::JsonSchema),
            Some(_) | None => Ok(Self::Other(raw.into())),
        }
    }
}

impl Serialize for ResponseFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(format) => format.serialize(serializer),
            Self::JsonObject(format) => format.serialize(serializer),
            Self::JsonSchema(format) => format.serialize(serializer),
            Self::Named(name) => name.serialize(serializer),
            Self::Other(raw) => raw.serialize(serializer),
        }
    }
}

impl Wire for ResponseFormat {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        Self::read_known(raw, reader).or_else(|error| {
            reader.recover(error)?;
            Ok(Self::Other(raw.into()))
        })
    }
}

deserialize!(Lenient ResponseFormat);
