//! Data of events that aren't the JSON of a chunk.

use orq_core::{Error, ErrorKind, Response, model::Completion};
use orq_testkit::Reply;

use super::{FINAL, HEL, finish, invoke};

/// The outcome of a transcript, which is the same however it is split.
async fn read(transcript: &str) -> Result<Response<Completion>, Error> {
    let shown = |answer: &Result<Response<Completion>, Error>| match answer {
        Ok(answer) => format!("{:?}", answer.text()),
        Err(error) => error.to_string(),
    };
    let pieces = |size| Reply::sse_chunks(transcript.as_bytes().chunks(size).map(<[u8]>::to_vec));
    let whole = finish(pieces(transcript.len())).await;
    for size in [1, 5] {
        assert_eq!(shown(&finish(pieces(size)).await), shown(&whole));
    }
    whole
}

#[tokio::test]
async fn data_that_keeps_a_connection_alive_is_skipped_with_a_warning() {
    for data in [
        ": OPENROUTER PROCESSING",
        ":",
        "null",
        "ping",
        "PING",
        "\"ping\"",
        "keep-alive",
        "keepalive",
        "heartbeat",
    ] {
        for (before, after) in [("", HEL), (HEL, FINAL), (FINAL, "{}")] {
            let transcript =
                format!("data: {before}\n\ndata: {data}\n\ndata: {after}\n\ndata: [DONE]\n\n");
            let answer = read(&transcript).await.unwrap();
            let expected = format!("{before}{after}");
            let text = ["Hel", "!"]
                .iter()
                .filter(|it| expected.contains(&format!("\"{it}\"")));
            let text = text.copied().collect::<String>();
            assert_eq!(answer.text(), Some(text.into()), "{transcript}");
            let warnings = answer.meta().warnings();
            assert_eq!(
                warnings[0].to_string(),
                "skipped data that isn't JSON",
                "{transcript}"
            );
        }
    }
    let answer = read(&format!(
        "data: : PROCESSING\ndata: {HEL}\n\ndata: [DONE]\n\n"
    ))
    .await;
    assert_eq!(answer.unwrap().text().as_deref(), Some("Hel"));
}

#[tokio::test]
async fn an_end_mark_may_be_spelled_in_other_ways() {
    for mark in [
        "DONE",
        "[done]",
        "\"[DONE]\"",
        "'[DONE]'",
        "[DONE].",
        "Done",
        "data: [DONE]",
    ] {
        for after in ["\n\n", "\n", ""] {
            let transcript = format!("data: {HEL}\n\ndata: {mark}{after}");
            let answer = read(&transcript).await.unwrap();
            assert_eq!(answer.text().as_deref(), Some("Hel"), "{transcript}");
        }
    }
    for none in ["DON", "[done", "done with it", "{\"done\":true}"] {
        let error = read(&format!("data: {HEL}\n\ndata: {none}"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{none}: {error}");
    }
}

#[tokio::test]
async fn data_may_be_framed_or_quoted_twice() {
    let quoted = |json: &str| serde_json::to_string(json).unwrap();
    for transcript in [
        format!("data: data: {HEL}\n\ndata: data: {FINAL}\n\ndata: data: [DONE]\n\n"),
        format!("data:data:data: {HEL}\n\ndata: {FINAL}\n\ndata: [DONE]\n\n"),
        format!("data: {HEL}data: {FINAL}data: [DONE]\n\n"),
        format!("data: {HEL}\ndata: data: {FINAL}\n\ndata: [DONE]\n\n"),
        format!(
            "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
            quoted(HEL),
            quoted(FINAL)
        ),
        format!("data: {}{FINAL}\n\ndata: [DONE]\n\n", quoted(HEL)),
    ] {
        let answer = read(&transcript).await.unwrap();
        assert_eq!(answer.text().as_deref(), Some("Hel!"), "{transcript}");
    }
    let answer = invoke(Reply::json_text(quoted(HEL))).await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hel"));
    // What the model wrote stays as it is.
    let content = r#"{"choices":[{"message":{"content":"data: [DONE]: ping"}}]}"#;
    let answer = read(&format!("data: {content}\n\ndata: [DONE]\n\n"))
        .await
        .unwrap();
    assert_eq!(answer.text().as_deref(), Some("data: [DONE]: ping"));
}

#[tokio::test]
async fn an_error_is_found_in_data_that_are_no_json() {
    const GONE: &str = r#"{"error":{"code":"upstream_error","message":"Gone"}}"#;
    let cut = &HEL[..40];
    for (event, code) in [
        (format!("data: {cut}\ndata: {GONE}"), Some("upstream_error")),
        (
            format!("data: {cut}\ndata: data: {GONE}"),
            Some("upstream_error"),
        ),
        (format!("data: {cut}data: {GONE}"), Some("upstream_error")),
        (
            format!("data: {cut}\ndata: {{\"code\":7,\"message\":\"Gone\"}}"),
            Some("7"),
        ),
        (
            "event: exception\ndata: {\"code\":\"throttling\",\"message\":\"Gone\"}".into(),
            Some("throttling"),
        ),
        (
            "event: throttlingException\ndata: {\"message\":\"Gone\"}".into(),
            None,
        ),
        (
            "event: response.error\ndata: {\"code\":\"c\",\"message\":\"Gone\"}".into(),
            Some("c"),
        ),
        ("data: error: Gone".into(), None),
        ("data: Error:Gone".into(), None),
        ("data: [ERROR] Gone".into(), None),
        (format!("data: error: {GONE}"), Some("upstream_error")),
    ] {
        for after in [
            "",
            "\n\n",
            &format!("\n\ndata: {FINAL}\n\ndata: [DONE]\n\n"),
        ] {
            let error = read(&format!("data: {HEL}\n\n{event}{after}"))
                .await
                .unwrap_err();
            if after.is_empty() && !event.starts_with("data: error: G") {
                continue;
            }
            assert_eq!(error.kind(), ErrorKind::StreamError, "{event}: {error}");
            assert_eq!(
                (error.code(), error.message()),
                (code, Some("Gone")),
                "{event}"
            );
            assert_eq!(
                error.partial().unwrap().text().as_deref(),
                Some("Hel"),
                "{event}"
            );
            if event.contains(cut) {
                assert!(error.body().unwrap().starts_with(cut.as_bytes()), "{event}");
            }
        }
    }
}
