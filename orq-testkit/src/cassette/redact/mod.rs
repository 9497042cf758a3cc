//! What is kept out of a cassette.

mod headers;
mod scan;
mod search;
mod secret;
mod splice;
mod sse;

use std::{ops::Range, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};
use jsonptr::PointerBuf;
use serde_json::Value;

use self::{
    headers::is_secret,
    splice::{PLACEHOLDER, Splice},
};
pub(super) use self::{
    headers::{credentials, is_replayed},
    scan::scan,
    secret::{SHORTEST_SECRET, Secret},
};
use super::{
    pointer,
    tape::{BYTE_ORDER_MARK, Payload},
};

/// Tells which parts of a text are to be hidden.
pub(super) type Rule = Arc<dyn Fn(&[u8]) -> Vec<Range<usize>> + Send + Sync>;

/// The rules by which bodies and texts are redacted, when they are recorded and when they are compared.
#[derive(Clone, Default)]
pub(super) struct Redaction {
    pub(super) pointers: Vec<PointerBuf>,
    pub(super) secrets: Vec<Secret>,
    pub(super) rules: Vec<Rule>,
}

impl Redaction {
    /// Adds a secret, unless it is there already.
    pub(super) fn add(&mut self, secret: Secret) {
        if !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }

    /// The headers that are kept, redacted.
    pub(super) fn headers(
        &self,
        headers: &HeaderMap,
        is_kept: impl Fn(&HeaderName) -> bool,
    ) -> HeaderMap {
        let kept = headers.iter().filter(|(name, _)| is_kept(name));
        kept.map(|(name, value)| {
            let value = match is_secret(name, value) {
                true => None,
                false => HeaderValue::from_bytes(&self.bytes(value.as_bytes())).ok(),
            };
            let hidden = HeaderValue::from_static(PLACEHOLDER);
            (name.clone(), value.unwrap_or(hidden))
        })
        .collect()
    }

    /// A request's body. What the pointers name goes first, with what the test's own rules find in the body as it was
    /// sent. In JSON the secrets are then found however the sender escaped them, and JSON stays JSON.
    pub(super) fn body(&self, body: &[u8]) -> Option<Payload> {
        let mut splices = self.pointer_splices(body);
        splices.extend(self.rule_splices(body));
        let body = splice::apply(body, &splice::merge(splices));
        match Payload::body(&body)? {
            Payload::Json(json) => Some(Payload::Json(self.json(json))),
            _ => Payload::body(&self.bytes(&body)),
        }
    }

    /// The chunks of a response's body, redacted as one text and cut where they were cut before.
    pub(super) fn chunks(&self, chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let whole = chunks.concat();
        let mut splices = self.pointer_splices(&whole);
        splices.extend(self.text_splices(&whole));
        // A body may break off anywhere, in a secret too.
        let secrets = self.secrets.iter();
        let cut = secrets.filter_map(|secret| secret.find_cut(&whole));
        splices.extend(cut.map(Splice::text));
        splice::apply_to_chunks(chunks, &whole, &splice::merge(splices))
    }

    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Without the secrets, and without what the test's own rules find.
    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        splice::apply(bytes, &splice::merge(self.text_splices(bytes).collect()))
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

    fn text_splices<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Splice> + 'a {
        let spans = self.secrets.iter().flat_map(|secret| secret.find(bytes));
        spans.map(Splice::text).chain(self.rule_splices(bytes))
    }

    fn rule_splices<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Splice> + 'a {
        let spans = self.rules.iter().flat_map(|rule| rule(bytes));
        // A rule may be wrong about where the text ends.
        let spans = spans.map(|span| span.start..span.end.min(bytes.len()));
        spans.filter(|span| !span.is_empty()).map(Splice::text)
    }

    fn json(&self, json: Value) -> Value {
        match json {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.into_iter();
                fields
                    .map(|(name, value)| (self.text(&name), self.json(value)))
                    .collect()
            }
            other => other,
        }
    }
}
