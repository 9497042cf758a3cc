//! The parts of a message's content.

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;
use crate::model::macros::conversions;

open_enum! {
    /// How a provider caches a prompt.
    pub enum CacheKind {
        Ephemeral = "ephemeral",
    }
}

open_enum! {
    /// How long a provider keeps a cached prompt.
    pub enum CacheTtl {
        /// : five minutes.
        FiveMinutes = "5m",
        /// : one hour.
        OneHour = "1h",
    }
}

object! { Strict
    /// A request to cache the prompt up to this point. Only Anthropic's models support it.
    #[derive(Default)]
    pub struct CacheControl {
        /// The kind of cache. orq accepts `ephemeral` only.
        pub kind: Option<CacheKind> = "type",
        /// How long the cache is kept. Default: five minutes.
        pub ttl: Option<CacheTtl> = "ttl",
    }
}

impl CacheControl {
    /// Creates a request for an ephemeral cache, which is kept for orq's default of five minutes.
    pub fn ephemeral() -> Self {
        Self {
            kind: Some(CacheKind::Ephemeral),
            ..Self::default()
        }
    }
}

setters!(CacheControl {
    /// Sets how long the cache is kept.
    ttl: CacheTtl,
});

object! { Strict
    /// A text part.
    pub struct TextPart tagged "type" = "text" {
        /// The text.
        pub text: String = "text",
        /// Whether to cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

setters!(TextPart {
    /// Creates a part with this text.
    new(text: String);
    /// Requests caching of the prompt up to this part.
    cache_control: CacheControl,
});

open_enum! {
    /// The level of detail in which a model sees an image. Only OpenAI's models support it.
    pub enum ImageDetail {
        Low = "low",
        High = "high",
        Auto = "auto",
    }
}

object! { Strict
    /// The location of an image.
    pub struct ImageUrl {
        /// The URL of the image, or the image itself as a `data:` URL with base64 content.
        pub url: String = "url",
        /// The level of detail in which the model sees the image.
        pub detail: Option<ImageDetail> = "detail",
        /// orq's id of the image. Only in configurations.
        pub id: Option<String> = "id",
    }
}

setters!(ImageUrl {
    /// Creates an image from its URL, which may be a `data:` URL.
    new(url: String);
    /// Sets the level of detail in which the model sees the image.
    detail: ImageDetail,
    /// Sets orq's id of the image.
    id: String,
});

conversions!(ImageUrl {
    |url: &str| Self::new(url),
    |url: String| Self::new(url),
});

object! { Strict
    /// An image part.
    pub struct ImagePart tagged "type" = "image_url" {
        /// The location of the image.
        pub image_url: ImageUrl = "image_url",
        /// Whether to cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

setters!(ImagePart {
    /// Creates a part with this image.
    new(image_url: ImageUrl);
    /// Requests caching of the prompt up to this part.
    cache_control: CacheControl,
});

open_enum! {
    /// The format of audio.
    pub enum AudioFormat {
        Mp3 = "mp3",
        Wav = "wav",
    }
}

object! { Strict
    /// Audio data.
    pub struct InputAudio {
        /// The audio, encoded as base64.
        pub data: String = "data",
        /// The format of the audio.
        pub format: AudioFormat = "format",
    }
}

setters!(InputAudio {
    /// Creates audio from base64-encoded data.
    new(data: String, format: AudioFormat);
});

object! { Strict
    /// An audio part.
    pub struct AudioPart tagged "type" = "input_audio" {
        /// The audio.
        pub input_audio: InputAudio = "input_audio",
    }
}

setters!(AudioPart {
    /// Creates a part with this audio.
    new(input_audio: InputAudio);
});

object! { Strict
    /// A file: its data, its location or its id at orq. Exactly one of them must be set.
    #[derive(Default)]
    pub struct FileData {
        /// The file itself, as a `data:` URL with base64 content.
        pub file_data: Option<String> = "file_data",
        /// The URL of the file. Only Anthropic's models support it, for PDF files.
        pub uri: Option<String> = "uri",
        /// The media type of the file, such as `application/pdf`.
        pub mime_type: Option<String> = "mimeType",
        /// The name of the file, as the model sees it.
        pub filename: Option<String> = "filename",
        /// The id of a file that was uploaded to orq.
        pub file_id: Option<String> = "file_id",
    }
}

setters!(FileData {
    /// Creates a file without data or location; the setters add them.
    new();
    /// Sets the file itself, as a `data:` URL with base64 content.
    file_data: String,
    /// Sets the URL of the file.
    uri: String,
    /// Sets the media type of the file, such as `application/pdf`.
    mime_type: String,
    /// Sets the name of the file.
    filename: String,
    /// Sets the id of a file that was uploaded to orq.
    file_id: String,
});

object! { Strict
    /// A file part.
    pub struct FilePart tagged "type" = "file" {
        /// The file.
        pub file: FileData = "file",
        /// Whether to cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

setters!(FilePart {
    /// Creates a part with this file.
    new(file: FileData);
    /// Requests caching of the prompt up to this part.
    cache_control: CacheControl,
});

object! { Strict
    /// A refusal part of an assistant message.
    #[derive(Default)]
    pub struct RefusalPart tagged "type" = "refusal" {
        /// The text of the model's refusal.
        pub refusal: Option<String> = "refusal",
    }
}

setters!(RefusalPart {
    /// Creates a part with this refusal.
    new(refusal: String);
});

object! { Strict
    /// A reasoning part of an assistant message.
    pub struct ReasoningPart tagged "type" = "reasoning" {
        /// The reasoning.
        pub reasoning: String = "reasoning",
        /// The provider's signature of the reasoning. Providers reject reasoning without it.
        pub signature: Option<String> = "signature",
    }
}

setters!(ReasoningPart {
    /// Creates a part with this reasoning, without a signature.
    new(reasoning: String);
    /// Sets the provider's signature of the reasoning.
    signature: String,
});

object! { Strict
    /// The model's reasoning in encrypted form, which only its provider can read.
    pub struct RedactedReasoningPart tagged "type" = "redacted_reasoning" {
        /// The encrypted reasoning.
        pub data: String = "data",
    }
}

setters!(RedactedReasoningPart {
    /// Creates a part with this encrypted reasoning.
    new(data: String);
});
