//! What is left over fails the test.

use futures::{FutureExt, StreamExt, executor::block_on};
use orq_core::transport::{
    CallContext, Delivery, HttpTransport, Operation, Phase, TransportError, TransportErrorKind,
};
use orq_testkit::{Condition, Fault, MemoryTransport, Reply};
use serde_json::json;

use super::{answer, chat, failure, message, request, says, send};

#[test]
fn an_unused_reply_fails_the_test_when_the_guard_is_dropped() {
    let line = line!() + 4;
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_status(200, "");
        memory.reply(Reply::status(418, "teapot"));
        send(&memory.handle(), "/").unwrap();
    });
    assert!(message.contains("reply 2 (418"), "{message}");
    assert!(
        message.contains(&format!("memory/leftovers.rs:{line}")),
        "{message}"
    );
    assert!(
        !message.contains("reply 1 (200, 0 bytes in 0 chunks) was"),
        "{message}"
    );
}

#[test]
fn every_way_to_script_names_the_tests_own_line() {
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_json(json!(1));
        memory.reply_json_text("1");
        memory.reply_sse(["1"]);
        memory.reply_status(200, "1");
        memory.no_answer();
        memory.fail(TransportError::new(
            TransportErrorKind::Closed,
            Phase::Headers,
            Delivery::MaybeSent,
        ));
        memory.on("chat").reply(Reply::never());
        memory.on("chat").reply_json(1);
        memory.on("chat").reply_sse(["1"]);
    });
    assert_eq!(
        message
            .matches("scripted at orq-testkit/tests/memory/leftovers.rs:")
            .count(),
        9,
        "{message}"
    );
}

#[test]
fn a_request_without_a_reply_fails_the_client_and_the_test() {
    let memory = MemoryTransport::new();
    let transport = memory.handle();
    let mut asked = request("/v2/deployments/invoke");
    let context = CallContext::new(Operation::Invoke, Some("chat"));
    asked.extensions_mut().insert(context);
    asked
        .headers_mut()
        .insert("authorization", "Bearer sk-orq-secret".parse().unwrap());
    let error = block_on(transport.send(asked)).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Other);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("no reply"), "{source}");

    assert_eq!(memory.requests().len(), 1);
    let message = failure(|| drop(memory));
    let expected = r#"request 1 found no reply: POST https://my.orq.ai/v2/deployments/invoke (invoke "chat", attempt 1)"#;
    assert!(message.contains(expected), "{message}");
    assert!(!message.contains("secret"), "{message}");
}

#[test]
fn no_message_shows_the_key_where_a_deployment_should_stand() {
    let memory = MemoryTransport::new();
    memory.on("chat").any_times().reply(answer("never"));
    let key = "sk-orq-secret";
    let client = orq_core::Client::new(memory.handle(), key).unwrap();
    let request = orq_core::DeploymentRequest::new(key);
    let _ = block_on(client.deployments().invoke(&request)).unwrap_err();
    let message = failure(|| drop(memory));
    assert!(
        message.contains("deployment is \"<redacted>\""),
        "{message}"
    );
    assert!(!message.contains(key), "{message}");
}

#[test]
fn a_test_that_fails_already_keeps_its_own_message() {
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.reply_status(200, "");
        panic!("the test's own failure");
    });
    assert_eq!(message, "the test's own failure");
}

#[test]
fn a_reply_that_is_used_less_often_than_it_says_fails_the_test() {
    let message = failure(|| {
        let memory = MemoryTransport::new();
        memory.on(Operation::Invoke).times(3).reply(answer("hi"));
        block_on(memory.client().deployments().invoke(&chat())).unwrap();
    });
    assert!(
        message.contains("on operation \"invoke\" was used 1 of 3 times"),
        "{message}"
    );
}

#[tokio::test]
async fn it_fails_although_the_last_clone_lives_in_a_spawned_task() {
    let memory = MemoryTransport::new();
    memory.reply(answer("used")).reply(answer("left"));
    let client = memory.client();
    let (_keep, dropped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        client.deployments().invoke(&chat()).await.unwrap();
        // The client lives on here, and nobody ever looks at what becomes of this task.
        dropped.await.unwrap();
        drop(client);
    });
    while memory.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let complaint = failure(|| drop(memory));
    assert!(
        complaint.contains("reply 2 (200 application/json"),
        "{complaint}"
    );
    task.abort();
}

#[tokio::test]
async fn an_unmatched_request_fails_it_although_the_error_was_swallowed_in_a_task() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    let task = tokio::spawn(async move { client.deployments().invoke(&chat()).await.is_err() });
    assert!(task.await.unwrap());
    let complaint = failure(|| memory.verify());
    assert!(
        complaint.contains(r#"request 1 found no reply: POST"#),
        "{complaint}"
    );
    assert!(complaint.contains("nothing was scripted"), "{complaint}");
}

#[test]
fn the_nearest_rule_is_named_with_what_is_different() {
    let memory = MemoryTransport::new();
    memory.allow_unused();
    memory.on("translator").reply(answer("Bonjour"));
    memory
        .on(Operation::Invoke)
        .and("greeter")
        .and(Condition::json("/inputs/firstname", "Jane"))
        .reply(answer("Hello Jane"));
    let request = orq_core::DeploymentRequest::new("greeter").input("firstname", "Joan");
    let error = block_on(memory.client().deployments().invoke(&request)).unwrap_err();

    let line = line!() - 4;
    let nearest = format!(
        r#"nearest is reply 2 (200 application/json, 60 bytes in 1 chunk) on operation "invoke" and deployment "greeter" and body /inputs/firstname "Jane", but body /inputs/firstname is "Joan", not "Jane"; scripted at orq-testkit/tests/memory/leftovers.rs:{line}"#
    );
    let shown = failure(|| drop(memory));
    assert!(shown.contains(&nearest), "{shown}\n{nearest}");
    let source = std::error::Error::source(&error).unwrap();
    let source = source
        .source()
        .map_or(source.to_string(), ToString::to_string);
    assert!(source.contains(&nearest), "{source}");
}

#[test]
fn a_body_that_nobody_read_fails_the_test() {
    let memory = MemoryTransport::new();
    memory.reply_sse([says("unheard"), "[DONE]".to_owned()]);
    let unread = send(&memory.handle(), "/").unwrap();
    let message = failure(|| drop(memory));
    assert!(
        message.contains("the body of reply 1 (200 text/event-stream"),
        "{message}"
    );
    assert!(message.contains("was never read; scripted at"), "{message}");
    drop(unread);
}

#[test]
fn a_body_that_was_begun_may_be_dropped_unless_it_is_to_be_read_to_its_end() {
    let begun = |reply: Reply| {
        let memory = MemoryTransport::new();
        memory.reply(reply);
        let mut body = send(&memory.handle(), "/").unwrap().into_body();
        block_on(body.next()).unwrap().unwrap();
        drop(body);
        memory.verify();
    };
    begun(Reply::sse(["1", "2"]));
    let message = failure(|| begun(Reply::sse(["1", "2"]).read_to_end()));
    assert!(message.contains("was not read to its end"), "{message}");
}

#[test]
fn a_break_is_an_end_of_reading() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse(["1"]).break_off(Fault::Reset).read_to_end());
    let body = send(&memory.handle(), "/").unwrap().into_body();
    assert!(block_on(body.collect::<Vec<_>>()).pop().unwrap().is_err());
}

#[test]
fn what_is_left_can_be_allowed_by_name_and_only_that() {
    let memory = MemoryTransport::new();
    memory.allow_unused().reply(answer("left"));
    memory.verify();

    let memory = MemoryTransport::new();
    memory.allow_unread().reply(answer("unread"));
    drop(send(&memory.handle(), "/").unwrap());
    memory.verify();

    let memory = MemoryTransport::new();
    memory.allow_unmatched();
    send(&memory.handle(), "/").unwrap_err();
    memory.verify();

    let memory = MemoryTransport::new();
    memory.allow_unused().allow_unread();
    send(&memory.handle(), "/").unwrap_err();
    let message = failure(|| drop(memory));
    assert!(message.contains("request 1 found no reply"), "{message}");
}

#[test]
fn a_test_that_fails_by_itself_still_tells_what_went_wrong() {
    let test = "leftovers::a_request_that_nobody_scripted";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", test])
        .output()
        .unwrap();
    let shown = String::from_utf8(child.stderr).unwrap();
    assert!(
        shown.contains("Also, for the same test: MemoryTransport, made at"),
        "{shown}"
    );
    let nearest = "but deployment is \"chat\", not \"caht\"";
    assert_eq!(
        shown.matches(nearest).count(),
        2,
        "in the error and beside it: {shown}"
    );
    assert!(!shown.contains("was never used"), "{shown}");
}

#[test]
#[ignore = "the test above runs it in a process of its own, to see what it prints"]
fn a_request_that_nobody_scripted() {
    let memory = MemoryTransport::new();
    memory.on("caht").reply(answer("Hello"));
    block_on(memory.client().deployments().invoke(&chat())).unwrap();
}

#[test]
fn there_is_no_second_panic_while_the_first_unwinds() {
    let panic = std::thread::spawn(|| {
        let memory = MemoryTransport::new();
        memory.reply(answer("left"));
        let _elsewhere = memory.handle();
        panic!("the first");
    })
    .join()
    .unwrap_err();
    assert_eq!(message(&*panic), "the first");
}

#[test]
fn a_request_that_was_given_up_before_its_head_leaves_nothing_to_read() {
    let memory = MemoryTransport::new();
    let gate = orq_testkit::Gate::new();
    memory.reply(answer("late").head_gate(&gate));
    assert!(memory.handle().send(request("/")).now_or_never().is_none());
    memory.verify();
}
