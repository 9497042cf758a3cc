//! The parameters of a model.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::{deserialize, object};
use crate::model::json::open_enum::open_enum;
use crate::model::json::{JsonMap, Nullable, Number, RawJson, ReadError, Reader, Wire};
use crate::model::part::CacheControl;

object! { Lenient
    /// The parameters of a model. Which ones there are depends on the model.
    ///
    /// On the wire the names are in camel case, but for `encoding_format`.
    #[derive(Default)]
    pub struct ModelParameters {
        /// How much chance there is in the answer.
        pub temperature: Option<Number> = "temperature",
        /// The most tokens that the answer may have.
        pub max_tokens: Option<Number> = "maxTokens",
        /// How many of the likeliest tokens are considered.
        pub top_k: Option<Number> = "topK",
        /// The share of probability that the considered tokens have together.
        pub top_p: Option<Number> = "topP",
        /// How much a token is held back for each time it was said.
        pub frequency_penalty: Option<Number> = "frequencyPenalty",
        /// How much a token is held back once it was said.
        pub presence_penalty: Option<Number> = "presencePenalty",
        /// How many images to make.
        pub num_images: Option<Number> = "numImages",
        /// The seed of chance.
        pub seed: Option<Number> = "seed",
        /// How an image or text is given.
        pub format: Option<OutputFormat> = "format",
        /// The size of an image, such as `1024x1024`.
        pub dimensions: Option<String> = "dimensions",
        /// The quality of an image.
        pub quality: Option<String> = "quality",
        /// The style of an image.
        pub style: Option<String> = "style",
        /// The format of the answer.
        pub response_format: Nullable<ResponseFormat> = "responseFormat",
        /// Whether the provider caches the prompt.
        pub cache_control: Nullable<CacheControl> = "cacheControl",
        /// The version of Leonardo's PhotoReal.
        pub photo_real_version: Option<PhotoRealVersion> = "photoRealVersion",
        /// How an embedding is given.
        pub encoding_format: Option<EncodingFormat> = "encoding_format",
        /// How much the model reasons.
        pub reasoning_effort: Option<ReasoningEffort> = "reasoningEffort",
        /// The most tokens that the model may think.
        pub budget_tokens: Option<Number> = "budgetTokens",
        /// How much the model says.
        pub verbosity: Option<Verbosity> = "verbosity",
        /// How much the model thinks.
        pub thinking_level: Option<ThinkingLevel> = "thinkingLevel",
    }
}

open_enum! {
    /// How an image or text is given (`format`).
    pub enum OutputFormat {
        Url = "url",
        B64Json = "b64_json",
        Text = "text",
        JsonObject = "json_object",
    }
}

open_enum! {
    /// The version of Leonardo's PhotoReal.
    pub enum PhotoRealVersion {
        V1 = "v1",
        V2 = "v2",
    }
}

open_enum! {
    /// How an embedding is given.
    pub enum EncodingFormat {
        Float = "float",
        Base64 = "base64",
    }
}

open_enum! {
    /// How much a model reasons.
    pub enum ReasoningEffort {
        None = "none",
        Disable = "disable",
        Minimal = "minimal",
        Low = "low",
        Medium = "medium",
        High = "high",
        Xhigh = "xhigh",
        Max = "max",
    }
}

open_enum! {
    /// How much a model says.
    pub enum Verbosity {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

open_enum! {
    /// How much a model thinks.
    pub enum ThinkingLevel {
        Minimal = "minimal",
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

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
    fn read_known(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        if raw.get().starts_with('"') {
            return String::read(raw, reader).map(Self::Named);
        }
        match reader.tag(raw, "type")?.as_deref() {
            Some("text") => TextFormat::read(raw, reader).map(Self::Text),
            Some("json_object") => JsonObjectFormat::read(raw, reader).map(Self::JsonObject),
            Some("json_schema") => JsonSchemaFormat::read(raw, reader).map(Self::JsonSchema),
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
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        Self::read_known(raw, reader).or_else(|error| {
            reader.recover(error)?;
            Ok(Self::Other(raw.into()))
        })
    }
}

deserialize!(Lenient ResponseFormat);
