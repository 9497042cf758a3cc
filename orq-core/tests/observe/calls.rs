//! Reports of calls whose answer is one body, and of calls that end before they have one.

use std::collections::BTreeMap;

use futures::{FutureExt, poll};
use http::{Method, StatusCode};
use orq_core::{DeploymentRequest, ErrorKind, model::FinishReason, transport::Operation};
use orq_testkit::{MemoryTransport, Reply};

use super::{observed, request, secs};

#[tokio::test]
async fn an_answer_is_reported_with_all_that_is_known_of_it() {
    let memory = MemoryTransport::new();
    let body = r#"{"id":"01J","model":"gpt","choices":[{"index":0,"finish_reason":"stop"},{"index":1}],"usage":{"total_tokens":7}}"#;
    let reply = Reply::json_text(&body.as_bytes()[..10]).after(secs(3));
    let reply = reply.chunk(&body.as_bytes()[10..]).head_after(secs(2));
    memory.reply(reply.header("x-orq-trace-id", "t-1"));
    let (client, reports) = observed(&memory);
    client.deployments().invoke(&request()).await.unwrap();
    let report = reports.only("complete");
    assert_eq!(report.operation, Operation::Invoke);
    assert_eq!(report.deployment.as_deref(), Some("chat"));
    assert_eq!((report.attempts, report.status), (1, Some(StatusCode::OK)));
    assert_eq!(report.trace_id.as_deref(), Some("t-1"));
    assert_eq!(report.time_to_head, Some(secs(2)));
    assert_eq!(report.time_to_first_text, None);
    assert_eq!(report.largest_gap, Some(secs(3)));
    assert_eq!(report.total, Some(secs(5)));
    assert_eq!(report.bytes, body.len() as u64);
    assert_eq!(report.response_id.as_deref(), Some("01J"));
    assert_eq!(report.model.as_deref(), Some("gpt"));
    assert_eq!(report.usage.unwrap().total_tokens, Some(7));
    let reasons = BTreeMap::from([(0, Some(FinishReason::Stop)), (1, None)]);
    assert_eq!(report.finish_reasons, reasons);
}

#[tokio::test]
async fn a_repeated_call_is_one_report_of_its_last_response() {
    let memory = MemoryTransport::new();
    let busy = Reply::status(429, "ab").after(secs(9)).chunk("c");
    memory.reply(busy.header("x-orq-trace-id", "first"));
    memory.reply(Reply::json_text(r#"{"id":"01J","choices":[]}"#).head_after(secs(3)));
    let (client, reports) = observed(&memory);
    let answer = client.deployments().invoke(&request()).await.unwrap();
    assert_eq!(answer.meta().failed_attempts().len(), 1);
    let report = reports.only("complete");
    assert_eq!((report.attempts, report.status), (2, Some(StatusCode::OK)));
    assert_eq!(report.trace_id, None, "that of the last response");
    // The body of the error is waited for five seconds, and the backoff is two.
    assert_eq!(report.time_to_head, Some(secs(10)));
    assert_eq!(report.largest_gap, Some(secs(0)), "of the last response");
    assert_eq!(report.total, Some(secs(10)));
    assert_eq!(
        report.bytes,
        2 + r#"{"id":"01J","choices":[]}"#.len() as u64
    );
}

#[tokio::test]
async fn an_error_of_the_server_is_a_failure_with_a_status() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::status(404, "nothing here").header("x-orq-trace-id", "t-1"));
    let (client, reports) = observed(&memory);
    client
        .deployments()
        .get_config(&request())
        .await
        .unwrap_err();
    let report = reports.only("api");
    assert_eq!(report.operation, Operation::GetConfig);
    assert_eq!(report.status, Some(StatusCode::NOT_FOUND));
    assert_eq!(report.trace_id.as_deref(), Some("t-1"));
    assert_eq!((report.attempts, report.bytes), (1, 12));
    assert_eq!(report.finish_reasons, BTreeMap::new());
}

#[tokio::test]
async fn a_call_that_gets_no_response_is_a_failure_without_a_status() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let (client, reports) = observed(&memory);
    let call = client.deployments().invoke(&request()).timeout(secs(4));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Timeout);
    let report = reports.only("timeout");
    assert_eq!((report.status, report.time_to_head), (None, None));
    assert_eq!((report.largest_gap, report.total), (None, Some(secs(4))));
}

#[tokio::test]
async fn a_call_that_was_refused_or_never_polled_has_no_report() {
    let memory = MemoryTransport::new();
    let (client, reports) = observed(&memory);
    let deployments = client.deployments();
    drop(deployments.invoke(&request()));
    drop(deployments.list().items());
    let refused = deployments.invoke(&DeploymentRequest::new("")).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Argument);
    assert!(deployments.list().limit(0).await.is_err());
    drop((client, deployments));
    assert_eq!(reports.count(), 0);
}

#[tokio::test]
async fn each_page_of_a_listing_is_a_call() {
    let memory = MemoryTransport::new();
    memory.reply_json_text(r#"{"data":[{"id":"a"}],"has_more":true}"#);
    memory.reply_json_text(r#"{"data":[{"id":"b"}],"has_more":false}"#);
    let (client, reports) = observed(&memory);
    let mut items = client.deployments().list().items();
    items.next_item().await.unwrap();
    let report = reports.only("complete");
    assert_eq!(
        (report.operation, report.deployment),
        (Operation::List, None)
    );
    assert_eq!((report.response_id, report.bytes), (None, 37));
    while items.next_item().await.unwrap().is_some() {}
    assert_eq!(reports.only("complete").attempts, 1);
}

#[tokio::test]
async fn a_request_of_the_callers_own_is_reported() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::status(204, ""));
    let (client, reports) = observed(&memory);
    client
        .request(Method::DELETE, "/v2/prompts/1")
        .await
        .unwrap();
    let report = reports.only("complete");
    assert_eq!(report.operation, Operation::Other);
    assert_eq!(
        (report.status, report.bytes),
        (Some(StatusCode::NO_CONTENT), 0)
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_is_reported() {
    for (reply, wait, status) in [
        (Reply::never(), 3, None),
        (Reply::json_text("{").stall(), 3, Some(StatusCode::OK)),
        (
            Reply::status(429, ""),
            1,
            Some(StatusCode::TOO_MANY_REQUESTS),
        ),
    ] {
        let memory = MemoryTransport::new();
        memory.timer().stop();
        memory.reply(reply);
        let (client, reports) = observed(&memory);
        let mut call = client.deployments().invoke(&request()).boxed();
        assert!(poll!(&mut call).is_pending());
        memory.timer().advance(secs(wait));
        assert!(poll!(&mut call).is_pending());
        assert_eq!(reports.count(), 0);
        drop(call);
        let report = reports.only("dropped");
        assert_eq!((report.attempts, report.status), (1, status));
        assert_eq!(report.total, Some(secs(wait)));
    }
}
