//! From a cassette to its file's text.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    Chunk, End, Failure, Interaction, Outcome, Payload, Tape, TapedRequest, TapedResponse, VERSION,
};

impl Tape {
    /// The file's text, indented and with a line break at its end.
    pub(in crate::cassette) fn to_text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl Serialize for Tape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &VERSION)?;
        let pointers: Vec<_> = self.pointers.iter().map(ToString::to_string).collect();
        map.serialize_entry("redact", &pointers)?;
        map.serialize_entry("interactions", &self.interactions)?;
        map.end()
    }
}

impl Serialize for Interaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request", &self.request)?;
        match &self.outcome {
            Outcome::Response(response) => map.serialize_entry("response", response)?,
            Outcome::Failed { after_ms, failure } => {
                map.serialize_entry("error", &TimedFailure(*after_ms, *failure))?;
            }
            Outcome::Unanswered => {}
        }
        map.end()
    }
}

impl Serialize for TapedRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "operation", self.operation.as_ref())?;
        entry(&mut map, "deployment", self.deployment.as_ref())?;
        entry(&mut map, "attempt", self.attempt.as_ref())?;
        map.serialize_entry("method", &self.method)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("headers", &Headers(&self.headers))?;
        entry(&mut map, "body", self.body.as_ref())?;
        map.end()
    }
}

impl Serialize for TapedResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("after_ms", &self.after_ms)?;
        map.serialize_entry("status", &self.status.as_u16())?;
        map.serialize_entry("headers", &Headers(&self.headers))?;
        map.serialize_entry("chunks", &self.chunks)?;
        map.serialize_entry("end", &TimedEnd(self.end_ms, self.end))?;
        map.end()
    }
}

impl Serialize for Chunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at_ms", &self.at_ms)?;
        Payload::text(&self.bytes).serialize_field(&mut map)?;
        map.end()
    }
}

struct TimedFailure(u64, Failure);

impl Serialize for TimedFailure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("after_ms", &self.0)?;
        failure(&mut map, self.1)?;
        map.end()
    }
}

struct TimedEnd(u64, End);

impl Serialize for TimedEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at_ms", &self.0)?;
        map.serialize_entry("how", self.1.as_str())?;
        if let End::Failed(failed) = self.1 {
            failure(&mut map, failed)?;
        }
        map.end()
    }
}

impl End {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed(_) => "error",
            Self::Stalled => "stalled",
            Self::Dropped => "dropped",
        }
    }
}

/// By name; one value as it is, more of them as an array.
struct Headers<'a>(&'a HeaderMap);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Sorted, so that recording again changes no more lines than it must.
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, value) in self.0 {
            by_name.entry(name.as_str()).or_default().push(Field(value));
        }
        let mut map = serializer.serialize_map(Some(by_name.len()))?;
        for (name, values) in by_name {
            match values.as_slice() {
                [value] => map.serialize_entry(name, value)?,
                values => map.serialize_entry(name, values)?,
            }
        }
        map.end()
    }
}

struct Field<'a>(&'a HeaderValue);

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Payload::text(self.0.as_bytes()) {
            Payload::Text(text) => text.serialize(serializer),
            other => other.serialize(serializer),
        }
    }
}

fn entry<M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: Option<&impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}

fn failure<M: SerializeMap>(map: &mut M, failure: Failure) -> Result<(), M::Error> {
    map.serialize_entry("kind", failure.kind.as_str())?;
    map.serialize_entry("phase", failure.phase.as_str())?;
    map.serialize_entry("delivery", failure.delivery.as_str())
}
