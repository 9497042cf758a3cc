//! Whenever a call or its stream is dropped, and however it ends: one report, or none if it was never polled.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::Poll,
};

use futures::{FutureExt, future::BoxFuture, poll};
use http::Method;
use orq_core::{
    Client, Error,
    secret::{ApiKey, ApiKeyProvider, ProviderError},
};
use orq_testkit::{Fault, MemoryTransport, Reply};

use super::{DONE, HEL, LO, Reports, USAGE, observed, paced, request, secs};

/// Returns the key at the second poll, and counts how often it was asked for it: once for each attempt.
#[derive(Clone, Debug, Default)]
struct SlowKey(Arc<AtomicU32>);

#[async_trait::async_trait]
impl ApiKeyProvider for SlowKey {
    async fn api_key(&self) -> Result<ApiKey, ProviderError> {
        self.0.fetch_add(1, Relaxed);
        futures::pending!();
        Ok(ApiKey::new("test-key")?)
    }
}

/// What a program does with a client.
type Work = fn(Client) -> BoxFuture<'static, Result<(), Error>>;

const INVOKE: Work = |client| {
    let call = client.deployments().invoke(&request());
    async { call.await.map(drop) }.boxed()
};
const GET_CONFIG: Work = |client| {
    let call = client.deployments().get_config(&request());
    async { call.await.map(drop) }.boxed()
};
const STREAM: Work = |client| {
    let call = client.deployments().stream(&request());
    async {
        let mut stream = call.await?;
        while stream.next_text().await?.is_some() {}
        stream.finish().await.map(drop)
    }
    .boxed()
};
const LIST: Work = |client| client.deployments().list().map(|it| it.map(drop)).boxed();
const REQUEST: Work = |client| {
    let request = client.request(Method::GET, "/v2/prompts");
    request.map(|it| it.map(drop)).boxed()
};
const ITEMS: Work = |client| {
    let mut items = client.deployments().list().items();
    async move {
        while items.next_item().await?.is_some() {}
        Ok(())
    }
    .boxed()
};

/// A refusal whose head, body and end have to be waited for. So has the attempt after it.
fn refusal() -> Reply {
    let refusal = Reply::status(429, "wait").after(secs(1)).chunk("…");
    refusal.head_after(secs(1))
}

/// JSON that comes in two pieces.
fn slow(json: &str) -> Reply {
    let (first, second) = json.split_at(8);
    let reply = Reply::json_text(first.to_owned()).after(secs(2));
    reply.chunk(second.to_owned()).head_after(secs(1))
}

/// Everything that a call may wait for, and how it ends.
fn scripts() -> Vec<(&'static str, &'static [Work], Vec<Reply>)> {
    let completions: &[Work] = &[STREAM, INVOKE];
    let cut = || Reply::sse([HEL]).after(secs(2));
    vec![
        ("complete", completions, vec![refusal(), paced()]),
        (
            "complete",
            &[STREAM, INVOKE, GET_CONFIG, REQUEST],
            vec![refusal(), slow(r#"{"id":"01J","choices":[]}"#)],
        ),
        (
            "complete",
            &[LIST, REQUEST, ITEMS],
            vec![refusal(), slow(r#"{"data":[{"id":"a"}]}"#)],
        ),
        ("truncated", completions, vec![cut().event(LO)]),
        ("closed", completions, vec![cut().break_off(Fault::Reset)]),
        (
            "api",
            &[STREAM, INVOKE, GET_CONFIG, LIST, REQUEST, ITEMS],
            vec![Reply::status(400, "no").after(secs(2)).chunk(".")],
        ),
        (
            "complete",
            completions,
            vec![Reply::sse([HEL, LO, DONE]).paced(secs(1))],
        ),
    ]
}

/// Does the work, and drops it after so many polls; a second passes between two. Returns the outcomes that were reported,
/// and whether the work had ended by itself.
fn run(work: Work, replies: &[Reply], polls: usize) -> (Vec<String>, bool) {
    let memory = MemoryTransport::new();
    memory.timer().stop();
    memory.allow_unused().allow_unread();
    for reply in replies {
        memory.reply(reply.clone());
    }
    let (client, reports) = observed(&memory);
    let key = SlowKey::default();
    let client = client.to_builder().api_key_provider(key.clone());
    let mut work = work(client.build().unwrap());
    let mut ended = false;
    for _ in 0..polls {
        ended = (&mut work).now_or_never().is_some();
        if ended {
            break;
        }
        memory.timer().advance(secs(1));
    }
    drop(work);
    let reports = reports.0.lock().unwrap();
    let attempts: u32 = reports.iter().map(|(report, _)| report.attempts).sum();
    assert_eq!(attempts, key.0.load(Relaxed), "attempts were not reported");
    let outcomes = reports.iter().map(|(_, outcome)| outcome.clone());
    (outcomes.collect(), ended)
}

#[test]
fn wherever_a_call_is_dropped_there_is_one_report() {
    for (at, (outcome, works, replies)) in scripts().into_iter().enumerate() {
        for (number, work) in works.iter().enumerate() {
            for polls in 0.. {
                let (reports, ended) = run(*work, &replies, polls);
                let expected: &[&str] = match polls {
                    0 => &[],
                    _ if ended => &[outcome],
                    _ => &["dropped"],
                };
                assert_eq!(reports, expected, "script {at}.{number}, {polls} polls");
                if ended {
                    assert!(polls > 3, "nothing was waited for");
                    break;
                }
                assert!(polls < 100, "script {at}.{number} doesn't end");
            }
        }
    }
}

#[test]
fn wherever_a_listing_is_dropped_there_is_one_report_for_each_page_that_was_asked_for() {
    let page = |id, has_more| {
        slow(&format!(
            r#"{{"data":[{{"id":"{id}"}}],"has_more":{has_more}}}"#
        ))
    };
    let replies = [
        refusal(),
        page("a", true),
        page("b", true),
        page("c", false),
    ];
    let mut most = Vec::new();
    for polls in 0..100 {
        let (mut reports, ended) = run(ITEMS, &replies, polls);
        if ended {
            assert_eq!(reports, ["complete"; 3]);
            assert_eq!(most, ["complete"; 2], "a page was not waited for");
            return;
        }
        let last = reports.pop();
        assert_eq!(
            last.as_deref(),
            (polls > 0).then_some("dropped"),
            "{polls} polls"
        );
        assert_eq!(reports, vec!["complete"; reports.len()]);
        most = reports;
    }
    panic!("the listing doesn't end");
}

/// Lets a second pass whenever the future waits.
async fn drive<T>(memory: &MemoryTransport, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll!(&mut future) {
            return output;
        }
        memory.timer().advance(secs(1));
    }
}

/// A client of a stream of three chunks and its end.
fn streaming() -> (MemoryTransport, Client, Reports) {
    let memory = MemoryTransport::new();
    memory.timer().stop();
    memory.allow_unread();
    memory.reply(Reply::sse([HEL, LO, USAGE, DONE]).paced(secs(2)));
    let (client, reports) = observed(&memory);
    (memory, client, reports)
}

#[tokio::test]
async fn wherever_a_stream_is_dropped_between_two_reads_there_is_one_report() {
    for reads in 0..=4 {
        let (memory, client, reports) = streaming();
        let call = client.deployments().stream(&request());
        let mut stream = drive(&memory, call).await.unwrap();
        for read in 1..=reads {
            // Each future of a chunk that waits is dropped: that is no end.
            let chunk = loop {
                assert_eq!(reports.count(), 0);
                match poll!(pin!(stream.next_chunk())) {
                    Poll::Ready(chunk) => break chunk.unwrap(),
                    Poll::Pending => memory.timer().advance(secs(1)),
                };
            };
            assert_eq!(chunk.is_some(), read < 4);
        }
        drop(stream);
        reports.only(if reads == 4 { "complete" } else { "dropped" });
    }
}

#[tokio::test]
async fn wherever_the_rest_of_a_stream_is_dropped_there_is_one_report() {
    for reads in 0..=4 {
        for polls in 0.. {
            let (memory, client, reports) = streaming();
            let call = client.deployments().stream(&request());
            let mut stream = drive(&memory, call).await.unwrap();
            for _ in 0..reads {
                drive(&memory, stream.next_chunk()).await.unwrap();
            }
            let mut finish = stream.finish().boxed();
            let mut ended = false;
            for _ in 0..polls {
                ended = poll!(&mut finish).is_ready();
                if ended {
                    break;
                }
                memory.timer().advance(secs(1));
            }
            drop(finish);
            let is_complete = ended || reads == 4;
            reports.only(if is_complete { "complete" } else { "dropped" });
            if ended {
                break;
            }
            assert!(polls < 20, "the stream doesn't end");
        }
    }
}
