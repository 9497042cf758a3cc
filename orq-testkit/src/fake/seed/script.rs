//! A script in JSON.

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::{SeedError, fields::Fields};
use crate::reply::{EndAt, Ending, Fault, Reply};

pub(super) fn read(value: Value, path: String) -> Result<Reply, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let late = fields.millis("head_after_ms")?;
    let before_head = fields.fault("break_before_head")?;
    let never = fields.flag("never")?;
    let reply = match (before_head, never) {
        (Some(fault), false) => Reply::break_before_head(fault),
        (None, true) => Reply::never(),
        (None, false) => response(&mut fields)?,
        (Some(_), true) => {
            return Err(fields.error("never", "can't be combined with break_before_head"));
        }
    };
    // A reply without a head leaves the fields of one over.
    fields.end()?;
    Ok(match late {
        Some(late) => reply.head_after(late),
        None => reply,
    })
}

fn response(fields: &mut Fields) -> Result<Reply, SeedError> {
    let status = fields.status("status", 200, 599)?.unwrap_or(200);
    let json = fields.value("json");
    let steps = fields.list("body")?;
    let mut reply = match (json, &steps) {
        (Some(_), Some(_)) => return Err(fields.error("json", "can't be combined with body")),
        (Some(json), None) => Reply::json_text(json.to_string()),
        (None, Some(steps)) if steps.iter().any(|(_, step)| step.get("event").is_some()) => {
            Reply::sse([""; 0])
        }
        (None, _) => Reply::status(200, ""),
    };
    reply = headers(fields, reply.with_status(status))?;
    for (path, value) in steps.unwrap_or_default() {
        reply = step(reply, value, path)?;
    }
    if let Some(pace) = fields.millis("pace_ms")? {
        reply = reply.paced(pace);
    }
    if let Some(end) = body_end(fields)? {
        reply.body.end_at(end);
    }
    Ok(reply)
}

fn headers(fields: &mut Fields, mut reply: Reply) -> Result<Reply, SeedError> {
    let Some(headers) = fields.value("headers") else {
        return Ok(reply);
    };
    let path = fields.path("headers");
    let (headers, path) = Fields::of(headers, path)?.rest();
    for (name, value) in headers {
        let refused = |why: &str| SeedError::at(format!("{path}.{name}"), why);
        let header = HeaderName::try_from(&name).map_err(|_| refused("HTTP has no such name"))?;
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = value.as_str();
            let text = text.ok_or_else(|| refused("expected a string, or an array of them"))?;
            let value = HeaderValue::try_from(text);
            let value = value.map_err(|_| refused("HTTP doesn't allow this value"))?;
            reply = reply.header(header.clone(), value);
        }
    }
    Ok(reply)
}

/// One step of a body: an object with one field.
fn step(mut reply: Reply, value: Value, path: String) -> Result<Reply, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let mut steps = 0;
    if let Some(data) = fields.value("event") {
        reply = match data {
            Value::String(data) => reply.event(data),
            data => reply.event(data.to_string()),
        };
        steps += 1;
    }
    if let Some(text) = fields.take::<String>("chunk")? {
        reply = reply.chunk(text);
        steps += 1;
    }
    if let Some(bytes) = fields.take::<Vec<u8>>("bytes")? {
        reply = reply.chunk(bytes);
        steps += 1;
    }
    if let Some(time) = fields.millis("after_ms")? {
        reply = reply.after(time);
        steps += 1;
    }
    if fields.flag("stall")? {
        reply = reply.stall();
        steps += 1;
    }
    if fields.flag("cut")? {
        reply = reply.cut();
        steps += 1;
    }
    if let Some(fault) = fields.fault("break")? {
        reply = reply.break_off(fault);
        steps += 1;
    }
    if steps > 1 {
        return Err(fields.error_here("a step is one thing, these are several"));
    }
    let none =
        fields.error_here("expected one of event, chunk, bytes, after_ms, stall, cut, break");
    fields.end()?;
    match steps {
        0 => Err(none),
        _ => Ok(reply),
    }
}

/// Where and how a body ends early.
pub(super) fn body_end(fields: &mut Fields) -> Result<Option<EndAt>, SeedError> {
    let fault = fields.fault("fault")?;
    let mut ends = Vec::new();
    for (name, ending) in [
        ("break_at", Ending::Break(fault.unwrap_or(Fault::Reset))),
        ("cut_at", Ending::Cut),
        ("stall_at", Ending::Stall),
    ] {
        if let Some(byte) = fields.byte(name)? {
            ends.push(EndAt { byte, ending });
        }
    }
    let end = ends.pop();
    if !ends.is_empty() {
        return Err(fields.error_here("expected only one of break_at, cut_at, stall_at"));
    }
    match (fault, &end) {
        (None, _)
        | (
            Some(_),
            Some(EndAt {
                ending: Ending::Break(_),
                ..
            }),
        ) => Ok(end),
        _ => Err(fields.error("fault", "belongs to break_at")),
    }
}
