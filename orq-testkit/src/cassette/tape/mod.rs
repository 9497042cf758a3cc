//! What a cassette's file says.

mod base64_text;
mod failure;
mod headers;
mod payload;

use http::{HeaderMap, StatusCode};
use jsonptr::PointerBuf;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

pub(super) use self::{failure::Failure, payload::Payload};
use super::error::{CassetteError, CassetteErrorKind};

/// The version of the file's format.
const VERSION: u64 = 1;

pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A whole cassette. Everything in it is redacted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Tape {
    version: u64,
    #[serde(rename = "redact")]
    pub(super) pointers: Vec<PointerBuf>,
    pub(super) interactions: Vec<Interaction>,
}

/// One request, and what came of it. Without response and error, no head came as long as somebody waited for it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Interaction {
    pub(super) request: TapedRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<TapedResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<TapedError>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TapedRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deployment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attempt: Option<u32>,
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    #[serde(with = "headers")]
    pub(super) headers: HeaderMap,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Payload>,
}

/// The failure of a request that got no head.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TapedError {
    /// From the request to the error.
    pub(super) after_ms: u64,
    #[serde(flatten)]
    pub(super) failure: Failure,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct TapedResponse {
    /// From the request to the head.
    pub(super) after_ms: u64,
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub(super) status: StatusCode,
    #[serde(with = "headers")]
    pub(super) headers: HeaderMap,
    pub(super) chunks: Vec<Chunk>,
    pub(super) end: End,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Chunk {
    /// From the head.
    pub(super) at_ms: u64,
    #[serde(flatten)]
    pub(super) payload: Payload,
}

/// How a body ended, and when, counted from the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum End {
    Complete {
        at_ms: u64,
    },
    Error {
        at_ms: u64,
        #[serde(flatten)]
        failure: Failure,
    },
    /// Its reader waited for more, and gave up.
    Stalled {
        at_ms: u64,
    },
    /// Its reader had enough.
    Dropped {
        at_ms: u64,
    },
}

impl Tape {
    pub(super) fn new(pointers: Vec<PointerBuf>, interactions: Vec<Interaction>) -> Self {
        Self {
            version: VERSION,
            pointers,
            interactions,
        }
    }

    /// Reads a file's text. The error names the place of what is wrong.
    pub(super) fn parse(text: &[u8]) -> Result<Self, CassetteError> {
        /// Read alone at first, because another version may have other fields.
        #[derive(Deserialize)]
        #[serde(expecting = "an object")]
        struct Versioned {
            version: Value,
        }
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let Versioned { version } = serde_json::from_slice(text).map_err(|error| {
            let (kind, what) = match error.is_data() {
                true => (CassetteErrorKind::Field, "this is no cassette"),
                false => (CassetteErrorKind::Json, "this is not JSON"),
            };
            CassetteError::new(kind, format!("{what}: {error}"))
        })?;
        if version.as_u64() != Some(VERSION) {
            let message = format!(
                "version: {version} is not known; this crate reads version {VERSION}: record the cassette again"
            );
            return Err(CassetteError::new(CassetteErrorKind::Version, message));
        }
        let wrong = |message| CassetteError::new(CassetteErrorKind::Field, message);
        let mut json = serde_json::Deserializer::from_slice(text);
        let mut tape: Self = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| wrong(error.to_string()))?;
        for (index, interaction) in tape.interactions.iter_mut().enumerate() {
            if let Some(problem) = interaction.problem() {
                return Err(wrong(format!("interactions[{index}]{problem}")));
            }
            // Written by hand as text, it may be JSON all the same.
            let body = &mut interaction.request.body;
            *body = body.take().and_then(Payload::most_readable);
        }
        Ok(tape)
    }

    /// The file's text, indented and with a line break at its end.
    pub(super) fn to_text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl Interaction {
    /// What can't be played although each field is right, and its place.
    fn problem(&self) -> Option<String> {
        let response = self.response.as_ref()?;
        if self.error.is_some() {
            return Some(".error: can't stand beside `response`".to_owned());
        }
        let times = response.chunks.iter().map(|chunk| chunk.at_ms);
        let times: Vec<_> = times.chain([response.end.at_ms()]).collect();
        let late = times.windows(2).position(|pair| !pair.is_sorted())? + 1;
        let place = match late < response.chunks.len() {
            true => format!("chunks[{late}]"),
            false => "end".to_owned(),
        };
        Some(format!(
            ".response.{place}.at_ms: is before the one above it"
        ))
    }
}

impl TapedResponse {
    /// The body, its chunks joined.
    pub(super) fn body(&self) -> Vec<u8> {
        let chunks = self.chunks.iter();
        chunks.flat_map(|chunk| chunk.payload.bytes()).collect()
    }
}

impl End {
    fn at_ms(self) -> u64 {
        match self {
            Self::Complete { at_ms }
            | Self::Error { at_ms, .. }
            | Self::Stalled { at_ms }
            | Self::Dropped { at_ms } => at_ms,
        }
    }
}

fn write_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

fn read_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(D::Error::custom)
}
