//! Bodies that come too fast to be waited for, and ones that never come.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, poll, stream};
use orq_core::{
    Client, Error, ErrorKind, HttpTransport, Timer,
    error::Clock,
    transport::{Body, TransportError},
};
use orq_testkit::{ManualTimer, MemoryTransport, Reply};

use super::{DONE, FINAL, HEL, eager, request};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A transport that answers once, with a body of this type.
#[derive(Debug)]
struct Once {
    timer: ManualTimer,
    content_type: &'static str,
    body: Mutex<Option<Body>>,
}

#[async_trait::async_trait]
impl HttpTransport for Once {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let body = self.body.lock().unwrap().take().unwrap();
        let response = http::Response::builder().header("content-type", self.content_type);
        Ok(response.body(body).unwrap())
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }
}

/// A client of a transport that answers once, with this body.
pub(super) fn client(timer: &ManualTimer, content_type: &'static str, body: Body) -> Client {
    let once = Once {
        timer: timer.clone(),
        content_type,
        body: Mutex::new(Some(body)),
    };
    Client::new(once, "test-key").unwrap()
}

/// The same chunk again and again, always ready, a second of the clock each.
fn flood(timer: &ManualTimer, chunk: &'static str, times: usize) -> Body {
    let timer = timer.clone();
    Body::from_stream(stream::iter(0..times).map(move |_| {
        timer.advance(secs(1));
        Ok(Bytes::from_static(chunk.as_bytes()))
    }))
}

fn is_of_the_call(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let timeout = error.timeout().unwrap();
    assert_eq!(
        (timeout.clock, timeout.waited),
        (Clock::Call, Some(secs(30)))
    );
}

#[tokio::test]
async fn the_clock_on_the_whole_call_is_seen_though_the_body_is_always_ready() {
    let timer = ManualTimer::new();
    let events = flood(&timer, "data: {\"choices\":[]}\n\n", 1000);
    let client_of_events = client(&timer, "text/event-stream", events);
    let call = client_of_events.deployments().stream(&request());
    let stream = call.timeout(secs(30)).await.unwrap();
    is_of_the_call(&stream.finish().await.unwrap_err());
    assert_eq!(timer.now(), secs(30));

    let timer = ManualTimer::new();
    let client_of_json = client(&timer, "application/json", flood(&timer, " ", 1000));
    let call = client_of_json.deployments().invoke(&request());
    is_of_the_call(&call.timeout(secs(30)).await.unwrap_err());
    assert_eq!(timer.now(), secs(30));
}

#[tokio::test]
async fn a_flood_of_comments_lets_others_run_and_is_read_to_its_end() {
    let timer = ManualTimer::new();
    let comments = flood(&timer, ": ping\n\n", 10_000);
    let client = client(&timer, "text/event-stream", comments);
    let mut call = client.deployments().stream(&request());
    assert!(poll!(&mut call).is_pending());
    assert!(timer.now() <= secs(100), "too long a turn: {timer:?}");
    // It asks to be polled again by itself: otherwise this would never end.
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Truncated);
    assert_eq!(timer.now(), secs(10_000));
}

#[tokio::test]
async fn what_keeps_the_connection_alive_does_not_hold_back_a_complete_answer() {
    let timer = ManualTimer::new();
    let last = stream::iter([Ok(Bytes::from(format!("data: {FINAL}\n\n")))]);
    let pings = stream::unfold(timer.clone(), |timer| async move {
        timer.sleep(secs(2)).await;
        Some((Ok(Bytes::from_static(b": ping\n\n")), timer))
    });
    let body = Body::from_stream(last.chain(pings));
    let client = client(&timer, "text/event-stream", body);
    let call = client.deployments().stream(&request());
    let stream = call.idle_timeout(secs(60)).await.unwrap();
    let mut finish = stream.finish().boxed();
    for _ in 0..5 {
        assert!(poll!(&mut finish).is_pending());
        timer.advance(secs(1));
    }
    let answer = finish.now_or_never().unwrap().unwrap();
    assert_eq!(answer.text().as_deref(), Some("!"));
}

#[tokio::test]
async fn a_refusal_whose_body_stalls_holds_the_next_attempt_back_for_seconds_only() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::status(429, "busy").stall());
    memory.reply_sse([HEL, DONE]);
    let mut call = eager(&memory).deployments().stream(&request());
    assert!(poll!(&mut call).is_pending());
    memory.timer().advance(secs(4));
    assert!(poll!(&mut call).is_pending());
    memory.timer().advance(secs(1));
    let answer = call.now_or_never().unwrap().unwrap().finish().await;
    let answer = answer.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hel"));
    assert_eq!(
        answer.meta().failed_attempts()[0].summary,
        "api error 429: busy",
        "what had come of the refusal counts"
    );
}
