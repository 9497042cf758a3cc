//! A server that repeats the key wherever it can.

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
use orq_testkit::{Fault, MemoryTransport, Reply};

use super::{KEY, view::spelled_in_json};
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
            Self::Never => memory.no_answer(),
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

/// The bodies of errors in all their shapes, with the key for every text.
fn error_bodies() -> Vec<String> {
    let mut bodies = vec![
        format!("Invalid key {KEY}"),
        format!("<html>{KEY}</html>"),
        format!("Invalid key {}", &KEY[..KEY.len() - 1]),
        format!(r#"{{"error":{{"code":"{}"#, &KEY[..12]),
        // The excerpt that is kept of it ends in the middle of the key.
        format!("{}{KEY}", "x".repeat(580)),
    ];
    for key in spelled_in_json(KEY) {
        bodies.extend([
            format!(
                r#"{{"error":{{"code":"{key}","message":"a {key}","doc_url":"{key}","details":{{"{key}":1}}}}}}"#
            ),
            format!(r#"{{"id":"{key}","code":404,"error":"a {key}","source":"{key}"}}"#),
            format!(r#"{{"code":7,"message":"a {key}","details":["{key}"]}}"#),
            format!(r#"{{"code":"{key}","message":"a {key}"}}"#),
            format!(r#"{{"message":"a {key}"}}"#),
            format!(
                r#"{{"error":{{"message":"a {key}","type":"{key}","param":null,"code":"{key}","failures":["{key}"]}}}}"#
            ),
        ]);
    }
    bodies
}

/// Refusals, and answers that aren't any, for every verb.
pub(super) fn answers() -> Vec<Reply> {
    let mut replies = Vec::new();
    for body in error_bodies() {
        replies.extend([json(401, &*body), json(200, body)]);
    }
    let [quoted, _] = spelled_in_json(KEY);
    replies.extend([
        json(307, ""),
        json(204, ""),
        json(200, format!(r#"["{quoted}"]"#)),
        json(200, format!(r#"{{"{quoted}":"{quoted}","#)),
        json(200, KEY.repeat(200)),
        json(200, format!(r#"{{"{quoted}"#)).break_off(Fault::Reset),
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
    let [quoted, _] = spelled_in_json(KEY);
    let traced = format!(r#"{{"telemetry":{{"trace_id":"{quoted}"}},"choices":[]}}"#);
    let long = "x".repeat(1500);
    let text = format!(r#"{{"choices":[{{"message":{{"content":"{long}"}}}}]}}"#);
    let typed = |data: &str| format!("event: {KEY}\ndata: {data}\n\n");
    let cut_type = format!("event: {}{KEY}\ndata: [1]\n\n", "x".repeat(40));
    let mut replies = vec![
        events([&*traced]),
        events([HEL, &KEY.repeat(200)]),
        events([&*text, &text, FINAL, "[DONE]"]),
        events([HEL])
            .chunk(format!("data: {KEY}"))
            .break_off(Fault::Reset),
        events([HEL]).chunk(format!("data: {KEY}")).stall(),
        events([HEL]).chunk(typed("[1]")),
        events([HEL]).chunk(cut_type),
        events([HEL]).chunk(typed(r#"{"error":{"message":"No"}}"#)),
        echoing(Reply::sse([HEL]), KEY),
        // No header names a trace, so that the telemetry does.
        Reply::sse([&*traced]),
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
    let [quoted, _] = spelled_in_json(KEY);
    vec![
        json(
            200,
            format!(r#"{{"data":[{{"id":"{quoted}"}}],"has_more":true}}"#),
        ),
        json(200, format!(r#"{{"data":[],"has_more":"{quoted}"}}"#)),
        json(200, format!(r#"{{"data":["{quoted}"],"has_more":false}}"#)),
        json(200, format!(r#"{{"data":"{quoted}"}}"#)),
    ]
}
