//! Streams that bring bytes and no events, and the setters of the limits.

use bytes::Bytes;
use orq_core::{Client, CompletionStream, Error, ErrorKind, Limits};
use orq_testkit::{MemoryTransport, Reply};

use super::{DONE, FINAL, HEL, request};

/// A hundred bytes that are no event.
const COMMENT: &[u8; 100] = &{
    let mut comment = [b'.'; 100];
    comment[0] = b':';
    comment[99] = b'\n';
    comment
};

/// The reply, and so many comments.
fn comments(reply: Reply, count: usize) -> Reply {
    reply.chunks(std::iter::repeat_n(&COMMENT[..], count))
}

fn deployments(memory: &MemoryTransport) -> orq_core::Deployments {
    let builder = Client::builder(memory.handle()).api_key("test-key");
    let builder = builder.limits(Limits::default().without_event(1000));
    builder.build().unwrap().deployments()
}

async fn open(reply: Reply) -> Result<CompletionStream, Error> {
    let memory = MemoryTransport::new();
    memory.reply(reply);
    deployments(&memory).stream(&request()).await
}

#[track_caller]
fn names_the_limit(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    let message = "1000 bytes of the stream arrived without an event";
    assert_eq!(error.message(), Some(message));
    assert_eq!(error.status().unwrap(), 200);
}

#[tokio::test]
async fn comments_alone_are_too_large_beyond_the_limit() {
    let error = open(comments(Reply::sse([""; 0]), 11)).await.unwrap_err();
    names_the_limit(&error);
    let stream = open(comments(Reply::sse([HEL]), 11)).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    names_the_limit(&error);
    assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn as_much_as_the_limit_may_come_between_two_events() {
    let mut reply = Reply::sse([""; 0]);
    for _ in 0..20 {
        reply = comments(reply, 10).event(HEL);
    }
    let answer = open(comments(reply, 10).event(DONE)).await.unwrap();
    let answer = answer.finish().await.unwrap();
    assert_eq!(answer.text().unwrap().len(), 20 * "Hel".len());
}

#[tokio::test]
async fn lines_that_complete_no_event_and_events_without_data_count() {
    for line in [
        "data: {}\n",
        "event: ping\n\n",
        "id: 1\n",
        "\n",
        "data:\n\n",
    ] {
        let reply = Reply::sse([HEL]).chunks(std::iter::repeat_n(line, 1001));
        let error = open(reply).await.unwrap().finish().await.unwrap_err();
        names_the_limit(&error);
    }
}

#[tokio::test]
async fn after_the_final_chunk_the_limit_costs_nothing() {
    let stream = open(comments(Reply::sse([HEL, FINAL]), 50)).await.unwrap();
    let answer = stream.finish().await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hel!"));
}

#[tokio::test]
async fn the_limit_holds_for_an_answer_of_invoke_in_events() {
    let memory = MemoryTransport::new();
    memory.reply(comments(Reply::sse([HEL]), 11));
    let call = deployments(&memory).invoke(&request());
    names_the_limit(&call.await.unwrap_err());
}

fn large_event() -> String {
    let text = "x".repeat(5000);
    format!(r#"{{"choices":[{{"message":{{"content":"{text}"}}}}]}}"#)
}

#[tokio::test]
async fn one_large_event_in_one_piece_is_no_silence() {
    let stream = open(Reply::sse([&*large_event(), DONE])).await.unwrap();
    let answer = stream.finish().await.unwrap();
    assert_eq!(answer.text().unwrap().len(), 5000);
}

#[tokio::test]
async fn the_beginning_of_a_large_event_counts_while_its_end_is_missing() {
    let event = Bytes::from(format!("data: {}\n\n", large_event()));
    let pieces = [event.slice(..2000), event.slice(2000..)];
    let error = open(Reply::sse_chunks(pieces)).await.unwrap_err();
    names_the_limit(&error);
}

#[test]
fn each_setter_sets_its_own_limit() {
    type Limit = (fn(Limits, usize) -> Limits, fn(&mut Limits) -> &mut usize);
    let all: [Limit; 6] = [
        (Limits::response_body, |limits| &mut limits.response_body),
        (Limits::error_body, |limits| &mut limits.error_body),
        (Limits::completion, |limits| &mut limits.completion),
        (Limits::event_line, |limits| &mut limits.event_line),
        (Limits::event, |limits| &mut limits.event),
        (Limits::without_event, |limits| &mut limits.without_event),
    ];
    for (set, field) in all {
        let mut limits = set(Limits::default(), 7);
        assert_eq!(std::mem::replace(field(&mut limits), 0), 7);
        let default = *field(&mut Limits::default());
        *field(&mut limits) = default;
        assert_eq!(limits, Limits::default());
    }
}
