//! Bodies that never end and never fall silent, and callers that take their time.

use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt, StreamExt, channel::mpsc, poll};
use orq_core::{
    Client, ErrorKind, Timer,
    retry::NoRetry,
    transport::{Body, TransportError},
};
use orq_testkit::{ManualTimer, MemoryTransport, Reply};

use super::{DONE, FINAL, HEL, clocks, request, timeless::Timeless};

const USAGE: &str = r#"{"id":"1","choices":[],"usage":{"total_tokens":7}}"#;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The reply, and a hundred times this chunk after so many seconds.
fn dripping(reply: Reply, every: u64, drip: &str) -> Reply {
    let drip = Bytes::from(drip.to_owned());
    (0..100).fold(reply, |reply, _| {
        reply.after(secs(every)).chunk(drip.clone())
    })
}

/// A client without a timeout between bytes that repeats nothing.
fn patient(memory: &MemoryTransport) -> Client {
    let builder = Client::builder(memory.handle()).api_key("test-key");
    builder.idle_timeout(None).retry(NoRetry).build().unwrap()
}

#[tokio::test]
async fn an_error_body_that_drips_holds_a_call_for_seconds_and_what_came_counts() {
    let error = r#"{"error":{"code":"invalid_key","message":"no"}}"#;
    for status in [400, 429, 500, 301] {
        let memory = MemoryTransport::new();
        memory.reply(dripping(Reply::status(status, error), 4, " "));
        let call = patient(&memory).deployments().invoke(&request());
        let failed = call.await.unwrap_err();
        assert_eq!(memory.timer().now(), secs(5), "{status}");
        assert_eq!(failed.kind(), ErrorKind::Api, "{failed}");
        assert_eq!(failed.status().unwrap().as_u16(), status);
        assert_eq!(failed.code(), Some("invalid_key"));
        assert_eq!(failed.body().unwrap(), format!("{error} ").as_bytes());
    }
}

#[tokio::test]
async fn a_shorter_idle_timeout_limits_an_error_body_that_drips_too() {
    let memory = MemoryTransport::new();
    memory.reply(dripping(Reply::status(400, "no"), 1, "!"));
    let call = patient(&memory).deployments().invoke(&request());
    let failed = call.idle_timeout(secs(3)).await.unwrap_err();
    assert_eq!(memory.timer().now(), secs(3));
    assert_eq!(
        (failed.kind(), failed.message()),
        (ErrorKind::Api, Some("no!!"))
    );
}

#[tokio::test]
async fn a_call_that_runs_out_of_time_in_an_error_body_still_tells_the_status() {
    let memory = MemoryTransport::new();
    memory.reply(dripping(Reply::status(400, "no"), 1, "!"));
    let call = patient(&memory).deployments().invoke(&request());
    let failed = call.timeout(secs(2)).await.unwrap_err();
    assert_eq!(memory.timer().now(), secs(2));
    assert_eq!(failed.status().unwrap().as_u16(), 400);
}

#[tokio::test]
async fn after_the_final_chunk_a_stream_ends_within_seconds_whatever_drips() {
    let chunk = format!("data: {USAGE}\n\n");
    for (drip, every) in [
        (": ping\n\n", 1),
        (": ping\n\n", 4),
        ("\n", 2),
        ("data: {", 1),
        ("x", 2),
        (chunk.as_str(), 2),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(dripping(Reply::sse([HEL, FINAL]), every, drip));
        let stream = patient(&memory).deployments().stream(&request());
        let answer = stream.await.unwrap().finish().await.unwrap();
        assert_eq!(memory.timer().now(), secs(5), "{drip:?}");
        assert_eq!(answer.text().as_deref(), Some("Hel!"));
        let has_usage = answer.usage.as_option().is_some();
        assert_eq!(has_usage, drip == chunk, "{drip:?}");
    }
}

#[tokio::test]
async fn after_the_final_chunk_of_one_choice_another_may_go_on() {
    let memory = MemoryTransport::new();
    let more = r#"{"choices":[{"index":1,"message":{"content":"x"}}]}"#;
    let chunk = format!("data: {more}\n\n");
    memory.reply(dripping(Reply::sse([HEL, FINAL]), 2, &chunk));
    let stream = patient(&memory).deployments().stream(&request());
    let answer = stream.await.unwrap().finish().await.unwrap();
    let other = answer.choices[1].message.as_ref().unwrap().text();
    assert_eq!(other.unwrap().len(), 100);
}

#[tokio::test]
async fn before_the_final_chunk_drips_keep_a_stream_alive() {
    let memory = MemoryTransport::new();
    let dripping = dripping(Reply::sse([HEL]), 4, ": ping\n\n");
    memory.reply(dripping.events([FINAL, DONE]));
    let stream = patient(&memory).deployments().stream(&request());
    let stream = stream.idle_timeout(secs(5)).await.unwrap();
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hel!")
    );
    assert_eq!(memory.timer().now(), secs(400));
}

type Pipe = mpsc::UnboundedSender<Result<Bytes, TransportError>>;

/// A stream whose events are sent by the test.
fn piped(timer: &ManualTimer) -> (Client, Pipe) {
    let (pipe, body) = mpsc::unbounded();
    let body = Body::from_stream(body);
    (clocks::client(timer, "text/event-stream", body), pipe)
}

fn send(pipe: &Pipe, event: &str) {
    let event = Bytes::from(format!("data: {event}\n\n"));
    pipe.unbounded_send(Ok(event)).unwrap();
}

#[tokio::test]
async fn a_caller_that_pauses_after_the_final_chunk_gets_the_usage_that_came_meanwhile() {
    for waits_before in [false, true] {
        let timer = ManualTimer::new();
        let (client, pipe) = piped(&timer);
        send(&pipe, FINAL);
        let mut stream = client.deployments().stream(&request()).await.unwrap();
        assert!(stream.next_chunk().await.unwrap().is_some());
        if waits_before {
            // The wait for the end begins with this poll, and is over when the caller comes back.
            assert!(poll!(stream.next()).is_pending());
        }
        timer.advance(secs(60));
        send(&pipe, USAGE);
        let chunk = stream.next_chunk().now_or_never().unwrap().unwrap();
        assert_eq!(chunk.unwrap().usage().unwrap().total_tokens, Some(7));
        if !waits_before {
            assert!(poll!(stream.next()).is_pending());
            timer.advance(secs(5));
        }
        let answer = stream.finish().now_or_never().unwrap().unwrap();
        assert_eq!(answer.text().as_deref(), Some("!"));
    }
}

#[tokio::test]
async fn a_caller_that_pauses_after_the_final_chunk_is_told_of_an_error() {
    let timer = ManualTimer::new();
    let (client, pipe) = piped(&timer);
    send(&pipe, FINAL);
    let mut stream = client.deployments().stream(&request()).await.unwrap();
    assert!(stream.next_chunk().await.unwrap().is_some());
    timer.advance(secs(60));
    send(&pipe, r#"{"error":{"message":"not charged"}}"#);
    let error = stream.next_chunk().now_or_never().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StreamError);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("!"));
}

#[tokio::test]
async fn without_a_timer_a_body_that_drips_is_read_to_its_end() {
    let memory = MemoryTransport::new();
    memory.reply(dripping(Reply::status(429, "no"), 4, "!"));
    memory.reply(dripping(Reply::sse([FINAL]), 4, ": ping\n\n").event(USAGE));
    let client = Client::new(Timeless(memory.handle()), "test-key").unwrap();
    let call = || client.deployments().stream(&request());
    let error = call().await.unwrap_err();
    assert_eq!(error.message().unwrap().len(), 102);
    let answer = call().await.unwrap().finish().await.unwrap();
    assert_eq!(answer.usage.as_option().unwrap().total_tokens, Some(7));
}
