//! A script in JSON.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::value::{Byte, FaultName, Millis, Object, True, Whole, only};
use crate::{
    fixture::Quirk,
    reply::{Encoder, EndAt, Ending, Fault, Reply, Step, Wait},
};

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Object<Fields>")]
pub(crate) struct Script(pub(in crate::fake) Reply);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    head_after_ms: Option<Millis>,
    break_before_head: Option<FaultName>,
    never: Option<True>,
    status: Option<Whole<200, 599>>,
    headers: Option<BTreeMap<String, Value>>,
    json: Option<Value>,
    quirk: Option<Quirk>,
    body: Option<Vec<BodyStep>>,
    pace_ms: Option<Millis>,
    break_at: Option<Byte>,
    fault: Option<FaultName>,
    cut_at: Option<Byte>,
    stall_at: Option<Byte>,
}

/// A step of a body: an object with one field.
#[derive(Deserialize)]
#[serde(try_from = "Object<StepFields>")]
struct BodyStep {
    step: Step,
    is_event: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFields {
    event: Option<Value>,
    chunk: Option<String>,
    bytes: Option<Vec<u8>>,
    after_ms: Option<Millis>,
    stall: Option<True>,
    cut: Option<True>,
    r#break: Option<FaultName>,
}

impl Fields {
    /// Whether there is a field that goes with a head.
    fn of_a_head(&self) -> bool {
        let ends = [self.break_at, self.cut_at, self.stall_at];
        let body = self.json.is_some() || self.quirk.is_some() || self.body.is_some();
        let head = self.status.is_some() || self.headers.is_some() || self.pace_ms.is_some();
        head || body || self.fault.is_some() || ends.iter().any(Option::is_some)
    }
}

impl TryFrom<Object<Fields>> for Script {
    type Error = String;

    fn try_from(Object(mut it): Object<Fields>) -> Result<Self, String> {
        let late = it.head_after_ms.take();
        let without_head = [
            it.break_before_head
                .map(|FaultName(fault)| Reply::break_before_head(fault)),
            it.never.take().map(|True| Reply::never()),
        ];
        let reply = match only("break_before_head, never", without_head)? {
            None => response(it)?,
            Some(_) if it.of_a_head() => {
                return Err("break_before_head and never go with head_after_ms alone".to_owned());
            }
            Some(reply) => reply,
        };
        Ok(Self(match late {
            Some(Millis(late)) => reply.head_after(late),
            None => reply,
        }))
    }
}

fn response(it: Fields) -> Result<Reply, String> {
    let with_steps = |steps: &Vec<BodyStep>| match steps.iter().any(|step| step.is_event) {
        true => Reply::sse([""; 0]),
        false => Reply::status(200, ""),
    };
    let bodies = [
        it.json.map(|json| Reply::json_text(json.to_string())),
        it.quirk.map(Reply::from),
        it.body.as_ref().map(with_steps),
    ];
    let mut reply = only("json, quirk, body", bodies)?.unwrap_or_else(|| Reply::status(200, ""));
    if let Some(it) = it.status {
        reply = reply.with_status(status(it));
    }
    for (name, values) in it.headers.unwrap_or_default() {
        let refused = |why| format!(".headers.{name}: {why}");
        let header = HeaderName::try_from(&name).map_err(|_| refused("HTTP has no such name"))?;
        let values = match values {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = value
                .as_str()
                .ok_or_else(|| refused("expected a string, or an array of them"))?;
            let value = HeaderValue::try_from(text)
                .map_err(|_| refused("HTTP doesn't allow this value"))?;
            reply = reply.header(header.clone(), value);
        }
    }
    for BodyStep { step, .. } in it.body.into_iter().flatten() {
        // No bytes are no chunk.
        if !matches!(&step, Step::Chunk(bytes) if bytes.is_empty()) {
            reply.body.push(step);
        }
    }
    if let Some(Millis(pace)) = it.pace_ms {
        reply = reply.paced(pace);
    }
    if let Some(end) = body_end(it.break_at, it.fault, it.cut_at, it.stall_at)? {
        reply.body.end_at(end);
    }
    Ok(reply)
}

/// Returns where and how a body ends early.
pub(super) fn body_end(
    break_at: Option<Byte>,
    fault: Option<FaultName>,
    cut_at: Option<Byte>,
    stall_at: Option<Byte>,
) -> Result<Option<EndAt>, String> {
    if fault.is_some() && break_at.is_none() {
        return Err(".fault: belongs to break_at".to_owned());
    }
    let fault = fault.map_or(Fault::Reset, |FaultName(fault)| fault);
    let ends = [
        (break_at, Ending::Break(fault)),
        (cut_at, Ending::Cut),
        (stall_at, Ending::Stall),
    ];
    let end_at = |(at, ending): (Option<Byte>, _)| {
        let byte = usize::try_from(at?.0).unwrap_or(usize::MAX);
        Some(EndAt { byte, ending })
    };
    only("break_at, cut_at, stall_at", ends.map(end_at))
}

pub(super) fn status<const FROM: u64, const TO: u64>(Whole(status): Whole<FROM, TO>) -> u16 {
    u16::try_from(status).unwrap_or_default()
}

impl TryFrom<Object<StepFields>> for BodyStep {
    type Error = String;

    fn try_from(Object(it): Object<StepFields>) -> Result<Self, String> {
        let chunk = |bytes: Vec<u8>| Step::Chunk(bytes.into());
        let event = |data: Value| match data {
            Value::String(data) => chunk(Encoder::new().data(&data).take()),
            data => chunk(Encoder::new().data(&data.to_string()).take()),
        };
        let is_event = it.event.is_some();
        let given = [
            it.event.map(event),
            it.chunk.map(|text| chunk(text.into_bytes())),
            it.bytes.map(chunk),
            it.after_ms.map(|Millis(time)| Step::Wait(Wait::Time(time))),
            it.stall.map(|True| Step::End(Ending::Stall)),
            it.cut.map(|True| Step::End(Ending::Cut)),
            it.r#break
                .map(|FaultName(fault)| Step::End(Ending::Break(fault))),
        ];
        let names = "event, chunk, bytes, after_ms, stall, cut, break";
        let step = only(names, given)?.ok_or_else(|| format!("expected one of {names}"))?;
        Ok(Self { step, is_event })
    }
}
