//! Answers of many small parts, each of which takes more memory than its text.

use futures::StreamExt;
use orq_core::{
    Client, DeploymentRequest, Error, ErrorKind, Limits, Response,
    model::{Completion, Message},
};
use orq_testkit::{MemoryTransport, Reply};

use super::{DONE, HEL, finish, invoke, request};

const MEMBERS: &str = "more than 65536 list elements and object members";
const ASSEMBLED: &str = "more than 4096 members";

fn list(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect::<Vec<_>>().join(",")
}

#[track_caller]
fn too_large<T: std::fmt::Debug>(outcome: Result<T, Error>, bound: &str) -> Error {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.message().unwrap().contains(bound), "{error}");
    error
}

/// An event's message, as that of choice 0.
fn message(message: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"message":{message}}}]}}"#)
}

async fn read(
    limits: Limits,
    events: impl Iterator<Item = String>,
) -> Result<Response<Completion>, Error> {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse(events.chain([DONE.to_owned()])));
    let builder = Client::builder(memory.handle()).api_key("test-key");
    let client = builder.limits(limits).build().unwrap();
    let stream = client.deployments().stream(&request()).await?;
    stream.finish().await
}

#[tokio::test]
async fn whatever_a_chunk_adds_counts_with_the_whole_of_its_text() {
    let long = "x".repeat(1000);
    let retrieval = |n| {
        let metadata = format!(r#"{{"file_name":"{long}","page_number":{n}}}"#);
        format!(r#"{{"retrievals":[{{"document":"d","metadata":{metadata}}}]}}"#)
    };
    let finish = format!(r#"{{"choices":[{{"index":0,"finish_reason":"{long}"}}]}}"#);
    let role = message(&format!(r#"{{"role":"{long}"}}"#));
    let kind = message(&format!(r#"{{"type":"{long}"}}"#));
    let part = message(&format!(r#"{{"content":[{{"type":"{long}"}}]}}"#));
    let call = message(&format!(
        r#"{{"tool_calls":[{{"index":0,"type":"{long}"}}]}}"#
    ));
    let limits = Limits::default().completion(50_000);
    let bound = "larger than 50000 bytes";
    too_large(read(limits.clone(), (0..50).map(retrieval)).await, bound);
    for event in [finish, role, kind, part, call] {
        let events = |times| std::iter::repeat_n(event.clone(), times);
        assert!(
            read(limits.clone(), events(40)).await.is_ok(),
            "{event:.60}"
        );
        too_large(read(limits.clone(), events(50)).await, bound);
    }
}

#[tokio::test]
async fn retrievals_that_are_repeated_are_kept_once() {
    let metadata = r#"{"file_name":"a.pdf","page_number":1}"#;
    let event = format!(r#"{{"retrievals":[{{"document":"d","metadata":{metadata}}}]}}"#);
    let events = std::iter::repeat_n(event, 5000);
    let answer = read(Limits::default(), events).await.unwrap();
    assert_eq!(answer.retrievals.as_ref().unwrap().len(), 1);
}

#[tokio::test]
async fn retrievals_and_parts_are_bounded_in_number() {
    let empty = |count| format!(r#"{{"retrievals":[{}]}}"#, list(count, |_| "{}".into()));
    let image = |n| format!(r#"{{"type":"image_url","image_url":{{"url":"{n}"}}}}"#);
    let parts = |count| message(&format!(r#"{{"content":[{}]}}"#, list(count, image)));
    let (few, many) = ([empty(4000), parts(4000)], [empty(5000), parts(5000)]);
    for event in few {
        assert!(finish(Reply::sse([&event, DONE])).await.is_ok());
    }
    for event in many {
        let error = too_large(finish(Reply::sse([&event, DONE])).await, ASSEMBLED);
        let partial = error.partial().unwrap();
        let retrievals = partial.retrievals.as_ref().map_or(0, Vec::len);
        assert!(retrievals <= 4096, "{retrievals}");
        // Read as one answer, they are members of one document, of which there may be more.
        assert!(invoke(Reply::json_text(event)).await.is_ok());
    }
}

#[tokio::test]
async fn retrievals_and_parts_that_come_one_by_one_are_bounded_in_number() {
    let retrieval = |n| format!(r#"{{"retrievals":[{{"document":"{n}"}}]}}"#);
    let image = |n| format!(r#"{{"type":"image_url","image_url":{{"url":"{n}"}}}}"#);
    let part = |n| message(&format!(r#"{{"content":[{}]}}"#, image(n)));
    let limits = Limits::default;
    assert!(read(limits(), (0..4000).map(retrieval)).await.is_ok());
    too_large(read(limits(), (0..4200).map(retrieval)).await, ASSEMBLED);
    assert!(read(limits(), (0..4000).map(part)).await.is_ok());
    too_large(read(limits(), (0..4200).map(part)).await, ASSEMBLED);
}

#[tokio::test]
async fn fields_of_what_is_assembled_are_bounded_in_number() {
    let fields = |n: usize| list(1000, |field| format!(r#""f{n}_{field}":0"#));
    let retrieval = |n| format!(r#"{{"retrievals":[{{"metadata":{{{}}}}}]}}"#, fields(n));
    let part = |n| {
        let part = format!(r#"{{"type":"text","text":"","{n}":{{}},{}}}"#, fields(n));
        message(&format!(r#"{{"content":[{part}]}}"#))
    };
    let call = |n| {
        let function = format!(r#"{{"name":"f",{}}}"#, fields(n));
        let call = format!(r#"{{"id":"{n}","index":{n},"function":{function}}}"#);
        message(&format!(r#"{{"tool_calls":[{call}]}}"#))
    };
    let events: [&dyn Fn(usize) -> String; 3] = [&retrieval, &part, &call];
    for event in events {
        assert!(read(Limits::default(), (0..100).map(event)).await.is_ok());
        too_large(
            read(Limits::default(), (0..140).map(event)).await,
            ASSEMBLED,
        );
    }
}

#[tokio::test]
async fn a_document_of_too_many_members_is_no_empty_answer() {
    let choices = r#""choices":[{"index":0,"message":{"content":"Hi"}}]"#;
    let fields = list(65_537, |n| format!(r#""f{n}":0"#));
    let nested = list(65_537, |_| "{}".into());
    let documents = [
        format!("{{{fields},{choices}}}"),
        format!(r#"{{{choices},"retrievals":[{nested}]}}"#),
        message(&format!(r#"{{"content":[{nested}]}}"#)),
        message(&format!(r#"{{"tool_calls":[{nested}]}}"#)),
        message(&format!("{{{fields}}}")),
    ];
    for document in documents {
        let outcome = invoke(Reply::json_text(document.clone())).await;
        let error = too_large(outcome, MEMBERS);
        assert_eq!(error.status().unwrap(), 200);
        let outcome = finish(Reply::sse([HEL, &document, DONE])).await;
        let error = too_large(outcome, MEMBERS);
        assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
        too_large(finish(Reply::sse([&document])).await, MEMBERS);
    }
}

#[tokio::test]
async fn json_within_an_unknown_field_is_one_member() {
    let nested = list(100_000, |_| "{}".into());
    let document = format!(r#"{{"x":[{nested}],"choices":[{{"message":{{"content":"Hi"}}}}]}}"#);
    let answer = invoke(Reply::json_text(document)).await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hi"));
}

/// Walks over two pages of which this is the first. Returns what of it was odd, and the end of the walk.
async fn walk(first: String) -> (Option<(usize, usize)>, Result<usize, Error>) {
    let memory = MemoryTransport::new();
    memory.allow_unused().reply_json_text(first);
    memory.reply_json_text(r#"{"data":[{"id":"last"}],"has_more":false}"#);
    let mut pages = memory.client().deployments().list().pages();
    let (mut odd, mut items) = (None, 0);
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                items += page.data.len();
                let meta = page.meta();
                odd = odd.or(Some((meta.warnings().len(), meta.omitted_warnings())));
            }
            Err(error) => return (odd, Err(error)),
        }
    }
    (odd, Ok(items))
}

#[tokio::test]
async fn a_page_with_a_hundred_odd_fields_is_followed() {
    let items = list(100, |n| format!(r#"{{"id":"{n}","key":7}}"#));
    let page = format!(r#"{{"data":[{items}],"has_more":true}}"#);
    let (odd, end) = walk(page).await;
    assert_eq!((odd, end.unwrap()), (Some((64, 36)), 101));
}

#[tokio::test]
async fn an_item_that_is_lost_after_many_odd_fields_ends_the_walk() {
    let items = list(100, |n| format!(r#"{{"id":"{n}","key":7}}"#));
    let page = format!(r#"{{"data":[{items},"lost"],"has_more":true}}"#);
    let (odd, end) = walk(page).await;
    assert_eq!(odd, Some((65, 36)));
    let error = end.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().unwrap().contains("data[100]"), "{error}");
}

#[test]
fn an_empty_function_is_kept_when_a_request_is_read_and_written() {
    for text in [
        r#"{"key":"k","messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{}}]}]}"#,
        r#"{"key":"k","extra_params":{"tools":[{"type":"function","function":{}}]}}"#,
    ] {
        let request: DeploymentRequest = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), text);
        if let Some([Message::Assistant(message)]) = request.messages.as_deref() {
            let call = &message.tool_calls.as_ref().unwrap()[0];
            assert!(call.function.is_some());
        }
    }
}
