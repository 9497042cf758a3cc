//! Streams whose last event isn't ended by a blank line.

use orq_core::{ErrorKind, RetryAdvice};
use orq_testkit::{Fault, MemoryTransport, Reply};

use super::{FINAL, HEL, finish, invoke, request};

const LO: &str =
    r#"{"id":"1","choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#;

fn pieces(transcript: &str, size: usize) -> Reply {
    Reply::sse_chunks(transcript.as_bytes().chunks(size).map(<[u8]>::to_vec))
}

#[tokio::test]
async fn a_whole_event_counts_at_a_clean_end() {
    let before = format!("data: {HEL}\n\ndata: {LO}\n\n");
    for last in [
        "data: [DONE]",
        "data:[DONE]",
        "data: [DONE] ",
        "id: 7\nevent: message\ndata: [DONE]",
        "event: done\ndata: [DONE]\nid: 7",
        "data: {\"id\":\"1\",\ndata: \"is_final\":true}",
        "data: {\"id\":\"1\"}[DONE]",
        "data: {\"id\":\"1\"}\ndata: [DONE]",
        "data: {\"is_final\":true}",
        ": ping\ndata: [DONE]\n: ping",
        "foo: bar\ndata: [DONE]\nfoo",
    ] {
        for end in ["", "\n", "\r", "\r\n", "\n\n"] {
            for size in [1, 2, 5, 4096] {
                let transcript = format!("{before}{last}{end}");
                let answer = finish(pieces(&transcript, size)).await;
                let answer = answer.unwrap_or_else(|error| panic!("{transcript}: {error}"));
                assert_eq!(answer.text().as_deref(), Some("Hello"), "{transcript}");
                let answer = invoke(pieces(&transcript, size)).await.unwrap();
                assert_eq!(answer.text().as_deref(), Some("Hello"), "{transcript}");
            }
        }
    }
}

#[tokio::test]
async fn the_text_of_a_whole_chunk_is_in_the_partial() {
    for (last, text) in [
        (format!("data: {LO}"), "Hello"),
        (format!("data: {LO}\n"), "Hello"),
        (format!("data: {LO}[DO"), "Hello"),
        (format!("data: {LO}{{"), "Hello"),
        (format!("data: {}", &LO[..LO.len() - 1]), "Hel"),
        ("data: [DO".to_owned(), "Hel"),
        ("data: [DONE".to_owned(), "Hel"),
        ("data: {\"choi".to_owned(), "Hel"),
        ("data: 1".to_owned(), "Hel"),
        ("data: \"a\"".to_owned(), "Hel"),
        ("data: null".to_owned(), "Hel"),
        ("data: [1]".to_owned(), "Hel"),
        ("data".to_owned(), "Hel"),
        ("data:".to_owned(), "Hel"),
        ("event: error".to_owned(), "Hel"),
        ("event: error\ndata: over".to_owned(), "Hel"),
        ("event: error\ndata: {\"mess".to_owned(), "Hel"),
    ] {
        for size in [1, 3, 4096] {
            let error = finish(pieces(&format!("data: {HEL}\n\n{last}"), size))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "{last}: {error}");
            assert_eq!(error.retry_advice(), RetryAdvice::MayDuplicate);
            assert_eq!(
                error.partial().unwrap().text().as_deref(),
                Some(text),
                "{last}"
            );
        }
    }
}

#[tokio::test]
async fn a_whole_error_counts_at_a_clean_end() {
    let slow = r#"{"error":{"code":"slow","message":"Slow down"}}"#;
    for last in [
        format!("data: {slow}"),
        format!("event: error\ndata: {slow}\n"),
        format!("data: {HEL}{slow}"),
    ] {
        let error = finish(pieces(&last, 3)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::StreamError, Some("slow")),
            "{last}"
        );
    }
}

#[tokio::test]
async fn at_any_other_end_a_pending_event_is_cut() {
    for last in [
        format!("data: {LO}"),
        "data: [DONE]".to_owned(),
        format!("data: {FINAL}\n"),
    ] {
        let reply = pieces(&format!("data: {HEL}\n\n{last}"), 4096);
        let error = finish(reply.break_off(Fault::Reset)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed, "{last}");
        assert_eq!(error.partial().unwrap().text().as_deref(), Some("Hel"));
    }
}

#[tokio::test]
async fn after_an_end_the_stream_stays_ended() {
    for last in [
        format!("data: {LO}"),
        "data: [DONE]".to_owned(),
        HEL.to_owned(),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(pieces(&format!(": ping\n\n{last}"), 4096));
        let call = memory.client().deployments().stream(&request());
        let mut stream = call.await.unwrap();
        while let Ok(Some(_)) = stream.next_chunk().await {}
        for _ in 0..3 {
            assert!(stream.next_chunk().await.unwrap().is_none());
        }
    }
}
