//! The values of model parameters that are names.

use crate::model::json::open_enum::open_enum;

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
