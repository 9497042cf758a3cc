//! Faults and rate limits in JSON.

use std::time::Duration;

use serde::Deserialize;

use super::{
    script::{self, Script},
    value::{Byte, Count, FaultName, Object, Whole, only},
};
use crate::fake::{limit::rate_limit::FakeRateLimit, model::fault::FakeFault};

#[derive(Deserialize)]
#[serde(try_from = "Object<Fields>")]
pub(super) struct Fault(pub(super) FakeFault);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    break_before_head: Option<FaultName>,
    break_at: Option<Byte>,
    fault: Option<FaultName>,
    cut_at: Option<Byte>,
    stall_at: Option<Byte>,
    error: Option<Object<ErrorFields>>,
    script: Option<Script>,
    nth: Option<Count>,
    first: Option<Count>,
    every: Option<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorFields {
    status: Whole<400, 599>,
    code: String,
}

#[derive(Deserialize)]
#[serde(from = "Object<RateLimitFields>")]
pub(super) struct RateLimit(pub(super) FakeRateLimit);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimitFields {
    requests: Count,
    window_ms: Option<Whole<1, 86_400_000>>,
}

impl TryFrom<Object<Fields>> for Fault {
    type Error = String;

    fn try_from(Object(it): Object<Fields>) -> Result<Self, String> {
        let in_body = script::body_end(it.break_at, it.fault, it.cut_at, it.stall_at)?;
        let error =
            |Object(it): Object<ErrorFields>| FakeFault::error(script::status(it.status), it.code);
        let what = [
            it.break_before_head
                .map(|FaultName(fault)| FakeFault::break_before_head(fault)),
            in_body.map(|end| FakeFault::end_at(end.byte, end.ending)),
            it.error.map(error),
            it.script.map(|Script(reply)| FakeFault::reply(reply)),
        ];
        let names = "break_before_head, break_at, cut_at, stall_at, error, script";
        let what = only(names, what)?.ok_or_else(|| format!("expected one of {names}"))?;
        let which = [
            it.nth.map(|nth| what.clone().nth(nth.0)),
            it.first.map(|last| what.clone().first(last.0)),
            it.every.map(|nth| what.clone().every(nth.0)),
        ];
        Ok(Self(only("nth, first, every", which)?.unwrap_or(what)))
    }
}

impl From<Object<RateLimitFields>> for RateLimit {
    fn from(Object(it): Object<RateLimitFields>) -> Self {
        let window = it
            .window_ms
            .map_or(FakeRateLimit::MINUTE, |ms| Duration::from_millis(ms.0));
        Self(FakeRateLimit::new(it.requests.0, window))
    }
}
