//! The double's bad days over a real socket.

use std::{borrow::Cow, time::Duration};

use futures::{FutureExt, pin_mut, poll};
use orq_core::{Client, DeploymentRequest, Error, Timer, retry::NoRetry};
use orq_testkit::{
    FakeCallEnd, FakeDeployment, FakeFault, FakeOrq, FakeOrqBuilder, FakeRateLimit, FakeServer,
    Fault, ManualTimer, Reply, RunningServer,
};
use orq_transport_hyper::HyperTransport;

const SECOND: Duration = Duration::from_secs(1);

async fn serve(fake: &FakeOrq) -> (RunningServer, Client) {
    let server = FakeServer::bind(fake.clone(), "127.0.0.1:0").await.unwrap();
    let server = server.spawn();
    let client = Client::builder(HyperTransport::new().unwrap())
        .base_url(server.url())
        .api_key(FakeOrq::DEFAULT_API_KEY)
        .retry(NoRetry);
    let client = client.build().unwrap();
    (server, client)
}

fn by_hand(fake: FakeOrqBuilder) -> (FakeOrq, ManualTimer) {
    let timer = ManualTimer::new();
    (fake.timer(timer.clone()).build(), timer)
}

/// Lets server and client go on until this holds. They share this thread, and a loopback delivers at once.
async fn until(condition: impl Fn() -> bool) {
    for _ in 0..1_000_000 {
        if condition() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("this never comes");
}

fn outcome(result: Result<Option<String>, Error>) -> String {
    match result {
        Ok(text) => format!("{text:?}"),
        Err(error) => format!(
            "{:?} {:?} {:?} {:?} {:?}",
            error.kind(),
            error.phase(),
            error.delivery(),
            error.code(),
            error.partial().map(|partial| partial.text()),
        ),
    }
}

async fn invoke(client: &Client) -> String {
    let call = client.deployments().invoke(&DeploymentRequest::new("a"));
    outcome(call.await.map(|answer| answer.text().map(Cow::into_owned)))
}

async fn stream(client: &Client) -> String {
    let call = client.deployments().stream(&DeploymentRequest::new("a"));
    let whole = async { call.await?.finish().await };
    outcome(whole.await.map(|answer| answer.text().map(Cow::into_owned)))
}

/// A deployment with something wrong in each of its first calls.
fn faulty() -> FakeOrqBuilder {
    let faults = [
        FakeFault::error(402, "quota_exceeded"),
        FakeFault::reply(Reply::status(502, "<html>Bad gateway</html>")),
        FakeFault::break_before_head(Fault::Reset),
        FakeFault::break_before_head(Fault::Garbage),
        FakeFault::break_at(0, Fault::Reset),
        FakeFault::break_at(900, Fault::Reset),
        FakeFault::break_at(900, Fault::EarlyClose),
        FakeFault::break_at(900, Fault::Garbage),
        FakeFault::break_at(usize::MAX, Fault::EarlyClose),
        FakeFault::cut_at(10),
        FakeFault::cut_at(900),
    ];
    let deployment = FakeDeployment::new("a").reply("one two three four");
    let numbered = (1..).zip(faults).map(|(number, it)| it.nth(number));
    FakeOrq::builder().deployment(numbered.fold(deployment, FakeDeployment::fault))
}

fn in_memory(fake: FakeOrq) -> Client {
    let client = Client::builder(fake).api_key(FakeOrq::DEFAULT_API_KEY);
    client.retry(NoRetry).build().unwrap()
}

#[tokio::test]
async fn every_fault_of_a_stream_is_the_same_as_in_memory() {
    let near = in_memory(faulty().build());
    let (_server, far) = serve(&faulty().build()).await;
    for number in 1..=12 {
        let expected = stream(&near).await;
        assert_eq!(stream(&far).await, expected, "call {number}");
        // The ninth breaks behind the end mark, where nothing can be lost any more.
        let whole = expected == r#"Some("one two three four")"#;
        assert_eq!(whole, matches!(number, 9 | 12), "call {number}: {expected}");
    }
}

#[tokio::test]
async fn every_fault_of_an_answer_is_the_same_as_in_memory() {
    let near = in_memory(faulty().build());
    let (_server, far) = serve(&faulty().build()).await;
    for number in 1..=12 {
        let expected = invoke(&near).await;
        assert_eq!(invoke(&far).await, expected, "call {number}");
        // This answer has fewer than 900 bytes, so that the eleventh isn't cut.
        let whole = expected == r#"Some("one two three four")"#;
        assert_eq!(whole, number > 10, "call {number}: {expected}");
    }
}

#[tokio::test]
async fn latency_and_pace_are_waited_for() {
    let deployment = FakeDeployment::new("a").reply("one two");
    let deployment = deployment.latency(5 * SECOND).pace(SECOND);
    let (fake, timer) = by_hand(FakeOrq::builder().deployment(deployment));
    let (_server, client) = serve(&fake).await;
    let answer = stream(&client);
    pin_mut!(answer);
    assert!(poll!(&mut answer).is_pending());
    // The head, two words and the end mark.
    for wait in [5, 1, 1, 1] {
        let sleeps = async { until(|| timer.next_sleep() == Some(wait * SECOND)).await };
        pin_mut!(sleeps);
        match futures::future::select(&mut answer, sleeps).await {
            futures::future::Either::Left((answer, _)) => panic!("too early: {answer}"),
            futures::future::Either::Right(_) => timer.advance(wait * SECOND),
        }
    }
    assert_eq!(answer.await, r#"Some("one two")"#);
    assert_eq!(timer.now(), 8 * SECOND);
}

#[tokio::test]
async fn the_rate_limit_tells_when_to_come_again() {
    let limit = FakeRateLimit::per_minute(1);
    let (fake, timer) = by_hand(FakeOrq::builder().rate_limit(limit));
    let (_server, client) = serve(&fake).await;
    let chat = || client.deployments().invoke(&DeploymentRequest::new("chat"));
    let first = chat().await.unwrap();
    assert_eq!(first.meta().rate_limit().limit, Some(1));
    assert_eq!(first.meta().rate_limit().remaining, Some(0));
    assert_eq!(first.meta().rate_limit().reset, Some(60 * SECOND));
    timer.advance(13 * SECOND);
    let error = chat().await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.code(), Some("requests_per_minute_exceeded"));
    assert_eq!(error.retry_after(), Some(47 * SECOND));
    timer.advance(47 * SECOND);
    chat().await.unwrap();
}

#[tokio::test]
async fn a_script_is_played_to_the_byte() {
    let script = Reply::sse_chunks([
        &b"data: {\"choices\":[{\"message\":{\"content\":\"h\xc3"[..],
        b"\xa9\"}}]}\n\n",
    ])
    .event("[DONE]")
    .header("x-mine", "1");
    let deployment = FakeDeployment::new("a").script(script);
    let fake = FakeOrq::builder().deployment(deployment).build();
    let (_server, client) = serve(&fake).await;
    let call = client.deployments().stream(&DeploymentRequest::new("a"));
    let answer = call.await.unwrap().finish().await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("hé"));
    assert_eq!(answer.meta().headers()["x-mine"], "1");
    assert!(!answer.meta().headers().contains_key("x-orq-trace-id"));
}

#[tokio::test]
async fn the_log_sees_who_goes_away() {
    let deployment = FakeDeployment::new("a")
        .reply("one two three four")
        .fault(FakeFault::stall_at(900));
    let fake = FakeOrq::builder().deployment(deployment).build();
    let (_server, client) = serve(&fake).await;
    let call = client.deployments().stream(&DeploymentRequest::new("a"));
    let mut stream = call.await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("one"));
    until(|| fake.calls()[0].chunks() > 1).await;
    assert!(stream.next_chunk().now_or_never().is_none());
    assert_eq!(fake.calls()[0].end(), FakeCallEnd::Open);
    drop(stream);
    until(|| fake.calls()[0].end() == FakeCallEnd::Dropped).await;
}
