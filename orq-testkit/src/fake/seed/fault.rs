//! Faults and rate limits in JSON.

use serde::Deserialize;

use super::{
    script::{self, Script},
    value::{Byte, Count, FaultName, Object, Whole, at_most_one, exactly_one},
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

impl TryFrom<Object<Fields>> for Fault {
    type Error = String;

    fn try_from(Object(fields): Object<Fields>) -> Result<Self, String> {
        let in_body = script::body_end(
            fields.break_at,
            fields.fault,
            fields.cut_at,
            fields.stall_at,
        )?;
        let error = |Object(ErrorFields { status, code })| FakeFault::error(status.status(), code);
        let what = [
            fields
                .break_before_head
                .map(|FaultName(fault)| FakeFault::break_before_head(fault)),
            in_body.map(|end| FakeFault::end_at(end.byte, end.ending)),
            fields.error.map(error),
            fields.script.map(|Script(reply)| FakeFault::reply(reply)),
        ];
        let fault = exactly_one(
            "break_before_head, break_at, cut_at, stall_at, error, script",
            what,
        )?;
        let which = [
            fields.nth.map(|nth| (nth, FakeFault::nth as fn(_, _) -> _)),
            fields.first.map(|last| (last, FakeFault::first as _)),
            fields.every.map(|nth| (nth, FakeFault::every as _)),
        ];
        let which = at_most_one("nth, first, every", which)?;
        Ok(Self(match which {
            Some((Whole(number), on)) => on(fault, number),
            None => fault,
        }))
    }
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

impl From<Object<RateLimitFields>> for RateLimit {
    fn from(Object(fields): Object<RateLimitFields>) -> Self {
        let window = fields
            .window_ms
            .map_or(FakeRateLimit::MINUTE, Whole::millis);
        Self(FakeRateLimit::new(fields.requests.0, window))
    }
}
