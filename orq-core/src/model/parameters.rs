//! The parameters of a model.

use serde::Serialize;

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;
use crate::model::json::{JsonMap, Nullable, Number, RawJson};
use crate::model::macros::{conversions, tagged_union};
use crate::model::part::CacheControl;

object! { Lenient
    /// The parameters of a model, as returned by [get_config](https://docs.orq.ai/reference/deployments/get-config) and
    /// the list of deployments. Which of them apply depends on the model.
    ///
    /// The names in JSON are in camel case, except for `encoding_format`. The `extra_params` of a request have the
    /// provider's names instead.
    #[derive(Default)]
    pub struct ModelParameters {
        /// Sampling temperature.
        pub temperature: Option<Number> = "temperature",
        /// Maximum number of tokens to generate.
        pub max_tokens: Option<Number> = "maxTokens",
        /// Top-k sampling: the number of most likely tokens to sample from.
        pub top_k: Option<Number> = "topK",
        /// Top-p (nucleus) sampling: the total probability of the tokens to sample from, from 0 to 1.
        pub top_p: Option<Number> = "topP",
        /// Frequency penalty, which grows with each occurrence of a token.
        pub frequency_penalty: Option<Number> = "frequencyPenalty",
        /// Presence penalty, which applies once a token has occurred.
        pub presence_penalty: Option<Number> = "presencePenalty",
        /// Number of images to generate.
        pub num_images: Option<Number> = "numImages",
        /// Random seed, for reproducible sampling with providers that support it.
        pub seed: Option<Number> = "seed",
        /// Format in which an image is returned.
        pub format: Option<OutputFormat> = "format",
        /// Size of an image in pixels, such as `1024x1024`.
        pub dimensions: Option<String> = "dimensions",
        /// Quality of an image.
        pub quality: Option<String> = "quality",
        /// Style of an image.
        pub style: Option<String> = "style",
        /// Format of the completion.
        pub response_format: Nullable<ResponseFormat> = "responseFormat",
        /// Whether and how to cache the prompt. Only Anthropic's models support it.
        pub cache_control: Nullable<CacheControl> = "cacheControl",
        /// Version of Leonardo's PhotoReal.
        pub photo_real_version: Option<PhotoRealVersion> = "photoRealVersion",
        /// Encoding of embeddings.
        pub encoding_format: Option<EncodingFormat> = "encoding_format",
        /// Effort that a reasoning model spends on reasoning.
        pub reasoning_effort: Option<ReasoningEffort> = "reasoningEffort",
        /// Maximum number of tokens of reasoning: at least 1024 and less than `max_tokens`, or 0 for none. Only
        /// Anthropic's models support it.
        pub budget_tokens: Option<Number> = "budgetTokens",
        /// Verbosity of the completion.
        pub verbosity: Option<Verbosity> = "verbosity",
        /// Level of thinking. Only Google's models support it.
        pub thinking_level: Option<ThinkingLevel> = "thinkingLevel",
    }
}

open_enum! {
    /// The format in which an image is returned.
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
    /// The encoding of embeddings.
    pub enum EncodingFormat {
        Float = "float",
        Base64 = "base64",
    }
}

open_enum! {
    /// The effort that a reasoning model spends on reasoning.
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
    /// The verbosity of a completion.
    pub enum Verbosity {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

open_enum! {
    /// The level of thinking of Google's models.
    pub enum ThinkingLevel {
        Minimal = "minimal",
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

object! { Lenient
    /// The format of plain text.
    #[derive(Default)]
    pub struct TextFormat tagged "type" = "text" {}
}

setters!(TextFormat {
    /// Creates the format of plain text.
    new();
});

object! { Lenient
    /// The format of a JSON object of any shape. The prompt must ask for JSON, too; otherwise a model may generate
    /// white space up to the token limit.
    #[derive(Default)]
    pub struct JsonObjectFormat tagged "type" = "json_object" {}
}

setters!(JsonObjectFormat {
    /// Creates the format of a JSON object.
    new();
});

object! { Lenient
    /// The format of JSON with a given schema.
    ///
    /// ```
    /// use orq_core::model::{DeploymentRequest, JsonSchema};
    /// use serde_json::json;
    ///
    /// let schema = JsonSchema::new("city", json!({"type": "object", "required": ["name"]})).strict(true);
    /// let request = DeploymentRequest::new("cities").response_format(schema);
    /// assert_eq!(
    ///     serde_json::to_value(&request.extra_params)?,
    ///     json!({"response_format": {"type": "json_schema", "json_schema": {
    ///         "name": "city", "strict": true, "schema": {"type": "object", "required": ["name"]},
    ///     }}}),
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct JsonSchemaFormat tagged "type" = "json_schema" {
        /// The name in orq's studio.
        pub display_name: Option<String> = "display_name",
        /// The schema.
        pub json_schema: JsonSchema = "json_schema",
    }
}

setters!(JsonSchemaFormat {
    /// Creates the format of JSON with this schema.
    new(json_schema: JsonSchema);
    /// Sets the name in orq's studio.
    display_name: String,
});

object! { Lenient
    /// A named JSON Schema.
    #[derive(Default)]
    pub struct JsonSchema {
        /// The name. orq requires it.
        pub name: Option<String> = "name",
        /// The description, for the model to read.
        pub description: Nullable<String> = "description",
        /// Whether the completion must match the schema exactly.
        pub strict: Option<bool> = "strict",
        /// The schema. orq requires it.
        pub schema: Option<JsonMap> = "schema",
    }
}

impl JsonSchema {
    /// Creates a schema with this name from a struct, a map or `serde_json::json!({..})`. A schema that isn't
    /// serialized as a JSON object fails the request when it is sent.
    pub fn new(name: impl Into<String>, schema: impl Serialize) -> Self {
        let mut this = Self {
            name: Some(name.into()),
            ..Self::default()
        };
        this.schema = this.extra.settle("schema", JsonMap::from_serialize(schema));
        this
    }
}

setters!(JsonSchema {
    /// Sets the description, for the model to read.
    description: String,
    /// Sets whether the completion must match the schema exactly.
    strict: bool,
});

/// The format of a completion.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Plain text.
    Text(TextFormat),
    /// A JSON object of any shape.
    JsonObject(JsonObjectFormat),
    /// JSON with a given schema.
    JsonSchema(JsonSchemaFormat),
    /// A format given as a string, for models of speech, transcription and images: `mp3`, `srt`, `url` and others.
    Named(String),
    /// The JSON of a format of another shape.
    Other(RawJson),
}

conversions!(ResponseFormat {
    |format: TextFormat| Self::Text(format),
    |format: JsonObjectFormat| Self::JsonObject(format),
    |format: JsonSchemaFormat| Self::JsonSchema(format),
    |schema: JsonSchema| Self::JsonSchema(JsonSchemaFormat::new(schema)),
});

tagged_union!(Lenient ResponseFormat by "type" {
    "text" => Text(TextFormat),
    "json_object" => JsonObject(JsonObjectFormat),
    "json_schema" => JsonSchema(JsonSchemaFormat),
} string Named else Other);
