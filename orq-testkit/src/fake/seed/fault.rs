//! Faults and rate limits in JSON.

use std::time::Duration;

use serde_json::Value;

use super::{SeedError, fields::Fields, script};
use crate::fake::{limit::rate_limit::FakeRateLimit, model::fault::FakeFault};

/// Says which calls a fault is for.
type Condition = fn(FakeFault, u64) -> FakeFault;

pub(super) fn read(value: Value, path: String) -> Result<FakeFault, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let mut faults = Vec::new();
    if let Some(fault) = fields.fault("break_before_head")? {
        faults.push(FakeFault::break_before_head(fault));
    }
    if let Some(end) = script::body_end(&mut fields)? {
        faults.push(FakeFault::end_at(end.byte, end.ending));
    }
    if let Some(value) = fields.value("error") {
        faults.push(error(value, fields.path("error"))?);
    }
    if let Some(value) = fields.value("script") {
        let script = script::read(value, fields.path("script"))?;
        faults.push(FakeFault::reply(script));
    }
    let mut fault = match (faults.pop(), faults.is_empty()) {
        (Some(fault), true) => fault,
        _ => {
            let names = "break_before_head, break_at, cut_at, stall_at, error, script";
            return Err(fields.error_here(format!("expected one of {names}")));
        }
    };
    let conditions: [(_, Condition); 3] = [
        ("nth", FakeFault::nth),
        ("first", FakeFault::first),
        ("every", FakeFault::every),
    ];
    let mut conditional = false;
    for (name, on) in conditions {
        if let Some(count) = fields.count(name)? {
            if conditional {
                return Err(fields.error_here("expected only one of nth, first, every"));
            }
            conditional = true;
            fault = on(fault, count);
        }
    }
    fields.end()?;
    Ok(fault)
}

fn error(value: Value, path: String) -> Result<FakeFault, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let status = fields.status("status", 400, 599)?;
    let status = status.ok_or_else(|| fields.error("status", "is required"))?;
    let code: Option<String> = fields.take("code")?;
    let code = code.ok_or_else(|| fields.error("code", "is required"))?;
    fields.end()?;
    Ok(FakeFault::error(status, code))
}

pub(super) fn rate_limit(value: Value, path: String) -> Result<FakeRateLimit, SeedError> {
    let mut fields = Fields::of(value, path)?;
    let requests = fields.count("requests")?;
    let requests = requests.ok_or_else(|| fields.error("requests", "is required"))?;
    let window = fields.millis("window_ms")?;
    let limit = FakeRateLimit::checked(requests, window.unwrap_or(Duration::from_secs(60)));
    let limit = limit.ok_or_else(|| fields.error("window_ms", "must not be 0"))?;
    fields.end()?;
    Ok(limit)
}
