//! Properties of streamed answers: whatever way an answer is cut into chunks it is put together again, and a
//! cut stream is never taken for a whole one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use futures::executor::block_on;
use orq_core::{DeploymentRequest, Error, ErrorKind, model::Completion};
use orq_testkit::{MemoryTransport, Reply};
use proptest::{collection::vec, option, prelude::*, sample::Index};
use serde_json::{Value, json};

fn finish(reply: Reply) -> Result<Completion, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    block_on(async { Ok(call.await?.finish().await?.into_inner()) })
}

/// One field of a choice's message, to be sent in pieces. A tool call's field is addressed by its position.
#[derive(Clone, Debug)]
struct Field {
    choice: usize,
    call: Option<usize>,
    name: &'static str,
    pieces: Vec<String>,
}

#[derive(Clone, Debug)]
struct Answer {
    whole: Value,
    fields: Vec<Field>,
}

/// Text in up to five pieces, with characters of every length in UTF-8.
fn pieces() -> impl Strategy<Value = Vec<String>> {
    vec("[a-z\"\\\\\n\u{e9}\u{20ac}\u{1f600}]{0,6}", 1..5)
}

prop_compose! {
    fn choice()(
        text in option::of(pieces()),
        reasoning in option::of((pieces(), pieces())),
        refusal in option::of(pieces()),
        calls in vec(("[a-z]{1,8}", pieces()), 0..3),
        finish in prop::sample::select(vec!["stop", "length", "tool_calls", "tomorrow"]),
    ) -> (Value, Vec<(Option<usize>, &'static str, Vec<String>)>) {
        let mut message = json!({ "role": "assistant", "type": if calls.is_empty() { "content" } else { "tool_calls" } });
        let mut fields = Vec::new();
        let mut add = |name: &'static str, pieces: Vec<String>| {
            message[name] = pieces.concat().into();
            fields.push((None, name, pieces));
        };
        if let Some(text) = text {
            add("content", text);
        }
        if let Some((reasoning, signature)) = reasoning {
            add("reasoning", reasoning);
            add("reasoning_signature", signature);
        }
        if let Some(refusal) = refusal {
            add("refusal", refusal);
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.iter().enumerate().map(|(at, (name, arguments))| json!({
                "id": format!("call_{at}"), "index": at, "type": "function",
                "function": { "name": name, "arguments": arguments.concat() },
            })).collect();
            fields.extend(calls.into_iter().enumerate().map(|(at, (_, arguments))| (Some(at), "arguments", arguments)));
        }
        (json!({ "message": message, "finish_reason": finish }), fields)
    }
}

prop_compose! {
    fn answer()(choices in vec(choice(), 1..4), total in any::<u64>()) -> Answer {
        let mut whole = json!({
            "id": "01J", "created": "2026-01-01T00:00:00Z", "object": "chat", "model": "m", "provider": "tomorrow",
            "is_final": true, "telemetry": { "trace_id": "t", "span_id": "s" }, "tomorrow": [1],
            "usage": { "total_tokens": total }, "choices": [],
        });
        let mut fields = Vec::new();
        for (at, (mut choice, of_choice)) in choices.into_iter().enumerate() {
            choice["index"] = at.into();
            whole["choices"].as_array_mut().unwrap().push(choice);
            let field = |(call, name, pieces)| Field { choice: at, call, name, pieces };
            fields.extend(of_choice.into_iter().map(field));
        }
        Answer { whole, fields }
    }
}

/// The answer as chunks: the pieces of all fields, interleaved as `order` says, several of them in one chunk
/// where `join` says so, with what comes once put into the first or the last chunk.
fn chunks(answer: &Answer, order: &[Index], join: &[bool]) -> Vec<Value> {
    let whole = &answer.whole;
    let mut waiting: Vec<_> = answer.fields.iter().map(|field| (field, 0)).collect();
    let mut chunks: Vec<Value> = Vec::new();
    let mut first = json!({ "choices": [] });
    for (at, choice) in whole["choices"].as_array().unwrap().iter().enumerate() {
        let mut message =
            json!({ "role": choice["message"]["role"], "type": choice["message"]["type"] });
        if let Some(calls) = choice["message"]["tool_calls"].as_array() {
            message["tool_calls"] = calls.clone().into();
            for call in message["tool_calls"].as_array_mut().unwrap() {
                call["function"]["arguments"] = "".into();
            }
        }
        first["choices"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "index": at, "message": message }));
    }
    for key in ["id", "created", "object", "model", "provider"] {
        first[key] = whole[key].clone();
    }
    chunks.push(first);
    let mut step = 0;
    while !waiting.is_empty() {
        let pick = order[step % order.len()].index(waiting.len());
        let (field, next) = &mut waiting[pick];
        let piece = &field.pieces[*next];
        let message = match field.call {
            None => json!({ field.name: piece }),
            Some(call) => {
                json!({ "tool_calls": [{ "index": call, "function": { "arguments": piece } }] })
            }
        };
        let entry = json!({ "index": field.choice, "message": message });
        match chunks.last_mut() {
            Some(last) if join[step % join.len()] => {
                last["choices"].as_array_mut().unwrap().push(entry)
            }
            _ => chunks.push(json!({ "choices": [entry] })),
        }
        *next += 1;
        if *next == field.pieces.len() {
            waiting.remove(pick);
        }
        step += 1;
    }
    let mut last = json!({ "choices": [] });
    for (at, choice) in whole["choices"].as_array().unwrap().iter().enumerate() {
        let entry = json!({ "index": at, "finish_reason": choice["finish_reason"] });
        last["choices"].as_array_mut().unwrap().push(entry);
    }
    for key in ["is_final", "telemetry", "tomorrow", "usage"] {
        last[key] = whole[key].clone();
    }
    chunks.push(last);
    chunks
}

fn texts(chunks: &[Value]) -> Vec<String> {
    chunks.iter().map(Value::to_string).collect()
}

/// How many bytes of the transcript make the first `n` events whole: up to the empty line, which the last may lack.
fn ends(transcript: &str) -> Vec<usize> {
    let blanks = transcript.match_indices("\n\n");
    blanks.map(|(at, _)| at).collect()
}

proptest! {
    #[test]
    fn an_answer_in_chunks_is_put_together_again(
        answer in answer(),
        order in vec(any::<Index>(), 1..40),
        join in vec(any::<bool>(), 1..40),
        done in any::<bool>(),
    ) {
        let mut events = texts(&chunks(&answer, &order, &join));
        if done {
            events.push("[DONE]".to_owned());
        }
        let assembled = finish(Reply::sse(events)).unwrap();
        let expected: Completion = serde_json::from_value(answer.whole.clone()).unwrap();
        prop_assert_eq!(assembled, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(chunks in vec(vec(any::<u8>(), 0..40), 0..8), start in any::<bool>()) {
        let mut all: Vec<Vec<u8>> = Vec::new();
        if start {
            all.push(b"data: {\"choices\":[{\"index\":0,\"message\":{".to_vec());
        }
        all.extend(chunks);
        let _ = finish(Reply::sse_chunks(all));
    }
}

/// Each case tries every place to cut at, which are thousands.
fn few_cases() -> ProptestConfig {
    let all = ProptestConfig::default();
    ProptestConfig {
        cases: all.cases.div_ceil(32),
        ..all
    }
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn a_cut_before_the_end_mark_is_truncated_with_exactly_what_arrived(
        answer in answer(),
        order in vec(any::<Index>(), 1..40),
        done in any::<bool>(),
    ) {
        let mut chunks = chunks(&answer, &order, &[false]);
        if done {
            // Then `[DONE]` is the only end mark.
            let last = chunks.last_mut().unwrap();
            last.as_object_mut().unwrap().remove("is_final");
        }
        let mut events = texts(&chunks);
        if done {
            events.push("[DONE]".to_owned());
        }
        let transcript: String = events.iter().map(|data| format!("data: {data}\n\n")).collect();
        let ends = ends(&transcript);
        let mut partials = Vec::new();
        for arrived in 0..ends.len() {
            let mut whole = events[..arrived].to_vec();
            whole.push("[DONE]".to_owned());
            partials.push(finish(Reply::sse(whole)).unwrap());
        }
        for cut in 0..transcript.len() {
            let arrived = ends.iter().filter(|end| **end <= cut).count();
            let chunk = transcript.as_bytes()[..cut].to_vec();
            let outcome = finish(Reply::sse_chunks([chunk]));
            if arrived == ends.len() {
                prop_assert!(outcome.is_ok());
                continue;
            }
            let error = outcome.unwrap_err();
            prop_assert_eq!(error.kind(), ErrorKind::Truncated);
            prop_assert_eq!(error.partial().unwrap(), &partials[arrived]);
        }
        prop_assert!(finish(Reply::sse_chunks([transcript])).is_ok());
    }
}
