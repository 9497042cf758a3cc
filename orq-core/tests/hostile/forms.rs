//! Answers whose content type isn't what they are, and ones that end too early.

use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt, poll, stream};
use orq_core::{ErrorKind, RetryAdvice, transport::Body};
use orq_testkit::{ManualTimer, MemoryTransport, Reply};

use super::{DONE, HEL, clocks, eager, finish, invoke, open, request};

const LO: &str =
    r#"{"id":"1","choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#;

const TYPES: [&str; 9] = [
    "",
    "application/json",
    "text/plain",
    "text/html; charset=utf-8",
    "application/octet-stream",
    "text/event-stream",
    "text/event-stream, text/event-stream",
    "application/json, text/event-stream",
    "application/x-ndjson",
];

/// A reply with this content type, and the body in pieces of this size.
fn typed(media_type: &str, body: &[u8], size: usize) -> Reply {
    let reply = Reply::status(200, "").chunks(body.chunks(size).map(<[u8]>::to_vec));
    match media_type {
        "" => reply,
        media_type => reply.header("content-type", media_type),
    }
}

#[tokio::test]
async fn the_first_bytes_decide_whatever_the_content_type() {
    let events = format!("data: {HEL}\n\ndata: {LO}\n\ndata: [DONE]\n\n");
    let whole = format!("{}{}", &HEL[..HEL.len() - 5], r#"lo"}}]}"#);
    for body in [
        events.clone(),
        format!("\u{FEFF}{events}"),
        format!("\r\n \n{events}"),
        format!(": ping\n\n{events}"),
        format!("event: chunk\r\nid: 1\r\n{events}"),
        format!("foo: bar\n{events}"),
        format!("retry:1\n{events}").replace('\n', "\r"),
        whole.clone(),
        format!("\u{FEFF}{whole}"),
        format!(": PROCESSING\n\n: PROCESSING\n\n{whole}"),
        format!("\n\r\n \t{whole}\n"),
        format!("\u{FEFF}  {whole}"),
    ] {
        for media_type in TYPES {
            for size in [1, 2, 5, body.len()] {
                let reply = || typed(media_type, body.as_bytes(), size);
                let what = format!("{media_type:?} in {size}s: {body}");
                let answer = invoke(reply())
                    .await
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(answer.text().as_deref(), Some("Hello"), "{what}");
                let answer = finish(reply())
                    .await
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(answer.text().as_deref(), Some("Hello"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn an_error_is_found_whatever_the_content_type() {
    let slow = r#"{"error":{"code":"slow","message":"Slow down"}}"#;
    for (body, typed_kind) in [
        (slow.to_owned(), ErrorKind::Api),
        (format!("\n{slow}\n"), ErrorKind::Api),
        (
            format!("{slow}\n\ndata: [DONE]\n\n"),
            ErrorKind::StreamError,
        ),
        (format!("data: {slow}\n\n"), ErrorKind::StreamError),
        (format!("error: {slow}\n\n"), ErrorKind::StreamError),
        (
            format!("event: error\ndata: {slow}"),
            ErrorKind::StreamError,
        ),
    ] {
        for media_type in TYPES {
            let kind = match media_type {
                "text/event-stream" => ErrorKind::StreamError,
                _ => typed_kind,
            };
            for size in [1, 3, body.len()] {
                let reply = || typed(media_type, body.as_bytes(), size);
                for error in [
                    invoke(reply()).await.unwrap_err(),
                    open(reply()).await.unwrap_err(),
                ] {
                    let what = format!("{media_type:?} in {size}s: {body}: {error}");
                    assert_eq!((error.kind(), error.code()), (kind, Some("slow")), "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_neither_events_nor_json_is_shown() {
    for body in [
        "<html>\n<p>Bad gateway",
        "upstream connect error",
        "Unauthorized",
        "database: gone",
        "[1]",
    ] {
        for media_type in TYPES {
            if media_type == "text/event-stream" {
                continue;
            }
            for size in [1, body.len()] {
                let reply = || typed(media_type, body.as_bytes(), size);
                for error in [
                    invoke(reply()).await.unwrap_err(),
                    open(reply()).await.unwrap_err(),
                ] {
                    assert_eq!(
                        error.kind(),
                        ErrorKind::Decode,
                        "{media_type:?}: {body}: {error}"
                    );
                    assert_eq!(error.body().unwrap(), body);
                    assert_eq!(error.retry_advice(), RetryAdvice::Never);
                }
            }
        }
    }
}

#[tokio::test]
async fn an_event_stream_of_another_type_is_streamed() {
    let memory = MemoryTransport::new();
    memory.reply(
        Reply::sse([HEL])
            .header("content-type", "application/json")
            .stall(),
    );
    let call = memory.client().deployments().stream(&request());
    let mut stream = call.await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("Hel"));
}

#[tokio::test]
async fn json_that_ends_too_early_is_truncated() {
    let json = "\u{FEFF}{\"choices\":[{\"index\":0,\"message\":{\"content\":\"\\u00e9 \u{e9}\"},\"finish_reason\":null}],\"usage\":{\"total_tokens\":7},\"is_final\":true,\"x\":-1.5e3}";
    let page = r#"{"object":"list","data":[{"id":"1"}],"has_more":false}"#;
    for media_type in ["application/json", "", "text/plain", "text/event-stream"] {
        for end in 0..json.len() {
            let reply = || typed(media_type, &json.as_bytes()[..end], 1024);
            for error in [
                invoke(reply()).await.unwrap_err(),
                open(reply()).await.unwrap_err(),
            ] {
                let what = format!("{media_type} {end}: {error}");
                assert_eq!(error.kind(), ErrorKind::Truncated, "{what}");
                assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate, "{what}");
            }
        }
    }
    for end in 0..json.len().min(page.len()) {
        let memory = MemoryTransport::new();
        memory.reply(Reply::json_text(json.as_bytes()[..end].to_vec()));
        memory.reply(Reply::json_text(page.as_bytes()[..end].to_vec()));
        memory.reply_json_text(page);
        let deployments = eager(&memory).deployments();
        let error = deployments.get_config(&request()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{end}: {error}");
        // A listing is repeated, since it changes nothing.
        let listed = deployments.list().await.unwrap();
        let attempt = &listed.meta().failed_attempts()[0];
        assert_eq!(attempt.kind, ErrorKind::Truncated, "{end}");
    }
}

#[tokio::test]
async fn a_body_of_empty_frames_lets_others_run() {
    for media_type in ["application/json", "text/event-stream", "text/plain"] {
        let frames = stream::iter((0..10_000).map(|_| Ok(Bytes::new())));
        let timer = ManualTimer::new();
        let client = clocks::client(&timer, media_type, Body::from_stream(frames));
        let deployments = client.deployments();
        let (mut invoked, mut turns) = (deployments.invoke(&request()), 0);
        while poll!(&mut invoked).is_pending() {
            turns += 1;
        }
        assert!(turns > 100, "{media_type}: {turns}");
    }
}

#[tokio::test]
async fn endless_blanks_are_bounded() {
    for media_type in ["application/json", "text/event-stream", "text/plain"] {
        let timer = ManualTimer::new();
        let clock = timer.clone();
        let blanks = stream::repeat_with(move || {
            clock.advance(Duration::from_millis(1));
            Ok(Bytes::from_static(&[b' '; 65536]))
        });
        let client = clocks::client(&timer, media_type, Body::from_stream(blanks));
        let error = client.deployments().stream(&request()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{media_type}: {error}");
    }
}

#[tokio::test]
async fn done_is_all_that_an_answer_needs() {
    assert!(finish(Reply::sse([DONE])).now_or_never().unwrap().is_ok());
}
