//! The clocks, in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{future::Future, pin::pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, poll};
use orq_core::{
    Client, CompletionStream, DeploymentRequest, Error, ErrorKind, HttpTransport, NoRetry,
    RetryAdvice, Timer,
    error::Clock,
    transport::{Body, CallContext, Delivery, Operation, Phase, TransportError},
};
use orq_testkit::{Gate, ManualTimer, MemoryTransport, Reply};

const HEL: &str = r#"{"choices":[{"index":0,"message":{"content":"Hel"}}]}"#;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Polls once, lets `wait` pass less a moment, checks that nothing happened, and lets the moment pass.
async fn fails_after<T: std::fmt::Debug>(
    future: impl Future<Output = Result<T, Error>>,
    timer: &ManualTimer,
    wait: Duration,
) -> Error {
    let mut future = pin!(future);
    let moment = Duration::from_millis(1);
    assert!(poll!(&mut future).is_pending());
    timer.advance(wait - moment);
    assert!(poll!(&mut future).is_pending());
    timer.advance(moment);
    match poll!(&mut future) {
        Poll::Ready(result) => result.unwrap_err(),
        Poll::Pending => panic!("no clock ran out"),
    }
}

fn ran_out(error: &Error, clock: Clock, waited: Duration, phase: Phase) {
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let timeout = error.timeout().unwrap();
    assert_eq!((timeout.clock, timeout.waited), (clock, Some(waited)));
    let delivery = if phase == Phase::Body {
        Delivery::Answered
    } else {
        Delivery::MaybeSent
    };
    assert_eq!(
        (error.phase(), error.delivery()),
        (Some(phase), Some(delivery))
    );
}

#[tokio::test]
async fn the_head_clock() {
    let memory = MemoryTransport::new();
    memory.no_answer().no_answer();
    let deployments = memory.client().deployments();
    let request = DeploymentRequest::new("chat");
    let call = deployments.invoke(&request).head_timeout(secs(20));
    let error = fails_after(call, &memory.timer(), secs(20)).await;
    ran_out(&error, Clock::Head, secs(20), Phase::Headers);
    let call = deployments.stream(&request);
    ran_out(
        &fails_after(call, &memory.timer(), secs(600)).await,
        Clock::Head,
        secs(600),
        Phase::Headers,
    );
}

#[tokio::test]
async fn the_clock_on_the_whole_call_is_named_on_a_tie() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let call = memory
        .client()
        .deployments()
        .invoke(&DeploymentRequest::new("chat"));
    let error = fails_after(call, &memory.timer(), secs(600)).await;
    ran_out(&error, Clock::Call, secs(600), Phase::Headers);
}

#[tokio::test]
async fn the_idle_clock_on_a_unary_body() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::json_text("{").stall());
    let call = memory
        .client()
        .deployments()
        .invoke(&DeploymentRequest::new("chat"));
    let error = fails_after(call, &memory.timer(), secs(300)).await;
    ran_out(&error, Clock::Idle, secs(300), Phase::Body);
    assert_eq!(error.status().unwrap(), 200);
}

#[tokio::test]
async fn the_idle_clock_on_a_stream_runs_only_while_waiting() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse([HEL]).stall());
    let timer = memory.timer();
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"))
        .idle_timeout(secs(5));
    let mut stream = call.await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("Hel"));
    timer.advance(secs(3600));
    let error = fails_after(stream.next_chunk().boxed(), &timer, secs(5)).await;
    ran_out(&error, Clock::Idle, secs(5), Phase::Body);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn silence_after_the_final_chunk_is_no_loss() {
    let memory = MemoryTransport::new();
    memory.reply(
        Reply::sse([r#"{"is_final":true,"choices":[{"index":0,"message":{"content":"Hi"}}]}"#])
            .stall(),
    );
    let timer = memory.timer();
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"))
        .idle_timeout(secs(5));
    let mut finish = call.await.unwrap().finish().boxed();
    assert!(poll!(&mut finish).is_pending());
    timer.advance(secs(5));
    assert_eq!(finish.await.unwrap().text().as_deref(), Some("Hi"));
}

#[tokio::test]
async fn a_stream_has_no_clock_on_the_whole_call_unless_set() {
    let memory = MemoryTransport::new();
    memory
        .reply(Reply::sse([HEL]).stall())
        .reply(Reply::sse([HEL]).stall());
    let timer = memory.timer();
    let deployments = memory.client().deployments();
    let call = || {
        deployments
            .stream(&DeploymentRequest::new("chat"))
            .idle_timeout(None)
    };
    let mut stream = call().await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    let mut next = stream.next();
    assert!(poll!(&mut next).is_pending());
    timer.advance(secs(1_000_000));
    assert!(poll!(&mut next).is_pending());

    let mut stream = call().timeout(secs(30)).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    let error = fails_after(stream.next_chunk().boxed(), &timer, secs(30)).await;
    ran_out(&error, Clock::Call, secs(30), Phase::Body);
}

#[tokio::test]
async fn the_calls_setting_wins_over_the_clients() {
    let memory = MemoryTransport::new();
    memory.no_answer().no_answer();
    let client = Client::builder(memory.handle())
        .api_key("k")
        .timeout(secs(9))
        .build()
        .unwrap();
    let request = DeploymentRequest::new("chat");
    let error = fails_after(
        client.deployments().invoke(&request),
        &memory.timer(),
        secs(9),
    )
    .await;
    ran_out(&error, Clock::Call, secs(9), Phase::Headers);
    let call = client.deployments().invoke(&request).timeout(None);
    let error = fails_after(call, &memory.timer(), secs(600)).await;
    ran_out(&error, Clock::Head, secs(600), Phase::Headers);
}

#[tokio::test]
async fn comments_hold_up_the_idle_clock_but_not_the_one_on_events() {
    let memory = MemoryTransport::new();
    let timer = memory.timer();
    let chatty = Chatty(timer.clone(), Duration::from_secs(1));
    let client = Client::builder(chatty)
        .api_key("k")
        .timer(timer.clone())
        .build()
        .unwrap();
    let call = client.deployments().stream(&DeploymentRequest::new("chat"));
    let error = call
        .idle_timeout(secs(5))
        .event_timeout(secs(30))
        .await
        .unwrap_err();
    ran_out(&error, Clock::Event, secs(30), Phase::Body);

    // Nor the one on the whole call, though the body is never waited for.
    let call = client.deployments().stream(&DeploymentRequest::new("chat"));
    let error = call.timeout(secs(40)).await.unwrap_err();
    ran_out(&error, Clock::Call, secs(40), Phase::Body);
    let call = client.deployments().stream(&DeploymentRequest::new("chat"));
    let error = call
        .timeout(secs(40))
        .event_timeout(secs(40))
        .await
        .unwrap_err();
    ran_out(&error, Clock::Call, secs(40), Phase::Body);
}

/// A stream whose only timeout is that of 30 s for an event.
async fn with_event_timeout(memory: &MemoryTransport) -> CompletionStream {
    let deployments = memory.client().deployments();
    let call = deployments.stream(&DeploymentRequest::new("chat"));
    let call = call.event_timeout(secs(30)).idle_timeout(None);
    call.await.unwrap()
}

#[tokio::test]
async fn the_clock_on_events_stands_still_while_the_caller_holds_one() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse([HEL, HEL]).stall());
    let timer = memory.timer();
    let mut stream = with_event_timeout(&memory).await;
    for _ in 0..2 {
        timer.advance(secs(3600));
        assert!(stream.next().await.unwrap().is_ok());
    }
    timer.advance(secs(3600));
    let error = fails_after(stream.next_chunk().boxed(), &timer, secs(30)).await;
    ran_out(&error, Clock::Event, secs(30), Phase::Body);
}

#[tokio::test]
async fn an_event_that_arrived_while_the_caller_was_away_is_not_late() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    let second = format!("data: {HEL}\n\n");
    memory.reply(Reply::sse([HEL]).gate(&gate).chunk(second).stall());
    let timer = memory.timer();
    let mut stream = with_event_timeout(&memory).await;
    assert!(stream.next_chunk().await.unwrap().is_some());
    assert!(poll!(stream.next_chunk().boxed()).is_pending());
    gate.open();
    timer.advance(secs(3600));
    assert!(stream.next_chunk().await.unwrap().is_some());
    let error = fails_after(stream.next_chunk().boxed(), &timer, secs(30)).await;
    ran_out(&error, Clock::Event, secs(30), Phase::Body);
}

/// Answers with comments without end, one whenever it is asked, each of which takes its time.
#[derive(Debug)]
struct Chatty(ManualTimer, Duration);

#[async_trait::async_trait]
impl HttpTransport for Chatty {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let (timer, pace) = (self.0.clone(), self.1);
        let comments = futures::stream::repeat_with(move || {
            timer.advance(pace);
            Ok(Bytes::from_static(b": still there\n\n"))
        });
        Ok(http::Response::new(Body::from_stream(comments)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.0.clone()))
    }
}

/// A transport without a runtime, and so without a timer.
#[derive(Debug)]
struct Timeless;

#[async_trait::async_trait]
impl HttpTransport for Timeless {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        Ok(http::Response::new(Body::from(HEL)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

#[tokio::test]
async fn without_a_timer_a_timeout_that_is_set_is_refused() {
    let builder = || Client::builder(Timeless).api_key("k");
    assert_eq!(
        builder().timeout(secs(1)).build().unwrap_err().kind(),
        ErrorKind::Config
    );
    assert!(builder().timeout(None).build().is_ok());
    assert!(
        builder()
            .timeout(secs(1))
            .timer(ManualTimer::new())
            .build()
            .is_ok()
    );

    let client = builder().build().unwrap();
    let request = DeploymentRequest::new("chat");
    assert!(client.deployments().invoke(&request).await.is_ok());
    let error = client
        .deployments()
        .invoke(&request)
        .idle_timeout(secs(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("timer"), "{error}");
}

#[allow(dead_code)]
fn futures_can_be_spawned(client: &Client) {
    fn spawn<F: Future + Send + 'static>(_: F) {}
    let request = DeploymentRequest::new("chat");
    spawn(client.deployments().invoke(&request));
    spawn(client.deployments().stream(&request).into_future());
    spawn(client.deployments().list());
}

/// A transport that never answers, and tells how far it has come.
#[derive(Debug)]
struct Tracking {
    timer: ManualTimer,
    begins: bool,
}

#[orq_core::async_trait]
impl HttpTransport for Tracking {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        let context = request.extensions().get::<CallContext>().unwrap();
        let tracked = context.track_sending();
        if self.begins {
            assert!(tracked.sending().begin());
        }
        std::future::pending().await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }
}

#[tokio::test]
async fn a_timeout_before_the_request_was_sent_says_so() {
    for (begins, phase, delivery, advice) in [
        (false, Phase::Connect, Delivery::NotSent, RetryAdvice::Safe),
        (
            true,
            Phase::Headers,
            Delivery::MaybeSent,
            RetryAdvice::MayDuplicate,
        ),
    ] {
        let timer = ManualTimer::new();
        let transport = Tracking {
            timer: timer.clone(),
            begins,
        };
        let client = Client::builder(transport).api_key("sk-test").retry(NoRetry);
        let deployments = client.build().unwrap().deployments();
        let request = DeploymentRequest::new("chat");
        let call = deployments.invoke(&request).head_timeout(secs(20));
        let error = fails_after(call, &timer, secs(20)).await;
        let timeout = error.timeout().unwrap();
        assert_eq!(
            (timeout.clock, timeout.waited),
            (Clock::Head, Some(secs(20)))
        );
        let reach = (error.phase(), error.delivery());
        assert_eq!(reach, (Some(phase), Some(delivery)));
        assert_eq!(error.retry_advice(), advice);
    }
}

/// Each attempt has its own progress, so that one that began doesn't speak for the next.
#[test]
fn each_attempt_has_its_own_progress() {
    let first = CallContext::new(Operation::Invoke, Some("chat"));
    drop(first.track_sending());
    first.complete();
    assert!(first.is_unsent() && first.clone().is_complete());
    let second = first.clone().with_attempt(2);
    assert!(!second.is_unsent() && !second.is_complete());
}

#[test]
fn a_request_is_unsent_only_if_its_one_exchange_was_dropped_before_it_began() {
    let context = || CallContext::new(Operation::Invoke, Some("chat"));
    let untracked = context();
    assert!(!untracked.is_unsent());

    let waiting = context();
    let tracked = waiting.track_sending();
    let sending = tracked.sending();
    assert!(!waiting.is_unsent(), "it may still be sent");
    drop(tracked);
    assert!(waiting.is_unsent() && !sending.begin());

    let begun = context();
    let tracked = begun.track_sending();
    assert!(tracked.sending().begin() && tracked.sending().begin());
    drop(tracked);
    assert!(!begun.is_unsent());

    // A layer tries again after a failure, perhaps by a transport that doesn't track.
    let failed = context();
    failed.track_sending().finish();
    drop(failed.track_sending());
    assert!(!failed.is_unsent());

    // Another exchange with the same context has begun.
    let raced = context();
    let (one, other) = (raced.track_sending(), raced.track_sending());
    assert!(one.sending().begin());
    drop(other);
    assert!(!raced.is_unsent());
}

#[test]
fn a_request_is_never_both_sent_and_unsent() {
    for _ in 0..1000 {
        let context = CallContext::new(Operation::Invoke, Some("chat"));
        let tracked = context.track_sending();
        let sending = tracked.sending();
        let sender = std::thread::spawn(move || sending.begin());
        drop(tracked);
        let is_unsent = context.is_unsent();
        assert!(!(sender.join().unwrap() && is_unsent));
    }
}
