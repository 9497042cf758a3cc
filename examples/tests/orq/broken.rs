//! Answers that don't come, or not to their end.

use serde_json::json;

use crate::{
    program::{fails, run},
    server::Server,
};

#[test]
fn each_clock_says_that_it_ran_out() {
    let silent = Server::stalling("");
    let timeout = |clock: &str, phase: &str, delivery: &str| {
        json!({
            "kind": "timeout", "timeout": clock, "waited_ms": 200, "phase": phase, "delivery": delivery,
            "attempts": 1,
        })
    };
    let head = timeout("head", "headers", "maybe_sent");
    fails(
        &silent.url,
        &["invoke", "chat", "--head-timeout", "0.2"],
        head,
    );
    let call = timeout("call", "headers", "maybe_sent");
    for verb in ["invoke", "stream"] {
        fails(
            &silent.url,
            &[verb, "chat", "--timeout", "0.2"],
            call.clone(),
        );
    }

    let begun = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
        data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n";
    let stalling = Server::stalling(begun);
    let mut idle = timeout("idle", "body", "answered");
    idle["status"] = json!(200);
    idle["partial_text"] = json!("Hel");
    let run = fails(
        &stalling.url,
        &["stream", "chat", "--idle-timeout", "0.2"],
        idle.clone(),
    );
    assert_eq!(
        run.stdout,
        "{\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n"
    );
    // Long enough for the beginning to arrive on a busy machine.
    let mut call = idle;
    call["timeout"] = json!("call");
    call["waited_ms"] = json!(2000);
    fails(&stalling.url, &["stream", "chat", "--timeout", "2"], call);

    // A server that never answers the TLS handshake. If the flag did nothing, the call's clock would be the first.
    let tls = silent.url.replace("http://", "https://");
    let connect = timeout("connect", "connect", "not_sent");
    let clocks = ["--connect-timeout", "0.2", "--timeout", "5"];
    let arguments = ["list", "--retries", "0"].into_iter().chain(clocks);
    fails(&tls, &arguments.collect::<Vec<_>>(), connect);
}

#[test]
fn a_cut_stream_is_no_answer() {
    let cut = "data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n\
        data: {\"choices\":[{\"message\":{\"content\":\"lo\"}}],\"telemetry\":{\"trace_id\":\"t\"}}\n\n\
        data: {\"cho";
    let server = Server::content("text/event-stream", cut);
    let fields = json!({
        "kind": "truncated", "phase": "body", "delivery": "answered", "status": 200, "trace_id": "t",
        "message": "the stream ended before its end mark and in the middle of an event", "attempts": 1,
        "partial_text": "Hello",
    });
    let json = fails(&server.url, &["stream", "chat"], fields);
    assert_eq!(json.stdout.lines().count(), 2);

    let text = run(&server.url, ["stream", "chat"]);
    assert_eq!((text.code, &*text.stdout), (1, "Hello\n"));
    assert!(text.stderr.starts_with("error[truncated]: "), "{text:?}");
}

#[test]
fn an_error_in_mid_stream_keeps_what_came_before() {
    let events = "data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n\
        data: {\"error\":{\"message\":\"overloaded\",\"code\":529}}\n\n";
    let server = Server::content("text/event-stream", events);
    let error = run(&server.url, ["stream", "chat", "--output", "json"]).error();
    assert_eq!(error["kind"], "stream_error");
    assert_eq!(
        (&error["code"], &error["partial_text"]),
        (&json!("529"), &json!("Hel"))
    );
}
