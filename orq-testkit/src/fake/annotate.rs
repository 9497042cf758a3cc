//! What a double answers to annotations and feedback. It keeps none of them: the log of the calls has them.

use serde_json::{Value, json};

use super::{
    check::{self, Issue},
    world::World,
};
use crate::{
    request::RecordedRequest,
    shape::{Problem, Stamp},
};

impl World {
    /// Creates annotations of the span with these ids.
    pub(super) fn annotate(
        &self,
        ids: [&str; 2],
        request: &RecordedRequest,
        stamp: Stamp,
    ) -> Result<Value, Problem> {
        let body = read(request, check::annotations)?;
        span(ids, stamp)?;
        let annotations = body.get("annotations").and_then(Value::as_array);
        let keys = annotations
            .into_iter()
            .flatten()
            .filter_map(|it| it.get("key")?.as_str());
        for key in keys {
            if !self.annotation_keys.is_empty() && !self.annotation_keys.iter().any(|it| it == key)
            {
                return Err(Problem::not_found(&format!(
                    "There is no review with the key '{key}'."
                )));
            }
        }
        Ok(json!({}))
    }
}

/// Deletes annotations of the span with these ids.
pub(super) fn delete(
    ids: [&str; 2],
    request: &RecordedRequest,
    stamp: Stamp,
) -> Result<Value, Problem> {
    read(request, check::deletion)?;
    span(ids, stamp)?;
    Ok(json!({}))
}

/// Takes feedback, and repeats it.
pub(super) fn feedback(request: &RecordedRequest) -> Result<Value, Problem> {
    let mut body = read(request, check::feedback)?;
    if let Some(body) = body.as_object_mut() {
        body.entry("product")
            .or_insert_with(|| json!("deployments"));
    }
    Ok(body)
}

fn read(request: &RecordedRequest, check: fn(&Value) -> Vec<Issue>) -> Result<Value, Problem> {
    let body = check::json(request.body())?;
    let issues = check(&body);
    match issues.is_empty() {
        true => Ok(body),
        false => Err(check::invalid(&issues)),
    }
}

/// Checks that both ids are those of one earlier exchange.
fn span([trace_id, span_id]: [&str; 2], now: Stamp) -> Result<(), Problem> {
    let number = u64::from_str_radix(span_id, 16).unwrap_or_default();
    let known = Stamp { number, ..now };
    let is_known = (1..now.number).contains(&number);
    match is_known && known.trace_id() == trace_id && known.span_id() == span_id {
        true => Ok(()),
        false => Err(Problem::not_found(&format!(
            "There is no span '{span_id}' in a trace '{trace_id}'."
        ))),
    }
}
