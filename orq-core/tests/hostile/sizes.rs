//! Answers that would fill the memory, or the stack.

use std::time::Duration;

use bytes::Bytes;
use futures::executor::block_on;
use orq_core::{
    Client, Error, ErrorKind, Limits, Response,
    model::Completion,
    retry::{Backoff, StandardRetry},
};
use orq_testkit::{MemoryTransport, Reply};

use super::{DONE, HEL, alloc, eager, finish, invoke, request};

const KIB: usize = 1024;

/// Reads a stream of `times` this event and an end mark. Returns the most bytes that were held at once, too, beside
/// those of the event itself.
fn read(
    event: &str,
    times: usize,
    limits: &Limits,
) -> (Result<Response<Completion>, Error>, usize) {
    let event = Bytes::from(format!("data: {event}\n\n"));
    let end = Bytes::from_static(b"data: [DONE]\n\n");
    let (outcome, counts) = alloc::count(|| {
        let memory = MemoryTransport::new();
        let chunks = std::iter::repeat_n(event.clone(), times).chain([end]);
        memory.reply(Reply::sse_chunks(chunks));
        let builder = Client::builder(memory.handle()).api_key("test-key");
        let client = builder.limits(limits.clone()).build().unwrap();
        let call = client.deployments().stream(&request());
        block_on(async { call.await?.finish().await })
    });
    (outcome, counts.peak)
}

#[test]
fn text_beyond_the_limit_is_not_kept() {
    let text = "x".repeat(32 * KIB);
    let event = format!(r#"{{"choices":[{{"message":{{"content":"{text}"}}}}]}}"#);
    let limits = Limits::default().completion(2 * event.len());
    let (outcome, _) = read(&event, 2, &limits);
    assert_eq!(outcome.unwrap().text().unwrap().len(), 2 * text.len());
    let (outcome, peak) = read(&event, 256, &limits);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.partial().unwrap().text().unwrap().len(),
        2 * text.len()
    );
    assert!(peak < 8 * limits.completion, "{} KiB", peak / KIB);
}

#[test]
fn what_stands_outside_of_events_is_kept_within_a_limit() {
    let limits = Limits::default().response_body(64 * KIB);
    for stray in ["<p>", "{\"choices\":[{}]}", "{", "[[", "{\"error\":"] {
        let event = format!("{{}}\n{stray}\n{}\n", stray.repeat(1024));
        let (outcome, peak) = read(&event, 1024, &limits);
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.body().unwrap().len(), limits.error_body);
        assert!(peak < 1024 * KIB, "{} KiB", peak / KIB);
    }
}

#[test]
fn an_event_of_many_objects_takes_a_few_times_its_size() {
    let glued = "{}".repeat(32 * KIB);
    let (outcome, peak) = read(&glued, 1, &Limits::default());
    assert_eq!(outcome.unwrap().choices.len(), 0);
    assert!(peak < 4 * glued.len(), "{} KiB", peak / KIB);
}

#[test]
fn an_unended_event_of_many_objects_takes_a_few_times_its_size() {
    let glued = format!("data: {}", "{}".repeat(16 * KIB));
    for end in ["", "[DONE]", "{"] {
        let (outcome, counts) = alloc::count(|| {
            let chunk = format!("{glued}{end}");
            block_on(finish(Reply::sse_chunks([chunk])))
        });
        assert_eq!(outcome.is_ok(), end == "[DONE]");
        assert!(counts.peak < 8 * glued.len(), "{} KiB", counts.peak / KIB);
    }
}

#[test]
fn choices_tool_calls_and_unknown_fields_are_bounded_in_number() {
    let list = |count: usize, of: &dyn Fn(usize) -> String| {
        let members: Vec<_> = (0..count).map(of).collect();
        members.join(",")
    };
    let numbered = |n: usize| format!(r#"{{"index":{n}}}"#);
    let events: [(&str, &dyn Fn(usize) -> String); 4] = [
        ("choices", &|count| {
            format!(r#"{{"choices":[{}]}}"#, list(count, &numbered))
        }),
        ("choices in reverse", &|count| {
            let reversed = list(count, &|n| numbered(count - n));
            format!(r#"{{"choices":[{reversed}]}}"#)
        }),
        ("tool calls", &|count| {
            let calls = list(count, &numbered);
            format!(r#"{{"choices":[{{"message":{{"tool_calls":[{calls}]}}}}]}}"#)
        }),
        ("fields", &|count| {
            format!("{{{}}}", list(count, &|n| format!(r#""f{n}":0"#)))
        }),
    ];
    for (what, event) in events {
        let (outcome, _) = read(&event(1000), 2, &Limits::default());
        let answer = outcome.unwrap();
        let members = |answer: &Completion| {
            let calls = answer.tool_calls().len();
            answer.choices.len().max(calls).max(answer.extra.len())
        };
        assert_eq!(members(&answer), 1000, "{what}");
        let (outcome, _) = read(&event(5000), 1, &Limits::default());
        let kept = match &outcome {
            Ok(answer) => members(answer),
            Err(error) => members(error.partial().unwrap()),
        };
        assert!(kept <= 4096, "{kept} {what}");
        assert_eq!(
            outcome.map(|_| ()).map_err(|error| error.kind()),
            Err(ErrorKind::TooLarge),
            "{what}"
        );
    }
}

#[tokio::test]
async fn warnings_are_bounded_in_number_and_length() {
    let long = format!("event: {}\ndata: [1]\n\n", "x".repeat(64 * KIB));
    let skipped = Bytes::from(long);
    let many = Bytes::from_static(b"data: {\"choices\":[1,2,3,4,5,6,7,8]}\n\n");
    for (event, kept, omitted) in [(skipped, 64, 36), (many, 65, 735)] {
        let chunks = std::iter::repeat_n(event, 100);
        let reply = Reply::sse_chunks(chunks).chunk("data: [DONE]\n\n");
        let answer = finish(reply).await.unwrap();
        assert_eq!(answer.meta().warnings().len(), kept);
        assert_eq!(answer.meta().omitted_warnings(), omitted);
        let longest = answer
            .meta()
            .warnings()
            .iter()
            .map(|warning| warning.message.len());
        assert!(longest.max().unwrap() < 128);
    }
}

#[test]
fn an_error_is_searched_for_in_a_few_passes() {
    let members = (0..60_000).map(|index| format!("\"k{index}\":1"));
    let members = members.collect::<Vec<_>>().join(",");
    for open in ["{\"error\":", "{\"message\":", "{\"a\":{\"error\":", "["] {
        let close = open.replace(|c: char| !"{[".contains(c), "");
        let close = close.replace('{', "}").replace('[', "]");
        let body = format!("{}{{{members}}}{}", open.repeat(7), close.repeat(7));
        let mut response = http::Response::new(body.into());
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        let (error, counts) = alloc::count(|| Error::from_response(response));
        assert_eq!(error.code(), None);
        assert!(counts.allocations < 1000, "{open}: {counts:?}");
    }
}

#[tokio::test]
async fn no_depth_of_brackets_overflows_the_stack() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for harmless in [
        format!(r#"{{"x":{deep}}}"#),
        format!(r#"{{"choices":[{{"message":{{"content":{deep}}}}}]}}"#),
        format!(r#"{{"retrievals":[{{"x":{deep}}}]}}"#),
        format!(
            r#"{{"choices":[{{"message":{{"tool_calls":[{{"function":{{"arguments":{deep}}}}}]}}}}]}}"#
        ),
    ] {
        let answer = finish(Reply::sse([HEL, &harmless, &harmless, DONE])).await;
        assert!(answer.unwrap().text().is_some(), "{harmless:.60}");
    }
    for (event, kind) in [
        (deep.clone(), ErrorKind::Decode),
        (format!(r#"{{"error":{deep}}}"#), ErrorKind::StreamError),
        (
            format!(r#"{{"error":{{"message":{deep}}}}}"#),
            ErrorKind::StreamError,
        ),
    ] {
        let error = finish(Reply::sse([HEL, &event])).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{event:.60}");
        let error = invoke(Reply::json_text(event.clone()).with_status(400)).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Api, "{event:.60}");
    }
}

#[tokio::test]
async fn more_members_than_the_bound_are_an_error_that_names_it() {
    let elements = vec!["{}"; 65_536].join(",");
    let answer = format!(r#"{{"choices":[{elements}]}}"#);
    let why = "it has more than 65536 list elements and object members";
    let error = invoke(Reply::json_text(answer.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let message = format!("the answer (application/json) can't be read: {why}");
    assert_eq!(error.message(), Some(message.as_str()));
    assert!(error.body().unwrap().starts_with(b"{\"choices\":[{}"));

    let error = finish(Reply::sse([HEL, answer.as_str(), DONE]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let message = format!("an event can't be read: {why}");
    assert_eq!(error.message(), Some(message.as_str()));
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[test]
fn the_record_of_attempts_is_not_copied_for_each_of_them() {
    let allocations = |attempts: u32| {
        let (_, counts) = alloc::count(|| {
            let memory = MemoryTransport::new();
            let script = memory.on("chat").times(attempts as usize);
            script.reply(Reply::status(429, "Slow down"));
            let at_once = Backoff::exponential(Duration::ZERO, Duration::ZERO);
            let retry = StandardRetry::new().backoff(at_once);
            let client = eager(&memory).to_builder().retry_budget(None);
            let client = client.build().unwrap();
            let call = client.deployments().invoke(&request());
            let call = call.retry(retry.max_attempts(attempts));
            let error = block_on(call).unwrap_err();
            assert_eq!(error.attempts().len(), attempts as usize);
        });
        counts.allocations
    };
    let [few, many] = [32, 512].map(allocations);
    assert!(many < 20 * few, "{many} and {few}");
}
