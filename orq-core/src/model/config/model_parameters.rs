//! The parameters of a model.

use super::{
    EncodingFormat, OutputFormat, PhotoRealVersion, ReasoningEffort, ResponseFormat, ThinkingLevel,
    Verbosity,
};
use crate::model::json::object::object;
use crate::model::{CacheControl, Nullable, Number};

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
