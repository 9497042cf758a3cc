//! Rules: a reply for requests of a kind.

use std::sync::Arc;

use futures::executor::block_on;
use http::Method;
use orq_core::{DeploymentRequest, transport::Operation};
use orq_testkit::{Condition, MemoryTransport, fixture};
use serde_json::json;

use super::{answer, chat, failure, says};

fn invoke(memory: &MemoryTransport, request: &DeploymentRequest) -> String {
    let answer = block_on(memory.client().deployments().invoke(request)).unwrap();
    answer.text().unwrap().into_owned()
}

#[test]
fn a_rule_is_for_an_operation() {
    let memory = MemoryTransport::new();
    memory
        .on(Operation::List)
        .reply_json(json!({"data": [], "has_more": false}));
    memory
        .on(Operation::Stream)
        .reply_sse([says("streamed"), "[DONE]".into()]);
    memory.on(Operation::Invoke).reply(answer("invoked"));
    assert_eq!(invoke(&memory, &chat()), "invoked");
    let deployments = memory.client().deployments();
    let streamed = block_on(async { deployments.stream(&chat()).await?.finish().await });
    assert_eq!(streamed.unwrap().text().as_deref(), Some("streamed"));
    assert!(block_on(deployments.list()).unwrap().data.is_empty());
}

#[test]
fn a_rule_is_for_a_deployment() {
    let memory = MemoryTransport::new();
    memory.on("a").reply(answer("I am a"));
    memory.on("b").reply(answer("I am b"));
    assert_eq!(invoke(&memory, &DeploymentRequest::new("b")), "I am b");
    assert_eq!(invoke(&memory, &DeploymentRequest::new("a")), "I am a");
}

#[test]
fn a_rule_is_for_a_method_and_a_path() {
    let memory = MemoryTransport::new();
    memory
        .on((Method::POST, "/v2/deployments/invoke"))
        .reply(answer("posted"));
    assert_eq!(invoke(&memory, &chat()), "posted");
}

#[test]
fn a_rule_is_for_what_the_json_says() {
    let memory = MemoryTransport::new();
    memory
        .on(Condition::json("/inputs/firstname", "Jane"))
        .reply(answer("Hello Jane"));
    let long =
        |body: &serde_json::Value| body["messages"].as_array().is_some_and(|all| all.len() > 1);
    memory
        .on(Condition::json_where("there are several messages", long))
        .reply(answer("so much"));
    memory
        .on(Condition::header("x-tenant", "7"))
        .reply(answer("tenant"));

    let several = chat()
        .message(orq_core::Message::user("a"))
        .message(orq_core::Message::user("b"));
    assert_eq!(invoke(&memory, &several), "so much");
    assert_eq!(
        invoke(&memory, &chat().input("firstname", "Jane")),
        "Hello Jane"
    );
    let tenant = memory
        .client()
        .deployments()
        .invoke(&chat())
        .header("x-tenant", "7");
    assert_eq!(block_on(tenant).unwrap().text().as_deref(), Some("tenant"));
}

#[test]
fn the_first_rule_that_fits_and_is_left_wins_and_then_the_queue() {
    let memory = MemoryTransport::new();
    memory.reply(answer("queue"));
    memory.on("chat").times(2).reply(answer("first"));
    memory.on(Operation::Invoke).reply(answer("second"));
    let texts: Vec<_> = (0..4).map(|_| invoke(&memory, &chat())).collect();
    assert_eq!(texts, ["first", "first", "second", "queue"]);
}

#[test]
fn a_forbidden_request_is_refused_also_behind_a_rule_that_would_answer_it() {
    let memory = MemoryTransport::new();
    memory
        .on(Operation::Invoke)
        .any_times()
        .reply(answer("any"));
    memory.on("chat").never();
    assert_eq!(invoke(&memory, &DeploymentRequest::new("b")), "any");
    block_on(memory.client().deployments().invoke(&chat())).unwrap_err();
    let message = failure(|| drop(memory));
    assert!(
        message.contains("request 2 should not have come"),
        "{message}"
    );
}

#[test]
fn a_rule_is_for_the_absence_of_a_query_parameter() {
    let memory = MemoryTransport::new();
    memory.allow_unmatched();
    memory
        .on(Condition::query("limit", 2))
        .and(Condition::no_query("starting_after"))
        .reply(fixture::list_page(["a"]));
    let list = || memory.client().deployments().list().limit(2);
    let error = block_on(list().starting_after("x")).unwrap_err();
    let error = format!("{error:?}");
    let difference = r#"and no query parameter starting_after, but query parameter starting_after is "x"; scripted"#;
    assert!(error.contains(difference), "{error}");
    assert_eq!(block_on(list()).unwrap().data.len(), 1);
}

#[test]
fn a_rule_may_be_for_any_number_none_included() {
    let memory = MemoryTransport::new();
    memory.on("never asked").any_times().reply(answer(""));
    memory.on("chat").any_times().reply(answer("again"));
    for _ in 0..5 {
        assert_eq!(invoke(&memory, &chat()), "again");
    }
}

#[test]
fn a_condition_may_ask_the_transport() {
    let memory = Arc::new(MemoryTransport::new());
    let asked = Arc::downgrade(&memory);
    let second = move |_: &serde_json::Value| asked.upgrade().unwrap().requests().len() == 2;
    memory
        .on(Condition::json_where("it is the second", second))
        .reply(answer("second"));
    memory.reply(answer("first"));
    assert_eq!(invoke(&memory, &chat()), "first");
    assert_eq!(invoke(&memory, &chat()), "second");
}

#[tokio::test]
async fn a_condition_that_panics_in_a_task_fails_the_test() {
    let memory = MemoryTransport::new();
    memory.on("other").reply(answer("other"));
    let panics = |body: &serde_json::Value| body["absent"].as_str().unwrap().is_empty();
    memory
        .on(Condition::json_where("absent is empty", panics))
        .any_times()
        .reply(answer("never"));
    let call = memory.client().deployments().invoke(&chat());
    assert!(tokio::spawn(call).await.unwrap_err().is_panic());

    assert_eq!(memory.requests().len(), 1);
    invoke(&memory, &DeploymentRequest::new("other"));
    assert_eq!(memory.most_in_flight(), 1);
    let message = failure(|| drop(memory));
    assert!(message.contains("request 1 found no reply"), "{message}");
    assert!(
        message.contains("the function of a reply panicked"),
        "{message}"
    );
}
