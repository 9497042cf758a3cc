//! A property of bodies that may be an event stream, a document or neither: chunks don't change what they are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use futures::executor::block_on;
use orq_core::{DeploymentRequest, Error, model::Completion};
use orq_testkit::{Fault, MemoryTransport, Reply};
use proptest::{collection::vec, prelude::*, sample::Index};

fn finish(reply: Reply) -> Result<Completion, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    let call = memory
        .client()
        .deployments()
        .stream(&DeploymentRequest::new("chat"));
    block_on(async { Ok(call.await?.finish().await?.into_inner()) })
}

/// A reply with this content type, and the body in these pieces.
fn typed(media_type: &str, pieces: Vec<&[u8]>) -> Reply {
    let pieces = pieces.into_iter().map(<[u8]>::to_vec);
    let reply = Reply::status(200, "").chunks(pieces);
    match media_type {
        "" => reply,
        media_type => reply.header("content-type", media_type),
    }
}

/// What a caller gets of an answer.
fn seen(outcome: Result<Completion, Error>) -> impl PartialEq + std::fmt::Debug {
    outcome.map_err(|error| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        (
            error.kind(),
            text(error.code()),
            text(error.message()),
            error.body().cloned(),
            error.partial().cloned(),
        )
    })
}

/// A part of a body that may be an event stream, a document, or neither.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\n\n",
        " ",
        "data: ",
        "data: ",
        "data:",
        "data",
        "da",
        "event: error\n",
        "event: x\n",
        ": ping",
        "id: 1",
        "foo: bar",
        "error: ",
        "error",
        "Data: ",
        "data : ",
        "\u{feff}",
        "{",
        "}",
        "[",
        "]",
        "<html>",
        "Bad gateway",
        "[DONE]",
        "[DONE]",
        "[DO",
        "1",
        "{\"error\":{\"code\":\"slow\",",
        "\"message\":\"Slow down\"}}",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":",
        "\"lo\"}}]}",
        "{\"is_final\":true}",
        "{\"error\":\"slow\"}\n",
        "\n[DONE]\n",
        "<p>\n",
        "\ndata: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n",
        "\ndata: {\"choices\":[{\"message\":{\"content\":\"lo\"}}]}\n",
        "\ndata: [DONE]\n\n",
        "\u{e9}",
    ])
}

proptest! {
    #[test]
    fn chunks_do_not_change_what_a_body_is(
        parts in vec(fragment(), 0..12),
        cuts in vec(any::<Index>(), 0..6),
        media_type in prop::sample::select(vec!["text/event-stream", "application/json", "text/plain", ""]),
        reset in any::<bool>(),
    ) {
        let body = parts.concat();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let bytes = body.as_bytes();
        let split: Vec<_> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
        let end = |reply: Reply| match reset {
            true => reply.break_off(Fault::Reset),
            false => reply,
        };
        let whole = seen(finish(end(typed(media_type, vec![bytes]))));
        prop_assert_eq!(&seen(finish(end(typed(media_type, split)))), &whole, "{:?}", body);
        prop_assert_eq!(&seen(finish(end(typed(media_type, bytes.chunks(1).collect())))), &whole, "{:?}", body);
    }
}
