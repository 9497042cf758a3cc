//! Audio as a part of a message.

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;

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
