//! A server that repeats the key wherever it can.

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
use orq_testkit::{MemoryTransport, Reply};

use super::KEY;
use crate::{FINAL, HEL};

/// What a request gets.
pub(super) enum Outcome {
    Reply(Reply),
    Fail(TransportError),
    Never,
}

impl Outcome {
    pub(super) fn script(self, memory: &MemoryTransport) {
        match self {
            Self::Reply(reply) => memory.reply(reply),
            Self::Fail(error) => memory.fail(error),
            Self::Never => memory.never(),
        };
    }
}

/// The reply with the key in its headers, cut in one of them.
fn echoing(reply: Reply, media_type: &str) -> Reply {
    reply
        .header("content-type", format!("{media_type}; key={KEY}"))
        .header("x-orq-trace-id", KEY)
        .header("x-echo", format!("Bearer {KEY}, Bearer {KEY}"))
        .header("x-cut", &KEY[..20])
        .header("location", format!("https://elsewhere/?key={KEY}"))
}

fn json(status: u16, body: impl Into<String>) -> Reply {
    echoing(Reply::status(status, body.into()), "application/json")
}

fn events<const N: usize>(events: [&str; N]) -> Reply {
    echoing(Reply::sse(events), "text/event-stream")
}

fn error(kind: TransportErrorKind, phase: Phase, delivery: Delivery) -> TransportError {
    TransportError::new(kind, phase, delivery)
}

fn reset() -> TransportError {
    error(TransportErrorKind::Closed, Phase::Body, Delivery::Answered)
}

/// The bodies of errors in all their shapes, with the key for every text.
fn error_bodies() -> Vec<String> {
    vec![
        format!("Invalid key {KEY}"),
        format!("<html>{KEY}</html>"),
        format!("Invalid key {}", &KEY[..KEY.len() - 1]),
        format!(r#"{{"error":{{"code":"{}"#, &KEY[..12]),
        // The excerpt that is kept of it ends in the middle of the key.
        format!("{}{KEY}", "x".repeat(580)),
        format!(
            r#"{{"error":{{"code":"{KEY}","message":"a {KEY}","doc_url":"{KEY}","details":{{"{KEY}":1}}}}}}"#
        ),
        format!(r#"{{"id":"{KEY}","code":404,"error":"a {KEY}","source":"{KEY}"}}"#),
        format!(r#"{{"code":7,"message":"a {KEY}","details":["{KEY}"]}}"#),
        format!(r#"{{"code":"{KEY}","message":"a {KEY}"}}"#),
        format!(r#"{{"message":"a {KEY}"}}"#),
        format!(
            r#"{{"error":{{"message":"a {KEY}","type":"{KEY}","param":null,"code":"{KEY}","failures":["{KEY}"]}}}}"#
        ),
    ]
}

/// Refusals, and answers that aren't any, for every verb.
pub(super) fn answers() -> Vec<Reply> {
    let mut replies = Vec::new();
    for body in error_bodies() {
        replies.push(json(401, &*body));
        // A configuration has an id, too.
        if !body.starts_with(r#"{"id""#) {
            replies.push(json(200, body));
        }
    }
    replies.extend([
        json(307, ""),
        json(204, ""),
        json(200, format!(r#"["{KEY}"]"#)),
        json(200, format!(r#"{{"{KEY}":"{KEY}","#)),
        json(200, KEY.repeat(200)),
        json(200, format!(r#"{{"{KEY}"#)).fail_body(reset()),
        json(200, KEY).stall(),
        json(200, &KEY[..20]).stall(),
        echoing(Reply::status(200, KEY), "text/html"),
    ]);
    replies
}

/// Failures of the connection, for every verb.
pub(super) fn failures() -> Vec<Outcome> {
    let before = (Phase::Connect, Delivery::NotSent);
    let after = (Phase::Headers, Delivery::MaybeSent);
    let kinds = [
        (TransportErrorKind::Connect, before),
        (TransportErrorKind::Tls, before),
        (TransportErrorKind::Timeout, before),
        (TransportErrorKind::Closed, after),
        (TransportErrorKind::Protocol, after),
        (TransportErrorKind::Other, after),
    ];
    let failed = kinds.map(|(kind, (phase, delivery))| Outcome::Fail(error(kind, phase, delivery)));
    failed.into_iter().chain([Outcome::Never]).collect()
}

/// Streams that fail, from their first event or after one.
pub(super) fn streams() -> Vec<Reply> {
    let traced = format!(r#"{{"telemetry":{{"trace_id":"{KEY}"}},"choices":[]}}"#);
    let long = "x".repeat(1500);
    let text = format!(r#"{{"choices":[{{"message":{{"content":"{long}"}}}}]}}"#);
    let typed = |data: &str| format!("event: {KEY}\ndata: {data}\n\n");
    let mut replies = vec![
        events([&*traced]),
        events([HEL, &KEY.repeat(200)]),
        events([&*text, &text, FINAL, "[DONE]"]),
        events([HEL])
            .chunk(format!("data: {KEY}"))
            .fail_body(reset()),
        events([HEL]).chunk(format!("data: {KEY}")).stall(),
        events([HEL]).chunk(typed("[1]")),
        events([HEL]).chunk(typed(r#"{"error":{"message":"No"}}"#)),
        echoing(Reply::sse([HEL]), KEY),
    ];
    for body in error_bodies() {
        replies.extend([
            events([&*body]),
            events([HEL, &body]),
            events([HEL]).chunk(format!("event: error\ndata: {body}\n\n")),
            events([HEL]).chunk(typed(&body)),
        ]);
    }
    replies
}

/// Lists that lead nowhere.
pub(super) fn pages() -> Vec<Reply> {
    vec![
        json(
            200,
            format!(r#"{{"data":[{{"id":"{KEY}"}}],"has_more":true}}"#),
        ),
        json(200, format!(r#"{{"data":[],"has_more":"{KEY}"}}"#)),
        json(200, format!(r#"{{"data":["{KEY}"],"has_more":false}}"#)),
        json(200, format!(r#"{{"data":"{KEY}"}}"#)),
    ]
}
