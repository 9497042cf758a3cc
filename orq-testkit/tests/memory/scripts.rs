//! Scripts: a reply step by step.

use std::time::Duration;

use futures::{FutureExt, StreamExt, executor::block_on, poll};
use orq_core::{ErrorKind, Timer, error::Clock};
use orq_testkit::{Fault, Gate, MemoryTransport, Reply};

use super::{answer, chat, says, send};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn chunks_come_in_virtual_time() {
    let memory = MemoryTransport::new();
    let reply = Reply::sse([says("a"), says("b")])
        .paced(2 * SECOND)
        .after(5 * SECOND);
    memory.reply(
        reply
            .events([says("c"), "[DONE]".into()])
            .head_after(SECOND),
    );
    let mut stream = memory.client().deployments().stream(&chat()).await.unwrap();
    let mut seen = Vec::new();
    while let Some(text) = stream.next_text().await.unwrap() {
        seen.push((text.to_owned(), memory.timer().now().as_secs()));
    }
    assert_eq!(
        seen,
        [
            ("a".to_owned(), 3),
            ("b".to_owned(), 5),
            ("c".to_owned(), 10)
        ]
    );
}

#[tokio::test]
async fn a_gate_tells_that_it_was_reached_and_waits_to_be_opened() {
    let memory = MemoryTransport::new();
    let (head, body) = (Gate::new(), Gate::new());
    let reply = Reply::sse([says("Hel")])
        .gate(&body)
        .events([says("lo"), "[DONE]".into()]);
    memory.reply(reply.head_gate(&head));

    let mut call = memory.client().deployments().stream(&chat());
    assert!(poll!(&mut call).is_pending());
    assert!(head.is_reached());
    head.open();
    let mut stream = call.await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("Hel"));
    assert!(!body.is_reached());
    assert!(poll!(Box::pin(stream.next_text())).is_pending());
    assert!(body.is_reached());
    body.open();
    assert_eq!(stream.next_text().await.unwrap(), Some("lo"));
}

#[tokio::test]
async fn a_closed_gate_stops_the_time() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    memory.reply(
        Reply::sse([says("Hel")])
            .gate(&gate)
            .events([says("lo"), "[DONE]".into()]),
    );
    let stream = memory.client().deployments().stream(&chat()).await.unwrap();
    let test = async {
        gate.reached().await;
        for _ in 0..10_000 {
            tokio::task::yield_now().await;
        }
        gate.open();
    };
    let (answer, ()) = tokio::join!(stream.finish(), test);
    assert_eq!(answer.unwrap().text().as_deref(), Some("Hello"));
    assert_eq!(memory.timer().now(), Duration::ZERO);
}

#[tokio::test]
async fn a_gate_that_nobody_can_open_any_more_is_a_stall() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse([says("Hel")]).gate(&Gate::new()).event("[DONE]"));
    let stream = memory.client().deployments().stream(&chat()).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Idle);
}

#[tokio::test]
async fn at_an_open_gate_time_goes_on_although_nobody_reads_there() {
    for open in [true, false] {
        let memory = MemoryTransport::new();
        let gate = Gate::new();
        memory
            .reply(Reply::sse([says("Hel")]).gate(&gate).event("[DONE]"))
            .no_answer();
        let deployments = memory.client().deployments();
        let mut stream = deployments.stream(&chat()).await.unwrap();
        stream.next_text().await.unwrap();
        assert!(stream.next_text().now_or_never().is_none());
        if open {
            gate.open();
        }
        drop(gate);
        let mut call = deployments.invoke(&chat());
        let mut polls = (0..1_000_000).map(|_| (&mut call).now_or_never());
        assert!(polls.any(|polled| polled.is_some()), "open: {open}");
    }
}

#[tokio::test]
async fn a_cut_stream_is_not_taken_for_a_complete_one() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse([says("Hel"), says("lo"), "[DONE]".into()]).cut_at(80));
    let stream = memory.client().deployments().stream(&chat()).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn a_fault_comes_at_its_byte() {
    for (fault, kind) in [
        (Fault::Reset, ErrorKind::Closed),
        (Fault::EarlyClose, ErrorKind::Closed),
        (Fault::Garbage, ErrorKind::Protocol),
    ] {
        let memory = MemoryTransport::new();
        let whole = says("Hel").len() + "data: \n\n".len();
        let reply = || Reply::sse([says("Hel"), says("lo")]);
        memory
            .reply(reply().break_at(whole - 1, fault))
            .reply(reply().break_at(whole, fault));
        for text in [None, Some("Hel")] {
            let call = memory.client().deployments().stream(&chat());
            let error = match call.await {
                Ok(stream) => stream.finish().await.unwrap_err(),
                Err(error) => error,
            };
            assert_eq!(error.kind(), kind, "{fault}");
            assert_eq!(
                error
                    .partial()
                    .and_then(|partial| partial.text())
                    .as_deref(),
                text,
                "{fault}"
            );
        }
    }
}

#[test]
fn every_chunk_arrives_as_it_was_scripted() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::sse_chunks(["da", "ta: ", "x\n", "\n"]).break_at(8, Fault::Reset));
    let body = send(&memory.handle(), "/").unwrap().into_body();
    let chunks: Vec<_> = block_on(body.map(|chunk| chunk.ok()).collect());
    let expected = [
        Some("da".into()),
        Some("ta: ".into()),
        Some("x\n".into()),
        None,
    ];
    assert_eq!(chunks, expected);
}

#[tokio::test]
async fn a_head_that_is_late_runs_into_the_clock_on_heads() {
    let memory = MemoryTransport::new();
    memory.reply(answer("late").head_after(20 * SECOND));
    let call = memory
        .client()
        .deployments()
        .invoke(&chat())
        .head_timeout(10 * SECOND);
    let error = call.await.unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Head);
    assert_eq!(memory.timer().now(), 10 * SECOND);
}
