//! An error in a response with the status 200, as JSON and as an event: what is one, what isn't, and what is left of
//! the answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use orq_core::{DeploymentRequest, Error, ErrorKind, Response, RetryAdvice, model::Completion};
use orq_testkit::{MemoryTransport, Reply};

async fn invoke(body: &str) -> Result<Response<Completion>, Error> {
    invoke_reply(Reply::json_text(body.to_owned())).await
}

async fn invoke_reply(reply: Reply) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory.client().deployments();
    call.invoke(&DeploymentRequest::new("chat")).await
}

async fn stream(event: &str) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply_sse([event, "[DONE]"]);
    let call = memory.client().deployments();
    call.stream(&DeploymentRequest::new("chat"))
        .await?
        .finish()
        .await
}

/// The errors of the same text as JSON and as an event.
async fn errors(text: &str) -> [Error; 2] {
    let [json, event] = [invoke(text).await, stream(text).await];
    let errors = [json, event].map(|result| result.err().unwrap_or_else(|| panic!("{text}")));
    assert_eq!(
        errors.each_ref().map(Error::kind),
        [ErrorKind::Api, ErrorKind::StreamError],
        "{text}"
    );
    errors
}

const UNKNOWN: &str = "the server reported an error";

#[tokio::test]
async fn what_is_an_error_with_its_code_and_words() {
    for (text, code, message) in [
        (
            r#"{"choices":[{"index":0,"error":{"code":502,"message":"Gone"}}]}"#,
            Some("502"),
            "Gone",
        ),
        (
            r#"{"choices":[{"index":0,"message":{"type":"content","content":""},"error":"Gone"}]}"#,
            None,
            "Gone",
        ),
        (
            r#"{"choices":[{"message":{"content":null,"error":{"message":"Gone"}}}]}"#,
            None,
            "Gone",
        ),
        (r#"{"choices":[{"finish_reason":"error"}]}"#, None, UNKNOWN),
        (
            r#"{"choices":[{"message":{"content":""},"finish_reason":"ERROR"}],"message":"Gone"}"#,
            None,
            "Gone",
        ),
        (
            r#"{"choices":[{"message":{"content":""},"finish_reason":"server_error"}]}"#,
            None,
            UNKNOWN,
        ),
        (
            r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"error":"Gone"}"#,
            None,
            "Gone",
        ),
        (
            r#"{"choices":[{}],"Error":"rate_limited"}"#,
            Some("rate_limited"),
            "rate_limited",
        ),
        (
            r#"{"choices":[{"index":0}],"error":[{"message":"Gone"}]}"#,
            None,
            "Gone",
        ),
        (r#"{"detail":"Gone"}"#, None, "Gone"),
        (
            r#"{"detail":[{"loc":["body"],"msg":"Gone"}]}"#,
            None,
            "body: Gone",
        ),
        (
            r#"{"errors":[{"message":"Gone"}],"data":null}"#,
            None,
            "Gone",
        ),
        (r#"{"choices":[],"Message":"Gone"}"#, None, "Gone"),
        (
            r#"{"errorMessage":"Gone","errorType":"Runtime"}"#,
            None,
            "Gone",
        ),
        (
            r#"[{"error":{"code":429,"message":"Gone"}}]"#,
            Some("429"),
            "Gone",
        ),
        (r#""{\"error\":{\"message\":\"Gone\"}}""#, None, "Gone"),
        (r#"{"code":"E7","msg":"Gone"}"#, Some("E7"), "Gone"),
        (r#"{"fault":{"faultstring":"Gone"}}"#, None, "Gone"),
        // Error codes of other gateways.
        (
            r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"Gone"}}"#,
            Some("1008"),
            "Gone",
        ),
        (
            r#"{"choices":[{"delta":{"content":""}}],"base_resp":{"status_code":1008,"status_msg":"Gone"}}"#,
            Some("1008"),
            "Gone",
        ),
        (
            r#"{"success":false,"errors":[{"code":7003,"message":"Gone"}],"result":null}"#,
            Some("7003"),
            "Gone",
        ),
        (
            r#"{"success":false,"code":1302,"msg":"Gone"}"#,
            Some("1302"),
            "Gone",
        ),
        (
            r#"{"error_code":17,"error_msg":"Gone"}"#,
            Some("17"),
            "Gone",
        ),
        (r#"{"success":false,"choices":[]}"#, None, UNKNOWN),
        // Neither a usage of nothing nor one that is null makes it an answer.
        (
            r#"{"usage":{"total_tokens":0},"message":"Gone"}"#,
            None,
            "Gone",
        ),
    ] {
        for error in errors(text).await {
            assert_eq!(
                (error.code(), error.message()),
                (code, Some(message)),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn an_answer_is_no_error() {
    let answer = |beside: &str| {
        format!(
            r#"{{"choices":[{{"index":0,"message":{{"content":"Hi"}},"finish_reason":"stop"}}]{beside}}}"#
        )
    };
    for beside in [
        r#","error":null"#,
        r#","error":"""#,
        r#","error":{}"#,
        r#","error":{ }"#,
        r#","error":[]"#,
        r#","error":false"#,
        r#","error":0"#,
        r#","error":" ""#,
        r#","error":"None""#,
        r#","error":{"code":0,"message":"","details":[]}"#,
        r#","error":{"message":"","type":"","param":"","code":null}"#,
        r#","error":{"code":0,"message":"success"}"#,
        r#","error":{"code":"0","message":"OK."}"#,
        r#","error":{"code":200,"message":" Success"}"#,
        r#","error":{"a\"b":{"c":[null,-0.0,"\n"]},"ok":false}"#,
        r#","success":false,"base_resp":{"status_code":1027,"status_msg":"sensitive"}"#,
        r#","errors":[],"Error":null"#,
        r#","message":"m","detail":"d","errors":["e"],"title":"t","code":500"#,
        r#","errorMessage":"e","type":"error","status":500"#,
        // The choice is complete: the answer must not be lost.
        r#","error":"a retrieval failed""#,
    ] {
        let text = answer(beside);
        for result in [invoke(&text).await, stream(&text).await] {
            let answer = result.unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(answer.text().as_deref(), Some("Hi"), "{text}");
        }
    }
    for text in [
        r#"{"choices":[{"index":0,"message":{"content":"{\"error\":{\"message\":\"No\"}}"}}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":"Hi","error":null},"error":{},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":"error"},"finish_reason":"error_free"}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":null}}]}"#,
        r#"{"choices":[],"usage":{"total_tokens":3},"code":1,"status":"ok","title":"t"}"#,
        r#"{"choices":[],"code":0,"message":"success","usage":{"total_tokens":3}}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":3},"message":"m","detail":"d","msg":"x"}"#,
        r#"{"choices":[],"retrievals":[{"document":"d"}],"message":"m"}"#,
        r#"{"choices":[],"base_resp":{"status_code":0,"status_msg":"success"}}"#,
        r#"{"choices":[],"success":true,"msg":"ok","error_code":0}"#,
    ] {
        for result in [invoke(text).await, stream(text).await] {
            assert!(result.is_ok(), "{text}");
        }
    }
}

#[tokio::test]
async fn the_text_beside_an_error_is_the_partial_answer() {
    for (choice, beside) in [
        (
            r#""message":{"content":"Hel"}"#,
            r#","error":{"message":"Gone"}"#,
        ),
        (
            r#""message":{"content":"Hel"},"finish_reason":"stop""#,
            r#","error":{"message":"Gone"}"#,
        ),
        (r#""message":{"content":"Hel"}"#, r#","error":"Gone""#),
        (
            r#""message":{"content":"Hel"},"finish_reason":"error""#,
            r#","message":"Gone""#,
        ),
        (r#""message":{"content":"Hel"},"error":"Gone""#, ""),
    ] {
        let text = format!(
            r#"{{"telemetry":{{"trace_id":"t-1"}},"choices":[{{"index":0,{choice}}}]{beside}}}"#
        );
        for error in errors(&text).await {
            assert_eq!(error.message(), Some("Gone"), "{text}");
            assert_eq!(
                error.partial().unwrap().text().as_deref(),
                Some("Hel"),
                "{text}"
            );
            assert_eq!(error.trace_id(), Some("t-1"), "{text}");
        }
    }
    let [json, event] = errors(r#"{"error":"Gone"}"#).await;
    assert!(json.partial().is_none() && event.partial().unwrap().choices.is_empty());
}

#[tokio::test]
async fn json_and_event_get_the_same_advice() {
    for (code, advice) in [
        (r#""provider_error""#, RetryAdvice::MayDuplicate),
        (r#""cost_budget_exceeded""#, RetryAdvice::Never),
        ("502", RetryAdvice::MayDuplicate),
        ("429", RetryAdvice::Safe),
        (r#""429""#, RetryAdvice::Safe),
        ("421", RetryAdvice::Safe),
        ("425", RetryAdvice::Safe),
        ("503", RetryAdvice::MayDuplicate),
        ("409", RetryAdvice::MayDuplicate),
        ("7", RetryAdvice::MayDuplicate),
        ("404", RetryAdvice::Never),
        (r#""401""#, RetryAdvice::Never),
        ("501", RetryAdvice::Never),
        ("null", RetryAdvice::MayDuplicate),
    ] {
        let text = format!(r#"{{"error":{{"code":{code},"message":"Gone"}}}}"#);
        for error in errors(&text).await {
            assert_eq!(error.retry_advice(), advice, "{code}");
            assert_eq!(error.is_rate_limited(), code.contains("429"), "{code}");
            assert_eq!(error.is_not_found(), code == "404", "{code}");
            assert_eq!(error.is_auth(), code.contains("401"), "{code}");
        }
    }
    // The server has begun to answer, or the code of a status other than 2xx is not a status.
    let begun = r#"{"choices":[{"message":{"content":"Hel"}}],"error":{"code":429}}"#;
    for error in errors(begun).await {
        assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate, "{error}");
    }
    let reply = Reply::json_text(r#"{"error":{"code":429}}"#).with_status(500);
    let error = invoke_reply(reply).await.unwrap_err();
    assert!(!error.is_rate_limited() && error.retry_advice() == RetryAdvice::MayDuplicate);
}
