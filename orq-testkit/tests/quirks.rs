//! What the client makes of each quirk: the same of a stream and of an answer of invoke.
#![allow(clippy::unwrap_used, reason = "tests")]

use orq_core::{Completion, DeploymentRequest, Error, Response};
use orq_testkit::{MemoryTransport, fixture::Quirk};

const SPENT: &str = "[cost_budget_exceeded]: The budget of this workspace is spent.";

async fn run(quirk: Quirk, streams: bool) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(quirk);
    let deployments = memory.client().deployments();
    let request = DeploymentRequest::new("greeter");
    if streams {
        deployments.stream(&request).await?.finish().await
    } else {
        deployments.invoke(&request).await
    }
}

/// Returns the text and the tool calls, or the error after what had arrived before it.
fn outcome(result: &Result<Response<Completion>, Error>) -> String {
    let (answer, error) = match result {
        Ok(answer) => (Some(&**answer), String::new()),
        Err(error) => (error.partial(), format!("! {error}")),
    };
    let mut shown = String::new();
    if let Some(answer) = answer {
        shown += &answer.text().unwrap_or_default();
        for call in answer.tool_calls() {
            let arguments: serde_json::Value = call.arguments().unwrap();
            shown += &format!("{}({arguments}) ", call.name());
        }
    }
    let error = error.split(" (trace ").next().unwrap();
    format!("{shown}{error}")
}

#[tokio::test]
async fn each_is_understood_or_named() {
    let outside = "Hello! decode error 200: the stream has text outside of its events";
    let reported = format!("Hello! stream_error error 200 {SPENT}");
    let early = "! truncated error 200: the answer (application/json) can't be read: EOF while parsing a string at line 1 column 256";
    for quirk in Quirk::ALL {
        let expected = match quirk {
            Quirk::MissingBlankLine
            | Quirk::MislabelledStream
            | Quirk::UnframedAnswer
            | Quirk::EmptyValues
            | Quirk::ByteOrderMark => "Hello Jane",
            Quirk::InnerByteOrderMark | Quirk::BlankInFieldName | Quirk::UnframedChunk => outside,
            Quirk::UnframedError | Quirk::ErrorField | Quirk::ErrorInChoice => &reported,
            Quirk::UnframedPage => {
                "Hello! truncated error 200: the stream ended before its end mark"
            }
            Quirk::CallsWithOneIndex => {
                r#"get_weather({"city":"Paris"}) get_weather({"city":"Rome"}) "#
            }
            Quirk::PlaceholderArguments => r#"get_weather({"city":"Paris"}) "#,
            Quirk::EmptyArguments => "get_time({}) ",
            Quirk::TruncatedAnswer => early,
            Quirk::DetailInAnswer | Quirk::ErrorBesideChoice => {
                "! api error 200: The budget of this workspace is spent."
            }
            Quirk::FramedError => &format!("! api error 429 {SPENT}"),
            Quirk::CloudflareStatus => "! api error 520: Web server is returning an unknown error",
            Quirk::SignedRedirect => {
                "! api error 307: not followed: a redirect to https://storage.example/answer"
            }
            other => panic!("{other:?} has no row"),
        };
        for streams in [true, false] {
            let result = run(quirk, streams).await;
            assert_eq!(outcome(&result), expected, "{quirk:?}, streams: {streams}");
        }
    }
}
