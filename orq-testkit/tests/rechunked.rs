//! Bodies in other chunks: whoever reads them sees the same.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, executor::block_on};
use http::Request;
use orq_core::{
    Client, Completion, DeploymentRequest,
    transport::{Body, HttpTransport, TransportErrorKind},
};
use orq_testkit::{
    FakeOrq, Fault, FaultInjector, Injection, MemoryTransport, Rechunked, Reply, rechunked,
};
use proptest::{collection::vec, prelude::*};

/// The body of `reply` as it comes with this seed.
fn body(memory: &MemoryTransport, reply: Reply, seed: u64) -> Body {
    memory.reply(reply);
    let transport = rechunked(seed)(Arc::new(memory.handle()));
    let request = Request::get("https://my.orq.ai/")
        .body(Bytes::new())
        .unwrap();
    block_on(transport.send(request)).unwrap().into_body()
}

/// The chunks of a body that ends well.
fn chunks(reply: Reply, seed: u64) -> Vec<Bytes> {
    let memory = MemoryTransport::new();
    block_on(body(&memory, reply, seed).map(Result::unwrap).collect())
}

fn request() -> DeploymentRequest {
    DeploymentRequest::new("reasoning")
        .message(orq_core::Message::user("Zoë: 18 °C 😀\r\n\u{2028}"))
}

/// What a client makes of the double's answer: its text piece by piece, and the whole.
fn answer(layer: impl FnOnce(Arc<dyn HttpTransport>) -> Rechunked) -> (String, Completion) {
    let builder = Client::builder(FakeOrq::new()).api_key(FakeOrq::DEFAULT_API_KEY);
    let client = builder.layer(layer).build().unwrap();
    block_on(async {
        let mut stream = client.deployments().stream(&request()).await.unwrap();
        let mut text = String::new();
        while let Some(piece) = stream.next_text().await.unwrap() {
            text += piece;
        }
        (text, stream.finish().await.unwrap().into_inner())
    })
}

#[test]
fn a_client_sees_the_same_answer_whatever_the_chunks() {
    let builder = Client::builder(FakeOrq::new()).api_key(FakeOrq::DEFAULT_API_KEY);
    let deployments = builder.build().unwrap().deployments();
    let plain = block_on(async { deployments.stream(&request()).await?.finish().await });
    let plain = plain.unwrap().into_inner();
    for seed in 0..200 {
        let (text, whole) = answer(rechunked(seed));
        assert_eq!(text, plain.text().unwrap(), "seed {seed}");
        assert_eq!(whole, plain, "seed {seed}");
    }
}

#[test]
fn each_chunk_is_one_byte_if_that_is_asked_for() {
    let memory = MemoryTransport::new();
    let transport = Rechunked::bytewise(Arc::new(memory.handle()));
    for _ in 0..8 {
        memory.reply(Reply::sse_chunks(["data: ☂\n\n"]));
        let request = Request::get("https://my.orq.ai/").body(Bytes::new());
        let body = block_on(transport.send(request.unwrap()))
            .unwrap()
            .into_body();
        let chunks: Vec<_> = block_on(body.map(Result::unwrap).collect());
        let bytes = "data: ☂\n\n".bytes().map(|byte| Bytes::from(vec![byte]));
        assert_eq!(chunks, bytes.collect::<Vec<_>>());
    }
    let (text, _) = answer(Rechunked::bytewise);
    assert_eq!(text, answer(rechunked(1)).0);
}

#[test]
fn boundaries_differ_between_seeds_and_are_the_same_for_one() {
    let reply = || Reply::sse_chunks(["data: 18 °C 😀\r\n\r\n".repeat(20)]);
    let lengths = |seed| -> Vec<_> { chunks(reply(), seed).iter().map(Bytes::len).collect() };
    let different: HashSet<_> = (0..50).map(lengths).collect();
    assert!(different.len() > 30, "{}", different.len());
    assert_eq!(lengths(7), lengths(7));
}

#[test]
fn each_request_of_a_client_has_chunks_of_its_own() {
    let memory = MemoryTransport::new();
    let text = "x".repeat(500);
    for _ in 0..10 {
        memory.reply_json_text(text.clone());
    }
    let transport = Rechunked::new(memory.handle(), 1);
    let lengths = || -> Vec<_> {
        let request = Request::get("https://my.orq.ai/")
            .body(Bytes::new())
            .unwrap();
        let body = block_on(transport.send(request)).unwrap().into_body();
        block_on(body.map(|chunk| chunk.unwrap().len()).collect())
    };
    let different: HashSet<_> = (0..10).map(|_| lengths()).collect();
    assert!(different.len() > 5, "{}", different.len());
}

#[test]
fn bytes_are_split_within_characters_and_line_ends_and_joined() {
    let text = "°\r\n".repeat(30);
    let all = |seed| {
        chunks(
            Reply::sse_chunks(text.split_inclusive('\n').map(str::to_owned)),
            seed,
        )
    };
    let runs: Vec<_> = (0..50).map(all).collect();
    let any = |holds: &dyn Fn(&Bytes) -> bool| runs.iter().flatten().any(holds);
    assert!(any(&|chunk| str::from_utf8(chunk).is_err()));
    assert!(any(&|chunk| chunk.ends_with(b"\r")));
    assert!(
        any(&|chunk| chunk.len() > 4),
        "longer than any that was sent"
    );
    assert!(
        runs.iter().any(|chunks| chunks.len() == text.len()),
        "one by one"
    );
}

#[test]
fn bytes_that_are_here_are_not_kept_back() {
    for seed in 0..50 {
        let memory = MemoryTransport::new();
        let mut body = body(&memory, Reply::sse_chunks(["one", "two"]).stall(), seed);
        let mut seen = Vec::new();
        while let Some(chunk) = body.next().now_or_never() {
            seen.extend_from_slice(&chunk.unwrap().unwrap());
        }
        assert_eq!(seen, b"onetwo", "seed {seed}");
    }
}

#[test]
fn a_broken_body_breaks_at_the_same_byte() {
    for seed in 0..50 {
        let memory = MemoryTransport::new();
        memory.reply(Reply::sse_chunks(["data: 18 °C\n\n"; 5]));
        let broken = FaultInjector::seeded(1).inject(Injection::break_at(33, Fault::Reset));
        let transport = Rechunked::new(broken.wrap(memory.handle()), seed);
        let request = Request::get("https://my.orq.ai/").body(Bytes::new());
        let body = block_on(transport.send(request.unwrap()))
            .unwrap()
            .into_body();

        let mut items: Vec<_> = block_on(body.collect());
        let error = items.pop().unwrap().unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Closed);
        let bytes: Vec<_> = items.into_iter().map(Result::unwrap).collect();
        assert_eq!(bytes.concat().len(), 33, "seed {seed}");
    }
}

#[test]
fn timer_and_name_are_those_underneath() {
    let transport = Rechunked::new(FakeOrq::new(), 1);
    assert!(transport.timer().is_some());
    assert_eq!(transport.name(), "fake-orq");
}

proptest! {
    #[test]
    fn the_bytes_are_the_same_and_no_chunk_is_empty(
        sent in vec(vec(any::<u8>(), 0..100), 0..20),
        seed in any::<u64>(),
    ) {
        let received = chunks(Reply::sse_chunks(sent.clone()), seed);
        prop_assert!(received.iter().all(|chunk| !chunk.is_empty()));
        prop_assert_eq!(received.concat(), sent.concat());
    }
}
