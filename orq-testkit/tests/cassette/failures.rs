//! What went wrong when it was recorded goes wrong again, in the same way.

use std::time::Duration;

use futures::{FutureExt, StreamExt, executor::block_on, future::join, stream};
use http::Response;
use orq_core::{
    DeploymentRequest,
    error::Clock,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind},
};
use orq_testkit::{
    ManualTimer,
    cassette::{Cassette, Recorder, Replay},
};

use crate::{Answer, Folder, KEY, Real, client, failure, read, request, send};

const SECOND: Duration = Duration::from_secs(1);

fn nature(error: &TransportError) -> (TransportErrorKind, Phase, Delivery) {
    (error.kind(), error.phase(), error.delivery())
}

#[test]
fn a_request_that_got_no_head_fails_in_the_same_way_without_its_source() {
    use TransportErrorKind::{Closed, Connect, Other, Protocol, Timeout, Tls};
    let deliveries = [
        (Phase::Connect, Delivery::NotSent),
        (Phase::Send, Delivery::MaybeSent),
        (Phase::Headers, Delivery::Answered),
    ];
    for kind in [Connect, Tls, Timeout, Closed, Protocol, Other] {
        for (phase, delivery) in deliveries {
            let folder = Folder::new();
            let real = Real::new(move |_| {
                let error = TransportError::new(kind, phase, delivery);
                Err(error.with_source("to 10.0.0.1, which is private"))
            });
            let recorder = Recorder::new(real, folder.cassette());
            let happened = send(&recorder.handle(), request("{}")).unwrap_err();
            assert!(
                std::error::Error::source(&happened).is_some(),
                "the recorder changes nothing"
            );
            recorder.save().unwrap();
            assert!(!folder.text().contains("private"));

            let replay = Replay::open(folder.cassette()).unwrap();
            let played = send(&replay.handle(), request("{}")).unwrap_err();
            assert_eq!(nature(&played), (kind, phase, delivery));
        }
    }
}

fn breaks_after(chunk: &'static str) -> Answer {
    let error = TransportError::new(TransportErrorKind::Closed, Phase::Body, Delivery::Answered);
    Ok(Response::new(Body::from_stream(stream::iter([
        Ok(chunk.into()),
        Err(error),
    ]))))
}

#[test]
fn a_body_that_broke_breaks_at_the_same_byte() {
    let folder = Folder::new();
    let recorder = Recorder::new(
        Real::new(|_| breaks_after(r#"data: {"choi"#)),
        folder.cassette(),
    );
    read(send(&recorder.handle(), request("{}")));
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    let (chunks, error) = read(send(&replay.handle(), request("{}")));
    assert_eq!(chunks, [r#"data: {"choi"#]);
    let expected = (TransportErrorKind::Closed, Phase::Body, Delivery::Answered);
    assert_eq!(nature(&error.unwrap()), expected);
}

#[test]
fn a_stream_that_stood_still_runs_into_the_same_timeout() {
    let first = r#"data: {"choices":[{"index":0,"message":{"content":"Hello"}}]}"#;
    let stalls = move || {
        let chunk = Ok(format!("{first}\n\n").into());
        Body::from_stream(stream::iter([chunk]).chain(stream::pending()))
    };
    /// The clock that ran out, and what had arrived.
    async fn call(transport: impl HttpTransport + 'static, timer: ManualTimer) -> (Clock, String) {
        let deployments = client(transport, KEY).deployments();
        let request = DeploymentRequest::new("chat");
        let stream = deployments
            .stream(&request)
            .idle_timeout(30 * SECOND)
            .await
            .unwrap();
        let (whole, ()) = join(stream.finish(), async { timer.advance(30 * SECOND) }).await;
        let error = whole.unwrap_err();
        let text = error.partial().unwrap().text().unwrap().into_owned();
        (error.timeout().unwrap().clock, text)
    }
    let expected = (Clock::Idle, "Hello".to_owned());

    let folder = Folder::new();
    let real = Real::new(move |_| {
        let response = Response::builder().header("content-type", "text/event-stream");
        Ok(response.body(stalls()).unwrap())
    });
    let timer = real.timer.clone();
    let recorder = Recorder::new(real, folder.cassette());
    assert_eq!(block_on(call(recorder.handle(), timer)), expected);
    recorder.save().unwrap();
    assert_eq!(
        folder.json()["interactions"][0]["response"]["end"]["how"],
        "stalled"
    );

    let timer = ManualTimer::new();
    let replay = Replay::open(Cassette::at(folder.cassette()).timer(timer.clone())).unwrap();
    assert_eq!(block_on(call(replay.handle(), timer)), expected);
}

#[test]
fn a_request_whose_answer_nobody_waited_for_gets_none() {
    #[derive(Debug)]
    struct Silent;

    #[orq_core::async_trait]
    impl HttpTransport for Silent {
        async fn send(&self, _: http::Request<bytes::Bytes>) -> Answer {
            std::future::pending().await
        }

        fn timer(&self) -> Option<std::sync::Arc<dyn orq_core::Timer>> {
            None
        }
    }

    let folder = Folder::new();
    let recorder = Recorder::new(Silent, folder.cassette());
    let transport = recorder.handle();
    assert!(transport.timer().is_none());
    assert!(transport.send(request("{}")).now_or_never().is_none());
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    assert!(replay.handle().send(request("{}")).now_or_never().is_none());
}

/// Over a socket the end of the body comes after the end mark, and the client doesn't wait for it.
#[test]
fn a_look_past_the_end_mark_is_no_waiting() {
    let answered = || {
        let event = r#"{"choices":[{"message":{"content":"Hello"}}]}"#;
        let chunk = Ok(format!("data: {event}\n\ndata: [DONE]\n\n").into());
        Body::from_stream(stream::iter([chunk]).chain(stream::pending()))
    };
    async fn call(transport: impl HttpTransport + 'static) -> String {
        let deployments = client(transport, KEY).deployments();
        let request = DeploymentRequest::new("chat");
        let stream = deployments.stream(&request).await.unwrap();
        stream.finish().await.unwrap().text().unwrap().into_owned()
    }
    let folder = Folder::new();
    let real = Real::new(move |_| {
        let response = Response::builder().header("content-type", "text/event-stream");
        Ok(response.body(answered()).unwrap())
    });
    let recorder = Recorder::new(real, folder.cassette());
    assert_eq!(block_on(call(recorder.handle())), "Hello");
    recorder.save().unwrap();
    let how = &folder.json()["interactions"][0]["response"]["end"]["how"];
    assert_eq!(how, "dropped");

    let replay = Replay::open(folder.cassette()).unwrap();
    assert_eq!(block_on(call(replay.handle())), "Hello");
    replay.verify();
}

#[test]
fn a_body_that_was_dropped_cannot_be_read_further() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"one", b"two"]), folder.cassette());
    let mut body = send(&recorder.handle(), request("{}")).unwrap().into_body();
    block_on(body.next()).unwrap().unwrap();
    drop(body);
    recorder.save().unwrap();
    assert_eq!(
        folder.json()["interactions"][0]["response"]["end"]["how"],
        "dropped"
    );

    let replay = Replay::open(folder.cassette()).unwrap();
    let mut body = send(&replay.handle(), request("{}")).unwrap().into_body();
    assert_eq!(block_on(body.next()).unwrap().unwrap(), "one");
    drop(body);
    replay.verify();

    let replay = Replay::open(folder.cassette()).unwrap();
    let (chunks, error) = read(send(&replay.handle(), request("{}")));
    assert_eq!(chunks, ["one"]);
    let expected = (TransportErrorKind::Other, Phase::Body, Delivery::Answered);
    assert_eq!(nature(&error.unwrap()), expected);
    let message = failure(|| replay.verify());
    assert!(
        message.contains("the body of interaction 1 was read further"),
        "{message}"
    );
}

#[test]
fn a_body_that_had_come_to_its_end_is_complete_even_if_nobody_asked() {
    for answer in ["", "whole"] {
        let folder = Folder::new();
        let recorder = Recorder::new(
            Real::new(move |_| Ok(Response::new(Body::from(answer)))),
            folder.cassette(),
        );
        let mut body = send(&recorder.handle(), request("{}")).unwrap().into_body();
        if !answer.is_empty() {
            block_on(body.next()).unwrap().unwrap();
        }
        drop(body);
        recorder.save().unwrap();
        assert_eq!(
            folder.json()["interactions"][0]["response"]["end"]["how"],
            "complete"
        );
    }
}

#[test]
fn what_is_not_over_when_the_cassette_is_written_is_there_as_far_as_it_came() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"one", b"two"]), folder.cassette());
    let mut body = send(&recorder.handle(), request("{}")).unwrap().into_body();
    block_on(body.next()).unwrap().unwrap();
    recorder.save().unwrap();
    let response = &folder.json()["interactions"][0]["response"];
    assert_eq!(response["chunks"].as_array().unwrap().len(), 1);
    assert_eq!(response["end"]["how"], "dropped");
    // The transport goes on as if nothing had happened.
    assert_eq!(block_on(body.next()).unwrap().unwrap(), "two");
}
