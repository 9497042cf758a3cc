//! A script in JSON.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::value::{Byte, FaultName, Millis, Object, True, Whole, at_most_one, exactly_one};
use crate::reply::{Encoder, EndAt, Ending, Fault, Reply, Step, Wait};

#[derive(Deserialize)]
#[serde(try_from = "Object<Fields>")]
pub(super) struct Script(pub(super) Reply);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    status: Option<Whole<200, 599>>,
    headers: Option<BTreeMap<Name, Values>>,
    head_after_ms: Option<Millis>,
    json: Option<Value>,
    body: Option<Vec<BodyStep>>,
    pace_ms: Option<Millis>,
    break_at: Option<Byte>,
    fault: Option<FaultName>,
    cut_at: Option<Byte>,
    stall_at: Option<Byte>,
    break_before_head: Option<FaultName>,
    never: Option<True>,
}

/// The name of a header.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct Name(String);

/// The values of a header: a string, or an array of them.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
struct Values(Vec<HeaderValue>);

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

impl TryFrom<Object<Fields>> for Script {
    type Error = String;

    fn try_from(Object(fields): Object<Fields>) -> Result<Self, String> {
        let head_after = fields.head_after_ms;
        let in_place_of_head = [
            fields
                .break_before_head
                .map(|FaultName(fault)| Reply::break_before_head(fault)),
            fields.never.map(|True| Reply::never()),
        ];
        let ends = [fields.break_at, fields.cut_at, fields.stall_at];
        let reply = match at_most_one("break_before_head, never", in_place_of_head)? {
            None => response(fields)?,
            Some(_)
                if fields.status.is_some()
                    || fields.headers.is_some()
                    || fields.json.is_some()
                    || fields.body.is_some()
                    || fields.pace_ms.is_some()
                    || fields.fault.is_some()
                    || ends.iter().any(Option::is_some) =>
            {
                return Err(
                    "break_before_head and never can only be combined with head_after_ms"
                        .to_owned(),
                );
            }
            Some(reply) => reply,
        };
        Ok(Self(match head_after {
            Some(late) => reply.head_after(late.millis()),
            None => reply,
        }))
    }
}

fn response(fields: Fields) -> Result<Reply, String> {
    let events = |steps: &[BodyStep]| steps.iter().any(|step| step.is_event);
    let mut reply = match (fields.json, &fields.body) {
        (Some(_), Some(_)) => return Err("json can't be combined with body".to_owned()),
        (Some(json), None) => Reply::json_text(json.to_string()),
        (None, Some(steps)) if events(steps) => Reply::sse([""; 0]),
        (None, _) => Reply::status(200, ""),
    };
    if let Some(status) = fields.status {
        reply = reply.with_status(status.status());
    }
    for (Name(name), Values(values)) in fields.headers.unwrap_or_default() {
        for value in values {
            reply = reply.header(name.as_str(), value);
        }
    }
    for BodyStep { step, .. } in fields.body.unwrap_or_default() {
        reply = match step {
            Step::Chunk(bytes) => reply.chunk(bytes),
            step => {
                reply.body.push(step);
                reply
            }
        };
    }
    if let Some(pace) = fields.pace_ms {
        reply = reply.paced(pace.millis());
    }
    if let Some(end) = body_end(
        fields.break_at,
        fields.fault,
        fields.cut_at,
        fields.stall_at,
    )? {
        reply.body.end_at(end);
    }
    Ok(reply)
}

/// Where and how a body ends early.
pub(super) fn body_end(
    break_at: Option<Byte>,
    fault: Option<FaultName>,
    cut_at: Option<Byte>,
    stall_at: Option<Byte>,
) -> Result<Option<EndAt>, String> {
    if fault.is_some() && break_at.is_none() {
        return Err("fault belongs to break_at".to_owned());
    }
    let fault = fault.map_or(Fault::Reset, |FaultName(fault)| fault);
    let ends = [
        (break_at, Ending::Break(fault)),
        (cut_at, Ending::Cut),
        (stall_at, Ending::Stall),
    ];
    let at = |(byte, ending): (Option<Byte>, _)| {
        byte.map(|byte| EndAt {
            byte: byte.bytes(),
            ending,
        })
    };
    at_most_one("break_at, cut_at, stall_at", ends.map(at))
}

impl TryFrom<Object<StepFields>> for BodyStep {
    type Error = String;

    fn try_from(Object(fields): Object<StepFields>) -> Result<Self, String> {
        let chunk = |bytes: Vec<u8>| Step::Chunk(bytes.into());
        let event = |data: Value| match data {
            Value::String(data) => chunk(Encoder::new().data(&data).take()),
            data => chunk(Encoder::new().data(&data.to_string()).take()),
        };
        let is_event = fields.event.is_some();
        let given = [
            fields.event.map(event),
            fields.chunk.map(|text| chunk(text.into_bytes())),
            fields.bytes.map(chunk),
            fields
                .after_ms
                .map(|time| Step::Wait(Wait::Time(time.millis()))),
            fields.stall.map(|True| Step::End(Ending::Stall)),
            fields.cut.map(|True| Step::End(Ending::Cut)),
            fields
                .r#break
                .map(|FaultName(fault)| Step::End(Ending::Break(fault))),
        ];
        let step = exactly_one("event, chunk, bytes, after_ms, stall, cut, break", given)?;
        Ok(Self { step, is_event })
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        match HeaderName::try_from(&name) {
            Ok(_) => Ok(Self(name)),
            Err(_) => Err("HTTP has no such name"),
        }
    }
}

impl TryFrom<Value> for Values {
    type Error = &'static str;

    fn try_from(values: Value) -> Result<Self, &'static str> {
        let values = match values {
            Value::Array(values) => values,
            value => vec![value],
        };
        let read = |value: &Value| {
            let text = value
                .as_str()
                .ok_or("expected a string, or an array of them")?;
            HeaderValue::try_from(text).map_err(|_| "HTTP doesn't allow this value")
        };
        values.iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}
