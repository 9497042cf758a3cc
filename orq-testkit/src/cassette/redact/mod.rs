//! What is kept out of a cassette.

mod headers;
mod scan;
mod secret;
mod splice;
mod sse;

use serde_json::{Map, Value};

pub(super) use self::{
    headers::{credentials, is_secret},
    scan::scan,
    secret::{SHORTEST_SECRET, Secret},
    splice::PLACEHOLDER,
};
use self::{splice::Splice, sse::BYTE_ORDER_MARK};
use super::{
    pointer::{self, Pointer},
    tape::Payload,
};

/// The rules by which bodies and texts are redacted, when they are recorded and when they are compared.
#[derive(Clone, Default)]
pub(super) struct Redaction {
    pub(super) pointers: Vec<Pointer>,
    pub(super) secrets: Vec<Secret>,
}

impl Redaction {
    /// A request's body. What the pointers name goes first, then the secrets; in JSON those are found however the
    /// sender escaped them, and JSON stays JSON.
    pub(super) fn body(&self, body: &[u8]) -> Option<Payload> {
        let body = splice::apply(body, &splice::merge(self.pointer_splices(body)));
        match Payload::body(&body)? {
            Payload::Json(json) => Some(Payload::Json(self.json(json))),
            _ => Payload::body(&self.bytes(&body)),
        }
    }

    /// The chunks of a response's body, redacted as one text and cut where they were cut before.
    pub(super) fn chunks(&self, chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let whole = chunks.concat();
        let mut splices = self.pointer_splices(&whole);
        splices.extend(self.secret_splices(&whole));
        // A body may break off anywhere, in a secret too.
        let cut = self
            .secrets
            .iter()
            .filter_map(|secret| secret.find_cut(&whole));
        splices.extend(cut.map(Splice::text));
        splice::apply_to_chunks(chunks, &whole, &splice::merge(splices))
    }

    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Without the secrets.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        splice::apply(bytes, &splice::merge(self.secret_splices(bytes).collect()))
    }

    /// JSON is told from an event stream by how it begins, because a header may be wrong or missing.
    fn pointer_splices(&self, body: &[u8]) -> Vec<Splice> {
        if self.pointers.is_empty() {
            return Vec::new();
        }
        let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let spans = match text.trim_ascii_start().first() {
            Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9') => pointer::find(body, &self.pointers),
            _ => sse::find(body, &self.pointers),
        };
        spans.into_iter().map(Splice::json).collect()
    }

    fn secret_splices<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Splice> + 'a {
        let spans = self.secrets.iter().flat_map(|secret| secret.find(bytes));
        spans.map(Splice::text)
    }

    fn json(&self, json: Value) -> Value {
        match json {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.into_iter();
                let fields = fields.map(|(name, value)| (self.text(&name), self.json(value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other,
        }
    }
}
