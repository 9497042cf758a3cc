//! Virtual time, with tokio's paused clock and without it.

use std::time::Duration;

use futures::{FutureExt, executor::block_on, poll};
use orq_core::{Client, ErrorKind, Timer, error::Clock, transport::HttpTransport};
use orq_testkit::{ManualTimer, MemoryTransport, Reply};

use super::{answer, chat, failure, request, says};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn ten_minutes_pass_by_themselves_when_everything_waits() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let error = block_on(memory.client().deployments().invoke(&chat())).unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Call);
    assert_eq!(memory.timer().now(), 10 * MINUTE);
}

#[tokio::test]
async fn ten_minutes_pass_by_hand() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let mut call = memory.client().deployments().invoke(&chat());
    assert!(poll!(&mut call).is_pending());
    memory
        .timer()
        .advance(10 * MINUTE - Duration::from_nanos(1));
    assert!(poll!(&mut call).is_pending());
    memory.timer().advance(Duration::from_nanos(1));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn a_wait_before_a_retry_passes_too() {
    let memory = MemoryTransport::new();
    memory
        .reply(Reply::status(429, "").header("retry-after", "30"))
        .reply(answer("at last"));
    let client = Client::builder(memory.handle())
        .api_key("test-key")
        .build()
        .unwrap();
    let answer = block_on(client.deployments().invoke(&chat())).unwrap();
    assert_eq!(answer.text().as_deref(), Some("at last"));
    assert_eq!(memory.requests()[1].at(), MINUTE / 2);
}

#[tokio::test(start_paused = true)]
async fn everything_may_run_on_tokios_paused_clock() {
    let memory = MemoryTransport::with_timer(orq_testkit::TokioTimer::new());
    memory.reply(Reply::sse([says("Hel")]).after(MINUTE).stall());
    let began = tokio::time::Instant::now();
    let stream = memory.client().deployments().stream(&chat()).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.timeout().unwrap().clock, Clock::Idle);
    assert_eq!(began.elapsed().as_secs(), 5 * 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn spawned_tasks_have_their_turn_before_the_time_moves() {
    let memory = MemoryTransport::new();
    for text in ["a", "b", "c"] {
        memory
            .on(text)
            .reply(Reply::sse([says(text), "[DONE]".into()]).paced(MINUTE));
    }
    let client = memory.client();
    let tasks = ["a", "b", "c"].map(|key| {
        let call = client
            .deployments()
            .stream(&orq_core::DeploymentRequest::new(key));
        tokio::spawn(async move { call.await?.finish().await })
    });
    for (task, text) in tasks.into_iter().zip(["a", "b", "c"]) {
        assert_eq!(task.await.unwrap().unwrap().text().as_deref(), Some(text));
    }
    assert!(memory.timer().now() >= 2 * MINUTE);
}

/// A thread that is put aside between two polls must not find that its time ran out meanwhile.
#[test]
fn on_several_threads_nobodys_time_runs_out_before_its_bytes_come() {
    for _ in 0..40 {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(4).build().unwrap();
        runtime.block_on(async {
            let memory = MemoryTransport::new();
            let reply = Reply::sse([says("a"), says("b"), says("c"), "[DONE]".into()]);
            memory.on("chat").times(20).reply(reply.paced(2 * MINUTE));
            let client = memory.client();
            let streams = (0..20).map(|_| {
                let call = client.deployments().stream(&chat());
                tokio::spawn(async move { call.await?.finish().await })
            });
            for stream in futures::future::join_all(streams).await {
                assert_eq!(stream.unwrap().unwrap().text().as_deref(), Some("abc"));
            }
        });
    }
}

#[test]
fn the_timer_may_be_shared() {
    let timer = ManualTimer::new();
    let memory = MemoryTransport::with_timer(timer.clone());
    timer.advance(MINUTE);
    assert_eq!(memory.timer().now(), MINUTE);
    assert_eq!(memory.handle().timer().unwrap().now(), MINUTE);
}

#[test]
fn a_timer_of_another_kind_cannot_be_moved_by_hand() {
    let memory = MemoryTransport::with_timer(orq_testkit::TokioTimer::new());
    let message = failure(|| drop(memory.timer()));
    assert!(message.contains("isn't a ManualTimer"), "{message}");
}

#[test]
fn an_answer_that_never_comes_stays_pending() {
    let memory = MemoryTransport::new();
    memory.no_answer();
    let transport = memory.handle();
    let mut answer = transport.send(request("/"));
    assert!((&mut answer).now_or_never().is_none());
    memory.timer().advance(60 * MINUTE);
    assert!((&mut answer).now_or_never().is_none());
}
