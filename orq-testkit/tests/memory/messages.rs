//! What a failure says, besides what is wrong.

use std::{process::Command, time::Duration};

use futures::executor::block_on;
use orq_core::{Client, transport::Operation};
use orq_testkit::{Condition, MemoryTransport, fixture};

use super::{answer, chat, failure};

/// The hint for a test that forgot the retry policy.
const HINT: &str = "client_builder().max_attempts(3)";

fn two_replies() -> MemoryTransport {
    let memory = MemoryTransport::new();
    memory.reply(fixture::rate_limited(Duration::from_secs(7)));
    memory.reply(answer("hi"));
    memory
}

fn list(client: &Client, limit: u32) -> String {
    let error = block_on(client.deployments().list().limit(limit)).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let source = source
        .source()
        .map_or(source.to_string(), ToString::to_string);
    format!("{error} {source}")
}

#[test]
fn an_unused_reply_comes_with_the_requests_and_what_they_got() {
    let memory = two_replies();
    let error = block_on(memory.client().deployments().invoke(&chat())).unwrap_err();
    assert_eq!(error.status().map(|it| it.as_u16()), Some(429));
    let message = failure(|| drop(memory));
    assert!(message.contains("reply 2 (200"), "{message}");
    let got = r#"request 1 got reply 1 (429 application/json, "#;
    assert!(message.contains(got), "{message}");
    assert!(
        message.contains(r#"(invoke "chat", attempt 1)"#),
        "{message}"
    );
    assert!(message.contains(HINT), "{message}");
}

#[test]
fn a_client_that_retries_is_not_told_to() {
    let memory = two_replies();
    memory.reply(answer("left"));
    let client = memory.client_builder().max_attempts(3).build().unwrap();
    block_on(client.deployments().invoke(&chat())).unwrap();
    let message = failure(|| drop(memory));
    let got = "request 2 got reply 2 (200 application/json, ";
    assert!(message.contains(got), "{message}");
    assert!(!message.contains(HINT), "{message}");
}

#[test]
fn only_the_last_requests_are_listed() {
    let memory = MemoryTransport::new();
    memory
        .on(Operation::Invoke)
        .at_least(13)
        .reply(answer("hi"));
    for _ in 0..12 {
        block_on(memory.client().deployments().invoke(&chat())).unwrap();
    }
    let message = failure(|| drop(memory));
    assert!(
        message.contains("used 12 of at least 13 times"),
        "{message}"
    );
    assert!(!message.contains("request 2 got"), "{message}");
    assert!(message.contains("request 3 got"), "{message}");
    assert!(message.contains("request 12 got"), "{message}");
}

#[test]
fn an_unused_reply_comes_with_the_client_that_may_still_use_it() {
    let alive = "a client or a response of this transport is still alive";
    let memory = MemoryTransport::new();
    memory.reply(answer("unused"));
    let client = memory.client();
    let message = failure(|| drop(memory));
    assert!(message.contains(alive), "{message}");
    drop(client);

    let memory = MemoryTransport::new();
    memory.reply(answer("unused"));
    let message = failure(|| drop(memory));
    assert!(!message.contains(alive), "{message}");
}

#[test]
fn a_rule_that_is_left_is_named_before_one_that_is_used_up() {
    let memory = MemoryTransport::new();
    memory.allow_unused();
    memory
        .on(Condition::query("limit", "2"))
        .reply(fixture::list_page(["a"]));
    memory
        .on(Condition::query("starting_after", "id-of-a"))
        .reply(fixture::list_page(["b"]));
    let client = memory.client();
    block_on(client.deployments().list().limit(2)).unwrap();
    let shown = list(&client, 2);
    let left = shown.find(r#"nearest is reply 2 (200"#).expect(&shown);
    let used_up = shown
        .find(r#"the request fits reply 1 (200"#)
        .expect(&shown);
    assert!(left < used_up, "{shown}");
    let missing = r#"but query parameter starting_after is missing (expected "id-of-a")"#;
    assert!(shown.contains(missing), "{shown}");
    assert!(shown.contains("but that was used up"), "{shown}");
    memory.allow_unmatched();
    failure(|| drop(memory));
}

#[test]
fn a_rule_that_is_used_up_says_so() {
    let memory = MemoryTransport::new();
    memory.on("chat").reply(answer("once"));
    let deployments = memory.client().deployments();
    block_on(deployments.invoke(&chat())).unwrap();
    block_on(deployments.invoke(&chat())).unwrap_err();
    let message = failure(|| drop(memory));
    assert!(
        message.contains(
            "but that was used up (`.times(2)` or `.any_times()` would answer this request too)"
        ),
        "{message}"
    );
}

#[test]
fn differences_name_the_part_of_the_request() {
    let memory = MemoryTransport::new();
    memory.allow_unused();
    memory
        .on(Condition::query("limit", "2"))
        .and(Condition::json("/key", "chat"))
        .reply(answer(""));
    memory
        .on(Condition::json_where("it has a key", |body| {
            body["key"].is_string()
        }))
        .and(Condition::matching(|request| request.body().len() > 1000))
        .reply(answer(""));
    let shown = list(&memory.client(), 20);
    for part in [
        r#"on query parameter limit "2" and body /key "chat""#,
        r#"but query parameter limit is "20", not "2", and body /key is missing (expected "chat")"#,
        r#"on predicate "it has a key" and predicate at orq-testkit"#,
        r#"but predicate "it has a key" returned false, and predicate at orq-testkit"#,
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    failure(|| drop(memory));
}

#[test]
fn verify_says_everything_once() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("messages::a_verification_that_fails")
        .output()
        .unwrap();
    let shown = String::from_utf8(child.stderr).unwrap();
    assert_eq!(shown.matches("found no reply").count(), 1, "{shown}");
}

#[test]
#[ignore = "the test above runs it in a process of its own, to see what it prints"]
fn a_verification_that_fails() {
    let memory = MemoryTransport::new();
    let _ = block_on(memory.client().deployments().invoke(&chat())).is_err();
    memory.verify();
}
