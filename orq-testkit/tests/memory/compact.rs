//! What a test needs, each in at most ten lines.

use std::time::Duration;

use futures::TryStreamExt;
use orq_core::{
    Client, DeploymentRequest, Error, ErrorKind, Timer, error::Clock, retry::StandardRetry,
    transport::Operation,
};
use orq_testkit::{
    Condition, FakeOrq, Fault, FaultInjector, Gate, Injection, MemoryTransport, Reply,
    cassette::{Cassette, Mode},
    fixture, rechunked,
};
use serde_json::json;

use super::failure;

fn jane() -> DeploymentRequest {
    DeploymentRequest::new("chat").input("firstname", "Jane")
}

/// Streams to the end.
async fn stream(client: &Client) -> Result<String, Error> {
    let answer = client.deployments().stream(&jane()).await?.finish().await?;
    Ok(answer.text().unwrap_or_default().into_owned())
}

async fn invoke(client: &Client) -> Result<String, Error> {
    let answer = client.deployments().invoke(&jane()).await?;
    Ok(answer.text().unwrap_or_default().into_owned())
}

/// The message that the transport fails its test with.
fn complaint(memory: MemoryTransport) -> String {
    failure(|| memory.verify())
}

/// An answer in one piece.
fn hello() -> fixture::Answer {
    fixture::completion("Hello")
}

// The five of the front page.

#[tokio::test]
async fn an_answer_and_what_was_asked() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::completion("Hello Jane"));
    assert_eq!(invoke(&memory.client()).await.unwrap(), "Hello Jane");
    let asked = memory.only_request();
    asked.assert_json_contains(json!({"inputs": {"firstname": "Jane"}}));
}

#[tokio::test]
async fn a_tool_call_then_a_stream() {
    let memory = MemoryTransport::new();
    let (call, text) = (("search", json!({})), fixture::transcript("It rains."));
    memory
        .on(Operation::Invoke)
        .reply(fixture::tool_calls([call]));
    memory.on(Operation::Stream).reply(text);
    let answer = memory.client().deployments().invoke(&jane());
    assert_eq!(answer.await.unwrap().tool_calls()[0].name(), "search");
    assert_eq!(stream(&memory.client()).await.unwrap(), "It rains.");
}

#[tokio::test]
async fn a_stream_that_is_reset_keeps_what_arrived() {
    let memory = MemoryTransport::new();
    let begun = fixture::transcript("It rains in Paris.").into_reply();
    memory.reply(begun.first_chunks(2).break_off(Fault::Reset));
    let error = stream(&memory.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("It rains"));
}

#[tokio::test]
async fn ten_minutes_take_no_time() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let error = invoke(&memory.client()).await.unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Call);
    assert_eq!(memory.timer().now(), Duration::from_secs(600));
}

#[tokio::test]
async fn a_recording_is_played() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = Cassette::at(folder.path().join("hello.json"));
        let real = || Ok::<_, Error>(FakeOrq::new());
        let session = cassette.open(mode, real).unwrap();
        let client = Client::new(session.handle(), FakeOrq::DEFAULT_API_KEY).unwrap();
        let text = stream(&client).await.unwrap();
        assert_eq!(text, "You said: Hello, I am Jane.");
    }
}

// And more.

#[tokio::test]
async fn a_reply_is_computed_from_the_request() {
    let memory = MemoryTransport::new();
    memory.on("chat").any_times().reply_with(|request| {
        let name = request.json()["inputs"]["firstname"].to_string();
        fixture::completion(&format!("{} {name}", request.number()))
    });
    assert_eq!(invoke(&memory.client()).await.unwrap(), r#"1 "Jane""#);
    assert_eq!(invoke(&memory.client()).await.unwrap(), r#"2 "Jane""#);
}

#[tokio::test]
async fn pages_are_told_apart_by_their_cursor() {
    let memory = MemoryTransport::new();
    let page = |keys: [&str; 2]| fixture::list_page(keys).set("/data/1/id", "last");
    let after = Condition::query("starting_after", "last");
    memory.on(after).reply(page(["c", "d"]));
    memory.reply(page(["a", "b"]).has_more(true));
    let items = memory.client().deployments().list().items();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(items.len(), 4);
    assert_eq!(items[2].key.as_deref(), Some("c"));
}

#[tokio::test]
async fn what_must_never_be_asked_fails_the_test() {
    let memory = MemoryTransport::new();
    memory.on(Operation::List).never();
    memory.on("chat").never();
    invoke(&memory.client()).await.unwrap_err();
    let why = complaint(memory);
    assert!(why.contains("request 1 should not have come"), "{why}");
    let rule = r#"reply 2 (forbidden by `.never()`) on deployment "chat""#;
    assert!(why.contains(rule), "{why}");
}

#[tokio::test]
async fn at_least_two_may_be_three_and_not_one() {
    for count in [2, 3, 1] {
        let memory = MemoryTransport::new();
        memory.on("chat").at_least(2).reply(hello());
        for _ in 0..count {
            invoke(&memory.client()).await.unwrap();
        }
        let once = (count == 1).then(|| complaint(memory));
        assert!(once.is_none_or(|why| why.contains("used 1 of at least 2 times")));
    }
}

#[tokio::test]
async fn a_predicate_sees_the_whole_request() {
    let memory = MemoryTransport::new();
    let second = Condition::matching(|request| request.number() == 2);
    memory.on(second).reply(fixture::completion("again"));
    memory.reply(hello());
    assert_eq!(invoke(&memory.client()).await.unwrap(), "Hello");
    assert_eq!(invoke(&memory.client()).await.unwrap(), "again");
    invoke(&memory.client()).await.unwrap_err();
    let (why, here) = (complaint(memory), "predicate at orq-testkit/tests/");
    assert!(why.contains(here), "{why}");
}

#[tokio::test]
async fn requests_are_asked_for_by_what_they_are_for() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::list_page(["chat"]));
    memory.reply(hello()).reply(hello().streamed());
    memory.client().deployments().list().await.unwrap();
    invoke(&memory.client()).await.unwrap();
    stream(&memory.client()).await.unwrap();
    assert_eq!(memory.requests_for("greeter").len(), 0);
    assert_eq!(memory.requests_for("chat")[1].number(), 3);
    assert_eq!(memory.requests_for(Operation::List).len(), 1);
}

#[tokio::test]
async fn a_used_up_rule_says_how_to_answer_more() {
    let memory = MemoryTransport::new();
    memory.on("chat").times(2).reply(hello());
    for answered in [true, true, false] {
        assert_eq!(invoke(&memory.client()).await.is_ok(), answered);
    }
    let why = complaint(memory);
    assert!(
        why.contains("`.times(3)` or `.any_times()` would answer"),
        "{why}"
    );
}

#[tokio::test]
async fn a_gate_holds_a_stream_until_the_test_opens_it() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    let whole = fixture::transcript("It rains.").events();
    let held = Reply::sse(&whole[..1]).gate(&gate).events(&whole[1..]);
    memory.reply(held);
    let client = memory.client();
    let open = async { (gate.reached().await, gate.open()) };
    let (text, _) = futures::join!(stream(&client), open);
    assert_eq!(text.unwrap(), "It rains.");
}

#[tokio::test]
async fn the_client_repeats_nothing_by_itself() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::overloaded());
    let error = invoke(&memory.client()).await.unwrap_err();
    assert_eq!(error.code(), Some("provider_overloaded"));
    memory.only_request();
}

#[tokio::test]
async fn a_repeated_request_waits_in_virtual_time() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::rate_limited(Duration::from_secs(30)));
    memory.reply(fixture::completion("at last"));
    let builder = memory.client_builder().retry(StandardRetry::new());
    let text = invoke(&builder.build().unwrap()).await.unwrap();
    assert_eq!(text, "at last");
    assert_eq!(memory.requests()[1].at(), Duration::from_secs(30));
}

#[tokio::test]
async fn a_fault_is_injected_into_the_first_two_streams() {
    let memory = MemoryTransport::new();
    memory.on("chat").times(3).reply(hello().streamed());
    let cut = Injection::cut_at(9).operation(Operation::Stream);
    let faults = FaultInjector::seeded(1).inject(cut.first(2));
    let builder = memory.client_builder().layer(faults.layer());
    let client = builder.build().unwrap();
    for is_cut in [true, true, false] {
        assert_eq!(stream(&client).await.is_err(), is_cut, "{faults}");
    }
}

#[tokio::test]
async fn chunks_may_be_cut_anywhere() {
    for seed in 0..20 {
        let memory = MemoryTransport::new();
        memory.reply(fixture::transcript("Grüße aus Zürich"));
        let builder = memory.client_builder().layer(rechunked(seed));
        let text = stream(&builder.build().unwrap()).await.unwrap();
        assert_eq!(text, "Grüße aus Zürich", "seed {seed}");
    }
}

/// As in a reply, in an injection, and in a fault of the double.
#[tokio::test]
async fn an_offset_beyond_the_body_means_its_end() {
    let memory = MemoryTransport::new();
    let broken = hello().into_reply().break_at(usize::MAX, Fault::Reset);
    memory.reply(broken).reply(hello());
    let error = invoke(&memory.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    let reset = Injection::break_at(usize::MAX, Fault::Reset);
    let faults = FaultInjector::seeded(1).inject(reset);
    let client = memory.client_builder().layer(faults.layer()).build();
    let error = invoke(&client.unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}
