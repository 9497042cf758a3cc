//! The kinds of parts that a message's content has.

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;

open_enum! {
    /// How a provider caches a prompt.
    pub enum CacheKind {
        Ephemeral = "ephemeral",
    }
}

open_enum! {
    /// How long a provider keeps a cached prompt.
    pub enum CacheTtl {
        FiveMinutes = "5m",
        OneHour = "1h",
    }
}

object! { Strict
    /// Asks the provider to cache the prompt up to this point.
    #[derive(Default)]
    pub struct CacheControl {
        /// How to cache; orq knows `ephemeral`.
        pub kind: Option<CacheKind> = "type",
        /// For how long. orq's default is five minutes.
        pub ttl: Option<CacheTtl> = "ttl",
    }
}

impl CacheControl {
    /// An ephemeral cache, of orq's default duration.
    pub fn ephemeral() -> Self {
        Self {
            kind: Some(CacheKind::Ephemeral),
            ..Self::default()
        }
    }
}

setters!(CacheControl {
    /// For how long to cache.
    ttl: CacheTtl,
});

object! { Strict
    /// Text as a part of a message.
    pub struct TextPart tagged "type" = "text" {
        /// The text.
        pub text: String = "text",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl TextPart {
    /// A part with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(TextPart {
    /// Lets the provider cache the prompt up to this part.
    cache_control: CacheControl,
});

open_enum! {
    /// How closely the model looks at an image.
    pub enum ImageDetail {
        Low = "low",
        High = "high",
        Auto = "auto",
    }
}

object! { Strict
    /// Where an image is.
    pub struct ImageUrl {
        /// A URL, or the image itself as a `data:` URL.
        pub url: String = "url",
        /// How closely the model looks at it.
        pub detail: Option<ImageDetail> = "detail",
        /// orq's id of the image, in configurations.
        pub id: Option<String> = "id",
    }
}

impl ImageUrl {
    /// An image at a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            detail: None,
            id: None,
            extra: Default::default(),
        }
    }
}

setters!(ImageUrl {
    /// How closely the model looks at it.
    detail: ImageDetail,
    /// orq's id of the image.
    id: String,
});

impl From<&str> for ImageUrl {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for ImageUrl {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

object! { Strict
    /// An image as a part of a message.
    pub struct ImagePart tagged "type" = "image_url" {
        /// Where the image is.
        pub image_url: ImageUrl = "image_url",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl ImagePart {
    /// A part with this image.
    pub fn new(image: impl Into<ImageUrl>) -> Self {
        Self {
            image_url: image.into(),
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(ImagePart {
    /// Lets the provider cache the prompt up to this part.
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
        /// The audio, base64 encoded.
        pub data: String = "data",
        /// Its format.
        pub format: AudioFormat = "format",
    }
}

impl InputAudio {
    /// Audio from base64 text.
    pub fn new(data: impl Into<String>, format: impl Into<AudioFormat>) -> Self {
        Self {
            data: data.into(),
            format: format.into(),
            extra: Default::default(),
        }
    }
}

setters!(InputAudio {});

object! { Strict
    /// Audio as a part of a message.
    pub struct AudioPart tagged "type" = "input_audio" {
        /// The audio.
        pub input_audio: InputAudio = "input_audio",
    }
}

impl AudioPart {
    /// A part with this audio.
    pub fn new(input_audio: InputAudio) -> Self {
        Self {
            input_audio,
            extra: Default::default(),
        }
    }
}

setters!(AudioPart {});

object! { Strict
    /// A file: its data, or where it is.
    #[derive(Default)]
    pub struct FileData {
        /// The file as a `data:` URL with base64 content.
        pub file_data: Option<String> = "file_data",
        /// Where the file is.
        pub uri: Option<String> = "uri",
        /// Its media type, such as `application/pdf`.
        pub mime_type: Option<String> = "mimeType",
        /// Its name.
        pub filename: Option<String> = "filename",
        /// The id of a file that was uploaded to orq.
        pub file_id: Option<String> = "file_id",
    }
}

impl FileData {
    /// A file without any data; see the setters.
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(FileData {
    /// The file as a `data:` URL with base64 content.
    file_data: String,
    /// Where the file is.
    uri: String,
    /// Its media type, such as `application/pdf`.
    mime_type: String,
    /// Its name.
    filename: String,
    /// The id of a file that was uploaded to orq.
    file_id: String,
});

object! { Strict
    /// A file as a part of a message.
    pub struct FilePart tagged "type" = "file" {
        /// The file.
        pub file: FileData = "file",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl FilePart {
    /// A part with this file.
    pub fn new(file: FileData) -> Self {
        Self {
            file,
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(FilePart {
    /// Lets the provider cache the prompt up to this part.
    cache_control: CacheControl,
});

object! { Strict
    /// A model's refusal as a part of its message.
    #[derive(Default)]
    pub struct RefusalPart tagged "type" = "refusal" {
        /// What the model said.
        pub refusal: Option<String> = "refusal",
    }
}

impl RefusalPart {
    /// A part with this refusal.
    pub fn new(refusal: impl Into<String>) -> Self {
        Self {
            refusal: Some(refusal.into()),
            ..Self::default()
        }
    }
}

setters!(RefusalPart {});

object! { Strict
    /// A model's reasoning as a part of its message.
    pub struct ReasoningPart tagged "type" = "reasoning" {
        /// The reasoning.
        pub reasoning: String = "reasoning",
        /// The signature that the provider gave it, without which providers refuse it.
        pub signature: Option<String> = "signature",
    }
}

impl ReasoningPart {
    /// A part with this reasoning, not signed.
    pub fn new(reasoning: impl Into<String>) -> Self {
        Self {
            reasoning: reasoning.into(),
            signature: None,
            extra: Default::default(),
        }
    }
}

setters!(ReasoningPart {
    /// The signature that the provider gave it.
    signature: String,
});

object! { Strict
    /// A model's reasoning in the form that only its provider can read.
    pub struct RedactedReasoningPart tagged "type" = "redacted_reasoning" {
        /// The provider's data.
        pub data: String = "data",
    }
}

impl RedactedReasoningPart {
    /// A part with this data.
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            extra: Default::default(),
        }
    }
}

setters!(RedactedReasoningPart {});
