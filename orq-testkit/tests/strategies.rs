//! What the strategies promise: values that are valid, that differ, and that shrink.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

use std::collections::BTreeSet;

use futures::executor::block_on;
use http::Request;
use orq_core::{
    Client, Completion, CompletionChunk, DeploymentRequest, Error, Message,
    model::{ContentPart, KnowledgeFilter},
    transport::HttpTransport,
};
use orq_testkit::{
    FakeOrq, MemoryTransport, Reply,
    strategy::{
        Chunking, StreamedCompletion, chunking, completion, deployment_request, sse_transcript,
        streamed_completion,
    },
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner},
};
use serde_json::{Value, json};

/// What a client makes of these chunks of bytes.
fn assembled(chunks: Vec<Vec<u8>>) -> Result<Completion, Error> {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse_chunks(chunks));
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    block_on(async { Ok(call.await?.finish().await?.into_inner()) })
}

/// Enough values of a strategy, always the same.
fn values<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..400)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// The smallest value that `holds` is false for, as far as shrinking finds it.
fn smallest<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    holds: impl Fn(&T) -> bool,
) -> T {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let always_the_same = TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, always_the_same);
    let result = runner.run(&strategy, |value| match holds(&value) {
        true => Ok(()),
        false => Err(TestCaseError::fail("it does not hold")),
    });
    match result {
        Err(TestError::Fail(_, smallest)) => smallest,
        other => unreachable!("it holds, or can't be tried: {other:?}"),
    }
}

proptest! {
    #[test]
    fn a_request_survives_writing_and_reading(request in deployment_request()) {
        let json = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<DeploymentRequest>(&json).unwrap(), request);
    }

    #[test]
    fn the_double_accepts_every_request(mut request in deployment_request()) {
        request.key = "chat".to_owned();
        let body = serde_json::to_vec(&request).unwrap();
        for verb in ["invoke", "stream", "get_config"] {
            let request = Request::post(format!("https://my.orq.ai/v2/deployments/{verb}"))
                .header("authorization", format!("Bearer {}", FakeOrq::DEFAULT_API_KEY))
                .body(body.clone().into())
                .unwrap();
            let response = block_on(FakeOrq::new().send(request)).unwrap();
            prop_assert_eq!(response.status(), 200, "{}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn a_client_sends_every_request(mut request in deployment_request()) {
        request.key = "chat".to_owned();
        let client = Client::new(FakeOrq::new(), FakeOrq::DEFAULT_API_KEY).unwrap();
        let deployments = client.deployments();
        block_on(async {
            deployments.invoke(&request).await?;
            deployments.stream(&request).await?.finish().await?;
            deployments.get_config(&request).await
        })
        .unwrap();
    }

    #[test]
    fn an_answer_survives_writing_and_reading(answer in completion()) {
        let json = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(serde_json::from_str::<Completion>(&json).unwrap(), answer);
    }

    #[test]
    fn an_answer_comes_through_a_client_without_a_warning(answer in completion()) {
        let memory = MemoryTransport::new();
        memory.reply_json(&answer);
        let call = memory.client().deployments().invoke(&DeploymentRequest::new("chat"));
        let response = block_on(call).unwrap();
        prop_assert!(response.meta().warnings().is_empty(), "{:?}", response.meta().warnings());
        prop_assert_eq!(response.into_inner(), answer);
    }

    #[test]
    fn a_stream_is_put_together_again_whatever_the_chunks(
        streamed in streamed_completion(completion()),
        chunking in chunking(),
    ) {
        let body = streamed.body();
        let chunks = chunking.split(&body).into_iter().map(<[u8]>::to_vec).collect();
        prop_assert_eq!(assembled(chunks).unwrap(), streamed.completion);
    }

    #[test]
    fn a_stream_is_made_of_chunks_and_the_end_mark(streamed in streamed_completion(completion())) {
        let (end, chunks) = streamed.events.split_last().unwrap();
        prop_assert_eq!(end, "[DONE]");
        prop_assert!(!chunks.is_empty());
        for chunk in chunks {
            let chunk: CompletionChunk = serde_json::from_str(chunk).unwrap();
            prop_assert!(chunk.choices.iter().all(|choice| choice.index.is_some()));
        }
    }
}

#[test]
fn an_answer_of_one_s_own_can_be_streamed() {
    let answer: Completion = serde_json::from_value(json!({
        "choices": [{"message": {"content": "Zoë: 18 °C", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}}],
    }))
    .unwrap();
    for streamed in values(streamed_completion(Just(answer))) {
        let whole = assembled(vec![streamed.body()]).unwrap();
        assert_eq!(whole, streamed.completion);
        assert_eq!(whole.text().as_deref(), Some("Zoë: 18 °C"));
        assert_eq!(whole.tool_calls()[0].index, Some(0));
    }
}

// They differ.

#[test]
fn every_field_of_a_request_is_set_at_times() {
    let mut fields = BTreeSet::new();
    let (mut roles, mut parts, mut filters) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for request in values(deployment_request()) {
        let json = serde_json::to_value(&request).unwrap();
        fields.extend(json.as_object().unwrap().keys().cloned());
        for message in json["messages"].as_array().into_iter().flatten() {
            roles.insert(message["role"].to_string());
            for part in message["content"].as_array().into_iter().flatten() {
                parts.insert(part["type"].to_string());
            }
        }
        let joined = |filter: &KnowledgeFilter, operator: &'static str| {
            let list = filter.as_map().get(operator)?;
            list.json().starts_with('[').then_some(operator)
        };
        filters.extend(request.knowledge_filter.map(|filter| {
            joined(&filter, "and")
                .or_else(|| joined(&filter, "or"))
                .unwrap_or("fields")
        }));
    }
    let all = [
        "context",
        "documents",
        "extra_params",
        "file_ids",
        "identity",
        "inputs",
        "invoke_options",
        "key",
        "knowledge_filter",
        "messages",
        "metadata",
        "prefix_messages",
        "thread",
    ];
    assert_eq!(Vec::from_iter(fields), all);
    assert_eq!(roles.len(), 5, "{roles:?}");
    assert_eq!(parts.len(), 7, "{parts:?}");
    assert_eq!(Vec::from_iter(filters), ["and", "fields", "or"]);
}

#[test]
fn answers_have_all_that_answers_can_have_at_times() {
    let answers = values(completion());
    let some = |holds: &dyn Fn(&Completion) -> bool| answers.iter().any(holds);
    assert!(some(&|it| it.text().is_some_and(|text| !text.is_ascii())));
    assert!(some(&|it| it.tool_calls().len() > 1));
    assert!(some(&|it| it.image_url().is_some()));
    assert!(some(&|it| it.refusal().is_some()));
    assert!(some(&|it| it.reasoning().is_some()));
    assert!(some(&|it| it.usage().is_some()));
    assert!(some(&|it| it
        .retrievals
        .as_ref()
        .is_some_and(|found| !found.is_empty())));
    assert!(some(&|it| it.choices.len() > 1));
    assert!(some(&|it| it
        .provider
        .as_ref()
        .is_some_and(|who| who.as_str() == "newcomer")));
    assert!(some(&|it| it
        .finish_reason()
        .is_some_and(|why| why.as_str() == "boredom")));
    assert!(some(&|it| !it.extra.is_empty()));
    assert!(some(&|it| it
        .message()
        .is_some_and(|message| message.kind.is_none())));
    assert!(some(&|it| it.id.is_none()));
}

#[test]
fn streams_are_cut_in_many_ways() {
    let streams = values(streamed_completion(completion()));
    let chunks = |streamed: &StreamedCompletion| -> Vec<Value> {
        let (_, chunks) = streamed.events.split_last().unwrap();
        chunks
            .iter()
            .map(|chunk| serde_json::from_str(chunk).unwrap())
            .collect()
    };
    let cut: Vec<_> = streams.iter().map(chunks).collect();
    let some = |holds: &dyn Fn(&Value) -> bool| cut.iter().flatten().any(holds);
    assert!(cut.iter().any(|chunks| chunks.len() > 20));
    assert!(
        some(&|chunk| chunk["choices"].as_array().unwrap().len() > 1),
        "joined"
    );
    assert!(
        some(&|chunk| chunk["choices"] == json!([]) && chunk["usage"].is_object()),
        "late usage"
    );
    assert!(some(
        &|chunk| chunk.get("model").is_none() && chunk["choices"][0].is_object()
    ));
    let by_index = json!({"index": 1, "function": {"arguments": "{}"}});
    assert!(some(&|chunk| chunk["choices"][0]["message"]["tool_calls"]
        [0]
        == by_index));
}

// They shrink.

#[test]
fn a_long_text_shrinks_to_the_shortest_that_is_too_long() {
    let text = |answer: &Completion| answer.text().unwrap_or_default().chars().count();
    let answer = smallest(completion(), |answer| text(answer) <= 3);
    assert_eq!(text(&answer), 4);
    assert_eq!((answer.choices.len(), answer.extra.len()), (1, 0));
    assert!(answer.usage.is_absent() && answer.retrievals.is_none() && answer.model.is_none());
}

#[test]
fn a_request_shrinks_to_what_makes_it_fail() {
    let has_image = |request: &DeploymentRequest| {
        let messages = request.messages.iter().flatten();
        let parts = |message: &Message| match message {
            Message::User(user) => user.content.parts().to_vec(),
            _ => Vec::new(),
        };
        messages
            .flat_map(parts)
            .any(|part| matches!(part, ContentPart::ImageUrl(_)))
    };
    let request = smallest(deployment_request(), |request| !has_image(request));
    let expected = json!({
        "key": request.key,
        "messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        ]}],
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
}

#[test]
fn a_stream_shrinks_to_few_chunks() {
    let all = streamed_completion(completion());
    let streamed = smallest(all, |streamed| streamed.events.len() <= 5);
    assert!(streamed.events.len() <= 8, "{:#?}", streamed.events);
}

#[test]
fn a_transcript_shrinks() {
    let bytes = smallest(sse_transcript(), |bytes| !bytes.contains(&b'\r'));
    assert!(bytes.len() <= 4, "{bytes:?}");
}

#[test]
fn a_chunking_shrinks() {
    let bytes = [0; 100];
    let fewer_than_three = |chunking: &Chunking| {
        let chunks = chunking.split(&bytes).into_iter();
        chunks.filter(|chunk| !chunk.is_empty()).count() < 3
    };
    let chunking = smallest(chunking(), |chunking| fewer_than_three(chunking));
    assert!(chunking.split(&bytes).len() <= 4, "{chunking:?}");
}
