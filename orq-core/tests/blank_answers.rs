//! A response with the status 200 that has nothing of the result.
#![allow(clippy::unwrap_used, reason = "tests")]

use orq_core::{DeploymentRequest, ErrorKind};
use orq_testkit::{Condition, MemoryTransport, Reply};

#[tokio::test]
async fn what_has_nothing_of_an_answer_is_no_empty_answer() {
    for (body, is_config, is_page) in [
        ("{}", false, false),
        (
            r#"{"id":"x","status":"queued","poll_url":"/v2/x"}"#,
            true,
            false,
        ),
        (r#"{"data":{"choices":[]}}"#, false, true),
        (r#"{"object":"chat.completion","error":null}"#, false, false),
        (
            r#"{"is_final":false,"usage":null,"message":""}"#,
            false,
            false,
        ),
    ] {
        let memory = MemoryTransport::new();
        memory
            .on(Condition::matching(|_| true))
            .any_times()
            .reply_with(move |_| Reply::json_text(body));
        let (deployments, request) = (
            memory.client().deployments(),
            DeploymentRequest::new("chat"),
        );
        let mut results = vec![
            deployments.invoke(&request).await.map(drop),
            deployments.stream(&request).await.map(drop),
        ];
        if !is_config {
            results.push(deployments.get_config(&request).await.map(drop));
        }
        if !is_page {
            results.push(deployments.list().await.map(drop));
        }
        for result in results {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
            assert_eq!(error.body().unwrap(), body);
            assert!(error.to_string().contains("has no `"), "{error}");
        }
    }
    for body in [
        r#"{"choices":[]}"#,
        r#"{"choices":null}"#,
        r#"{"usage":{"total_tokens":3}}"#,
        r#"{"provider_response":{}}"#,
    ] {
        let memory = MemoryTransport::new();
        memory.reply_json_text(body);
        let call = memory.client().deployments();
        let answer = call.invoke(&DeploymentRequest::new("chat")).await;
        assert!(answer.is_ok(), "{body}");
    }
    for page in [
        r#"{"data":[]}"#,
        r#"{"code":0,"message":"success","data":[],"has_more":false}"#,
        r#"{"data":[],"error":{"code":null,"message":""}}"#,
    ] {
        let memory = MemoryTransport::new();
        memory.reply_json_text(page);
        let listed = memory.client().deployments().list().await;
        assert!(listed.is_ok(), "{page}");
    }
}
