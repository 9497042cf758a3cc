//! Whenever a call or its stream is dropped, and however it ends: one report, or none if it was never polled.

use std::pin::pin;

use futures::poll;
use orq_testkit::{Fault, MemoryTransport, Reply};

use super::{DONE, HEL, LO, observed, paced, request, secs};

/// Everything that a call may wait for: a refusal and its body, the wait before the next attempt, a late head, and
/// the events of a stream.
fn scripts() -> Vec<(&'static str, Vec<Reply>)> {
    let refusal = || Reply::status(429, "wait").after(secs(1)).chunk("…");
    let body = Reply::json_text(r#"{"id":"01J","choices""#).after(secs(2));
    vec![
        ("complete", vec![refusal().head_after(secs(1)), paced()]),
        (
            "complete",
            vec![refusal(), body.chunk(":[]}").head_after(secs(1))],
        ),
        (
            "truncated",
            vec![Reply::sse([HEL]).after(secs(2)).event(LO)],
        ),
        (
            "closed",
            vec![Reply::sse([HEL]).after(secs(2)).break_off(Fault::Reset)],
        ),
        (
            "api",
            vec![Reply::status(400, "no").after(secs(2)).chunk(".")],
        ),
        ("complete", vec![Reply::sse([HEL, LO, DONE]).paced(secs(1))]),
    ]
}

/// Runs a whole call, of which it is dropped after so many polls; a second passes between two. Returns what was
/// reported, and whether the call had ended by itself.
async fn run(replies: Vec<Reply>, polls: usize, is_stream: bool) -> (Vec<String>, bool) {
    let memory = MemoryTransport::new();
    memory.timer().stop();
    memory.allow_unused().allow_unread();
    for reply in replies {
        memory.reply(reply);
    }
    let (client, reports) = observed(&memory);
    let mut ended = false;
    {
        let deployments = client.deployments();
        let mut whole = pin!(async {
            if is_stream {
                let mut stream = deployments.stream(&request()).await?;
                while stream.next_text().await?.is_some() {}
                stream.finish().await
            } else {
                deployments.invoke(&request()).await
            }
        });
        for _ in 0..polls {
            if poll!(&mut whole).is_ready() {
                ended = true;
                break;
            }
            memory.timer().advance(secs(1));
        }
    }
    drop(client);
    let reports = reports.0.lock().unwrap();
    (
        reports.iter().map(|(_, outcome)| outcome.clone()).collect(),
        ended,
    )
}

#[tokio::test]
async fn wherever_a_call_is_dropped_there_is_one_report() {
    for (at, (outcome, replies)) in scripts().into_iter().enumerate() {
        for is_stream in [true, false] {
            for polls in 0.. {
                let (reports, ended) = run(replies.clone(), polls, is_stream).await;
                let expected: &[&str] = match polls {
                    0 => &[],
                    _ if ended => &[outcome],
                    _ => &["dropped"],
                };
                assert_eq!(reports, expected, "script {at}, {polls} polls");
                if ended {
                    assert!(polls > 2, "nothing was waited for");
                    break;
                }
                assert!(polls < 100, "script {at} doesn't end");
            }
        }
    }
}
