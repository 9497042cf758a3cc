//! When a call begins, how it is combined with others, and how it ends.

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
    poll,
};
use orq_core::{Error, ErrorKind};
use orq_testkit::{MemoryTransport, Reply};

use super::{KINDS, answer, replying, request, secs};

fn is_about_the_call(name: &str, error: &Error) {
    let expected = (ErrorKind::Argument, Some("call"));
    assert_eq!((error.kind(), error.field()), expected, "{name}: {error}");
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_poll() {
    let memory = replying(KINDS, &answer());
    let client = memory.client();
    let calls = each_call!(client, |call| call.header("x-a", "b"));
    assert!(memory.requests().is_empty());
    for (sent, (name, call)) in calls.into_iter().enumerate() {
        assert_eq!(memory.requests().len(), sent, "{name}");
        call.await.unwrap();
    }
    assert_eq!(memory.requests().len(), KINDS);
}

#[tokio::test]
async fn a_call_that_is_never_polled_sends_nothing() {
    let memory = MemoryTransport::new();
    drop(each_call!(memory.client(), |call| call));
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn calls_can_be_spawned_and_outlive_client_and_request() {
    let memory = replying(KINDS, &answer());
    let calls = each_call!(memory.client(), |call| call);
    for (name, call) in calls {
        let ended = tokio::spawn(call).await.unwrap();
        assert!(ended.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn calls_that_are_joined_run_at_the_same_time() {
    let memory = replying(KINDS + 5, &answer().head_after(secs(1)));
    let calls = each_call!(memory.client(), |call| call).map(|(_, call)| call);
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(memory.most_in_flight(), KINDS);

    let deployments = memory.client().deployments();
    let (request, other) = (request(), memory.client());
    let all = tokio::join!(
        deployments.invoke(&request),
        deployments.stream(&request),
        deployments.get_config(&request),
        deployments.list(),
        other.request(http::Method::GET, "/v2/prompts"),
    );
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok() && all.3.is_ok() && all.4.is_ok());
    assert_eq!(orq_core::Timer::now(&memory.timer()), secs(2));
}

#[track_caller]
fn each_is_about_the_call(calls: [(&str, BoxFuture<'_, Result<(), Error>>); KINDS]) {
    for (name, call) in calls {
        let ended = call
            .now_or_never()
            .unwrap_or_else(|| panic!("{name} waits"));
        is_about_the_call(name, &ended.unwrap_err());
    }
}

#[tokio::test]
async fn a_setter_after_the_first_poll_fails_the_call_and_nothing_more_is_sent() {
    let memory = replying(KINDS, &Reply::never());
    let client = memory.client();
    let calls = each_call!(client, |call| async move {
        let mut call = call;
        assert!(poll!(&mut call).is_pending());
        call.max_attempts(2).header("x-a", "b").await
    });
    each_is_about_the_call(calls);
    assert_eq!(memory.requests().len(), KINDS);
}

#[tokio::test]
async fn a_setter_of_one_operation_alone_is_no_exception() {
    let memory = replying(4, &Reply::never());
    let client = memory.client();

    let mut call = client.deployments().stream(&request());
    assert!(poll!(&mut call).is_pending());
    let stream = call.via_invoke().await;
    is_about_the_call("via_invoke", &stream.unwrap_err());

    let mut call = client.request(http::Method::GET, "/v2/prompts");
    assert!(poll!(&mut call).is_pending());
    let error = call.query("limit", 2).json(&[1]).await.unwrap_err();
    is_about_the_call("query", &error);

    let mut call = client.deployments().list();
    assert!(poll!(&mut call).is_pending());
    is_about_the_call("limit", &call.limit(2).await.unwrap_err());

    let mut call = client.deployments().list();
    assert!(poll!(&mut call).is_pending());
    let error = call.starting_after("a").await.unwrap_err();
    is_about_the_call("starting_after", &error);
    assert_eq!(memory.requests().len(), 4);
}

#[tokio::test]
async fn a_setter_that_comes_too_late_cancels_what_was_sent() {
    let memory = replying(2, &Reply::never());
    let deployments = memory.client().deployments();
    let mut call = deployments.invoke(&request());
    assert!(poll!(&mut call).is_pending());
    let late = call.timeout(secs(1));
    let mut next = deployments.invoke(&request());
    assert!(poll!(&mut next).is_pending());
    assert_eq!(memory.requests()[1].in_flight(), 1);
    is_about_the_call("invoke", &late.await.unwrap_err());
}

#[tokio::test]
async fn a_finished_call_stays_pending() {
    let memory = replying(KINDS, &answer());
    let client = memory.client();
    let calls = each_call!(client, |call| async move {
        let mut call = call;
        drop((&mut call).await?);
        for _ in 0..3 {
            assert!(poll!(&mut call).is_pending());
        }
        call.timeout(None).await.map(drop)
    });
    each_is_about_the_call(calls);
    assert_eq!(memory.requests().len(), KINDS);
}

#[tokio::test]
async fn a_call_that_was_refused_stays_pending_too() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    let calls = each_call!(client, |call| async move {
        let mut call = call.header("host", "example.com");
        let refused = (&mut call).await;
        assert!(poll!(&mut call).is_pending());
        refused
    });
    for (name, call) in calls {
        assert_eq!(call.await.unwrap_err().field(), Some("header"), "{name}");
    }
}

#[tokio::test]
async fn dropping_a_call_cancels_its_exchange() {
    let memory = replying(KINDS, &Reply::never());
    for (name, mut call) in each_call!(memory.client(), |call| call) {
        assert!(poll!(&mut call).is_pending(), "{name}");
        drop(call);
    }
    assert_eq!(memory.requests().len(), KINDS);
    assert_eq!(memory.most_in_flight(), 1);
}

#[tokio::test]
async fn a_listing_is_a_future_of_one_page_however_many_there_are() {
    let memory = MemoryTransport::new();
    memory.reply_json_text(r#"{"data":[{"id":"a"}],"has_more":true}"#);
    let page = memory.client().deployments().list().await.unwrap();
    assert_eq!((page.data.len(), page.has_more), (1, true));
    assert_eq!(memory.requests().len(), 1);
}
