//! Event streams with something else in them than chunks of an answer.

use futures::StreamExt;
use orq_core::{ErrorKind, RetryAdvice, transport::Phase};
use orq_testkit::Reply;

use super::{DONE, FINAL, HEL, finish, open};

#[tokio::test]
async fn a_failure_in_mid_stream_says_where_it_happened_and_in_the_servers_words() {
    let shapeless = r#"{"error":{"reason":"the dog ate it","failures":[1]}}"#;
    let no_json = "Internal server error: the dog ate it";
    for (event, kind) in [
        (shapeless, ErrorKind::StreamError),
        (no_json, ErrorKind::Decode),
    ] {
        let error = finish(Reply::sse([HEL, event])).await.unwrap_err();
        assert_eq!((error.kind(), error.phase()), (kind, Some(Phase::Body)));
        assert_eq!(error.body().unwrap(), event);
        assert_eq!(error.status().unwrap(), 200);
    }
}

#[tokio::test]
async fn a_streamed_refusal_for_money_is_pointless_to_repeat() {
    for (code, advice) in [
        ("cost_budget_exceeded", RetryAdvice::Never),
        ("provider_error", RetryAdvice::MayDuplicate),
    ] {
        let event = format!(r#"{{"error":{{"code":"{code}","message":"No"}}}}"#);
        let error = open(Reply::sse([event])).await.unwrap_err();
        assert_eq!(error.retry_advice(), advice, "{error}");
    }
}

#[tokio::test]
async fn an_error_beside_an_empty_choice_is_an_error() {
    let event = r#"{"id":"1","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#;
    let error = finish(Reply::sse([HEL, event, DONE])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StreamError);
    assert_eq!(
        (error.code(), error.message()),
        (Some("502"), Some("Provider disconnected"))
    );
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn an_error_field_that_says_nothing_is_no_error() {
    for nothing in ["null", "false", "\"\"", "{}", "[]", "0"] {
        let usage = format!(r#"{{"choices":[],"usage":{{"total_tokens":3}},"error":{nothing}}}"#);
        let answer = finish(Reply::sse([HEL, &usage, DONE])).await.unwrap();
        assert_eq!(answer.text().as_deref(), Some("Hel"), "{nothing}");
        assert_eq!(answer.usage.as_option().unwrap().total_tokens, Some(3));
    }
}

#[tokio::test]
async fn an_event_of_an_unknown_type_may_hold_anything_but_an_error() {
    let with = |event: &str| {
        Reply::sse_chunks([format!("data: {HEL}\n\nevent: status\n{event}\n\n")])
            .chunk(format!("data: {FINAL}\n\ndata: [DONE]\n\n"))
    };
    let answer = finish(with(r#"data: {"message":"searching"}"#))
        .await
        .unwrap();
    assert_eq!(
        (answer.text().as_deref(), answer.meta().warnings().len()),
        (Some("Hel!"), 0)
    );
    for unreadable in ["data: ping", "data: [1]", "data: {"] {
        let answer = finish(with(unreadable)).await.unwrap();
        assert_eq!(answer.text().as_deref(), Some("Hel!"), "{unreadable}");
        let warning = answer.meta().warnings()[0].to_string();
        assert_eq!(warning, "skipped an event of type \"status\"");
    }
    let error = finish(with(r#"data: {"error":{"message":"No"}}"#))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::StreamError, Some("No"))
    );
}

#[tokio::test]
async fn an_odd_chunk_costs_the_stream_no_more_than_itself() {
    for odd in [
        "{}",
        "{}{}",
        r#"{"choices":null}"#,
        r#"{"choices":[null]}"#,
        r#"{"choices":[1,[],{}]}"#,
        r#"{"choices":{"0":{}}}"#,
        r#"{"choices":[{"index":-1}]}"#,
        r#"{"choices":[{"index":1e400}]}"#,
        r#"{"choices":[{"index":18446744073709551615,"message":{"content":"x"}}]}"#,
        r#"{"choices":[{"message":{"tool_calls":[{"index":18446744073709551615,"function":null},{"function":7}]}}]}"#,
    ] {
        let answer = finish(Reply::sse([HEL, odd, FINAL, DONE])).await;
        assert_eq!(answer.unwrap().text().as_deref(), Some("Hel!"), "{odd}");
    }
    for (odd, found) in [
        ("true", "expected an object, found a boolean"),
        (r#""x""#, "expected an object, found a string"),
        ("{}[DONE", "expected value at line 1 column 2"),
    ] {
        let error = finish(Reply::sse([HEL, odd, DONE])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let message = format!("an event can't be read: {found}");
        assert_eq!(error.message(), Some(message.as_str()), "{odd}");
    }
}

#[tokio::test]
async fn an_index_in_quotes_does_not_mix_two_choices() {
    let answer = finish(Reply::sse([
        r#"{"choices":[{"index":"0","message":{"content":"A"}}]}"#,
        r#"{"choices":[{"index":"1","message":{"content":"B"}}]}"#,
        DONE,
    ]));
    assert_eq!(answer.await.unwrap().text().as_deref(), Some("A"));
}

#[tokio::test]
async fn whole_tool_calls_without_id_and_index_stay_two() {
    let call = |name| {
        format!(
            r#"{{"choices":[{{"index":0,"message":{{"tool_calls":[{{"type":"function","function":{{"name":"{name}","arguments":"{{}}"}}}}]}}}}]}}"#
        )
    };
    let events = [call("weather"), call("time"), DONE.to_owned()];
    let answer = finish(Reply::sse(events)).await.unwrap();
    let calls: Vec<_> = answer
        .tool_calls()
        .iter()
        .map(|call| {
            (
                call.name(),
                call.function
                    .as_ref()
                    .and_then(|it| it.arguments.as_deref()),
            )
        })
        .collect();
    assert_eq!(calls, [("weather", Some("{}")), ("time", Some("{}"))]);
}

#[tokio::test]
async fn reasoning_by_its_other_name_is_joined() {
    let answer = finish(Reply::sse([
        r#"{"choices":[{"index":0,"message":{"reasoning_content":"Let "}}]}"#,
        r#"{"choices":[{"index":0,"message":{"reasoning_content":"me"}}]}"#,
        DONE,
    ]));
    assert_eq!(answer.await.unwrap().reasoning(), Some("Let me"));
}

#[tokio::test]
async fn the_content_type_may_be_spelled_in_any_way_or_be_missing() {
    for spelled in [
        "text/event-stream; charset=utf-8",
        "TEXT/EVENT-STREAM",
        "Text/Event-Stream ; x=y",
    ] {
        let reply = Reply::sse([HEL, DONE]).header("content-type", spelled);
        assert_eq!(finish(reply).await.unwrap().text().as_deref(), Some("Hel"));
    }
    let events = format!(": hello\n\ndata: {HEL}\n\ndata: [DONE]\n\n");
    for untyped in [HEL.to_owned(), format!("\n {HEL}"), events] {
        let answer = finish(Reply::status(200, untyped.clone())).await;
        assert_eq!(answer.unwrap().text().as_deref(), Some("Hel"), "{untyped}");
    }
}

#[tokio::test]
async fn text_and_deltas_stay_ended() {
    for (events, items) in [(vec![HEL, DONE], 1), (vec![HEL], 2)] {
        let mut text = open(Reply::sse(&events)).await.unwrap().into_text();
        let mut deltas = open(Reply::sse(&events)).await.unwrap().into_deltas();
        for _ in 0..items {
            assert!(text.next().await.is_some());
            assert!(deltas.next().await.is_some());
        }
        for _ in 0..3 {
            assert!(text.next().await.is_none());
            assert!(deltas.next().await.is_none());
        }
    }
}
