//! Bytes of an event stream that stand outside of its fields.

use orq_core::{Error, ErrorKind, Limits, Response, model::Completion};
use orq_testkit::{Fault, Reply};

use super::{DONE, FINAL, HEL, finish, invoke};

const LO: &str =
    r#"{"id":"1","choices":[{"index":0,"message":{"content":"lo"},"finish_reason":"stop"}]}"#;
const SLOW: &str = r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down"}}"#;
const PRETTY: &str = "{\n  \"error\": {\n    \"code\": \"rate_limit_exceeded\",\n\n    \"message\": \"Slow down\"\n  }\n}";
const FLAT: &str =
    "{\n\"error\":{\n\"code\":\"rate_limit_exceeded\",\n\"message\":\"Slow down\"\n}\n}";
const PAGE: &str = "<!doctype html>\n<html>\n<title>502</title>\nBad gateway\n</html>";

/// What a caller gets, in one line.
fn outcome(answer: Result<Response<Completion>, Error>) -> String {
    match answer {
        Ok(answer) => format!("ok {}", answer.text().unwrap_or_default()),
        Err(error) => format!(
            "{} {} {}, {}, after {:?}",
            error.kind(),
            error.code().unwrap_or("-"),
            error.message().unwrap_or_default(),
            String::from_utf8_lossy(error.body().map_or(b"", |body| body)),
            error.partial().and_then(|it| it.text()).unwrap_or_default(),
        ),
    }
}

/// The outcome of a transcript, which is the same however it is split, for a stream and for invoke.
async fn read(transcript: &str) -> String {
    let in_pieces = |size: usize| {
        let pieces = transcript.as_bytes().chunks(size).map(<[u8]>::to_vec);
        Reply::sse_chunks(pieces)
    };
    let whole = outcome(finish(in_pieces(transcript.len())).await);
    for size in [1, 2, 3, 7, 64] {
        let split = outcome(finish(in_pieces(size)).await);
        assert_eq!(split, whole, "in {size}s: {transcript}");
        let invoked = outcome(invoke(in_pieces(size)).await);
        assert_eq!(invoked, whole, "invoke, in {size}s: {transcript}");
    }
    whole
}

#[tokio::test]
async fn an_error_outside_of_an_event_is_the_servers_error() {
    let slow = "stream_error rate_limit_exceeded Slow down";
    for (stray, expected) in [
        (SLOW, slow),
        (PRETTY, slow),
        (FLAT, slow),
        (&PRETTY.replace('\n', "\r\n"), slow),
        (&format!("\u{FEFF}{SLOW}"), slow),
        (&format!("HTTP/1.1 429 Too many\n\n{SLOW}"), slow),
        (&format!("error: {SLOW}"), slow),
        (&format!("error:{PRETTY}"), slow),
        (&format!("Error: {SLOW}"), slow),
        (
            r#"error: {"code":400,"message":"too long"}"#,
            "stream_error 400 too long",
        ),
        ("error: overloaded", "stream_error - overloaded"),
        ("error", "stream_error - the server reported an error"),
        (
            r#"{"code":7,"message":"not authorized"}"#,
            "stream_error 7 not authorized",
        ),
    ] {
        for (before, text) in [
            ("", ""),
            (": ping\n\n", ""),
            (&format!("data: {HEL}\n\n"), "Hel"),
        ] {
            for after in [
                "",
                "\n",
                "\n\n",
                "\n\ndata: [DONE]\n\n",
                "\n\nfoo: bar\n\ndata: [DONE]",
            ] {
                let transcript = format!("{before}{stray}{after}");
                let seen = read(&transcript).await;
                assert!(seen.starts_with(expected), "{transcript}: {seen}");
                assert!(
                    seen.ends_with(&format!("after {text:?}")),
                    "{transcript}: {seen}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_error_outside_of_an_event_is_told_at_once_and_however_the_stream_ends() {
    let unended = |stray: &str| Reply::sse_chunks([format!("data: {HEL}\n\n{stray}")]);
    for reply in [
        unended(SLOW).break_off(Fault::Reset),
        unended(PRETTY).break_off(Fault::Reset),
        unended(&format!("{SLOW}\n")).stall(),
        unended(&format!("{PRETTY}\n")).event(DONE),
        unended(&format!("data: {FINAL}\n\n{SLOW}\n\n")).event(DONE),
        unended(&format!("{SLOW}\ndata: {FINAL}\n\n")).break_off(Fault::Reset),
    ] {
        let error = finish(reply).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StreamError, "{error}");
        assert_eq!(error.message(), Some("Slow down"));
    }
    let error = finish(unended("<html>").break_off(Fault::Reset))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.body().unwrap(), "<html>");
}

#[tokio::test]
async fn what_is_lost_outside_of_the_events_makes_the_end_an_error_with_it() {
    let (bom, spaced) = (format!("\u{FEFF}data: {LO}"), format!("data : {LO}"));
    let (indented, capital) = (format!(" data: {LO}"), format!("Data: {LO}"));
    let (tabbed, assigned) = (format!("data\t: {LO}"), format!("data={LO}"));
    let [unbroken, invisible, zero] =
        ['\u{a0}', '\u{200b}', '\0'].map(|before| format!("{before}data: {LO}"));
    for stray in [
        LO,
        PAGE,
        &unbroken,
        &invisible,
        &zero,
        &bom,
        &spaced,
        &indented,
        &capital,
        &tabbed,
        &assigned,
        "[1]",
        "{\"a\":",
        "upstream connect error",
        "\u{FEFF}",
        "{\"status\":\"ok\"}",
    ] {
        for (after, kind) in [
            ("", "truncated"),
            ("\n", "truncated"),
            (&format!("\n\ndata: {FINAL}\n\ndata: [DONE]\n\n"), "decode"),
            ("\n\nfoo: bar\n\ndata: [DONE]", "decode"),
        ] {
            let transcript = format!("data: {HEL}\n\n{stray}{after}");
            let seen = read(&transcript).await;
            assert!(seen.starts_with(kind), "{transcript}: {seen}");
            assert!(seen.contains(&format!(", {stray}")), "{transcript}: {seen}");
            let text = if after.contains(FINAL) { "Hel!" } else { "Hel" };
            assert!(
                seen.ends_with(&format!("after {text:?}")),
                "{transcript}: {seen}"
            );
        }
    }
}

#[tokio::test]
async fn a_whole_answer_without_framing_is_the_answer() {
    let pretty = "{\n  \"choices\": [\n    {\n\"message\": {\"content\": \"Hel\"}}\n  ]\n}";
    for answer in [HEL, pretty] {
        for before in [
            "",
            "\n",
            "\u{FEFF}",
            ": ping\n\n",
            "event: ping\ndata: 1\n\n",
            "data: {\"choices\":[]}\n\n",
        ] {
            for after in [
                "",
                "\n",
                "\r\n\r\n",
                "\n\ndata: [DONE]",
                "\n\ndata: [DONE]\n\n",
            ] {
                let transcript = format!("{before}{answer}{after}");
                assert_eq!(read(&transcript).await, "ok Hel", "{transcript}");
            }
        }
        for end in 1..answer.len() {
            let seen = read(&format!(": ping\n\n{}", &answer[..end])).await;
            assert!(seen.starts_with("truncated"), "{end}: {seen}");
        }
    }
    // Which piece of the answer it is, can't be known: another that is framed may repeat it.
    for two in [
        format!("{HEL}\n\ndata: {LO}\n\ndata: [DONE]\n\n"),
        format!("{HEL}\n{LO}\ndata: [DONE]\n\n"),
    ] {
        let seen = read(&two).await;
        assert!(seen.starts_with("decode") && seen.contains(HEL), "{seen}");
    }
}

#[tokio::test]
async fn after_the_final_chunk_nothing_can_be_lost() {
    for stray in [PAGE, "data : {}", "{\"a\":"] {
        for after in ["", "\n\ndata: [DONE]\n\n"] {
            let transcript = format!("data: {HEL}\n\ndata: {FINAL}\n\n{stray}{after}");
            assert_eq!(read(&transcript).await, "ok Hel!", "{transcript}");
        }
    }
}

#[tokio::test]
async fn after_the_final_chunk_of_one_choice_another_choice_is_not_dropped() {
    let other = LO.replace("\"index\":0", "\"index\":1");
    for stray in [&other, &other.replace(":[{", ": [\n  {")] {
        for after in ["", "\n\ndata: [DONE]\n\n"] {
            let transcript = format!("data: {HEL}\n\ndata: {FINAL}\n\n{stray}{after}");
            let seen = read(&transcript).await;
            assert!(seen.contains(&format!(", {stray}, after")), "{seen}");
        }
    }
}

#[tokio::test]
async fn the_text_beside_an_error_outside_of_an_event_is_kept() {
    let failed = LO.replace("\"id\":\"1\"", "\"error\":{\"message\":\"Gone\"}");
    for stray in [&failed, &failed.replace(",\"choices\"", ",\n\"choices\"")] {
        let seen = read(&format!("data: {HEL}\n\n{stray}\n\ndata: [DONE]\n\n")).await;
        assert!(seen.starts_with("stream_error - Gone"), "{seen}");
        assert!(seen.ends_with("after \"Hello\""), "{seen}");
    }
}

#[tokio::test]
async fn an_end_mark_without_framing_is_the_end() {
    for (before, expected) in [
        (format!("data: {HEL}\n\n"), "ok Hel"),
        (format!("{HEL}\n"), "ok Hel"),
        (format!("data: {HEL}\n\n{LO}\n"), "decode"),
        (format!("data: {HEL}\n\n{SLOW}\n"), "stream_error"),
        (format!("data: {HEL}\n\n{PRETTY}\n"), "stream_error"),
    ] {
        for after in ["", "\n", "\n\n", &format!("\n{SLOW}\ndata: {LO}\n\n")] {
            let seen = read(&format!("{before}[DONE]{after}")).await;
            assert!(seen.starts_with(expected), "{before}{after}: {seen}");
        }
        let seen = read(&format!("{before}[DON")).await;
        assert!(!seen.starts_with("ok"), "{before}: {seen}");
    }
}

#[tokio::test]
async fn fields_that_others_have_invented_are_ignored() {
    for invented in [
        "foo: bar",
        "foo",
        "x-trace.id: {}",
        "FOO:",
        ": {",
        "id: {",
        "retry: <",
        "error: null",
        "Error:false",
        "error: {\"code\":0,\"message\":\"\"}",
        "error: \" \"",
    ] {
        let transcript =
            format!("{invented}\ndata: {HEL}\n{invented}\n\n{invented}\ndata: [DONE]\n\n");
        assert_eq!(read(&transcript).await, "ok Hel", "{invented}");
        let seen = read(&format!("data: {HEL}\n\n{invented}\n")).await;
        assert!(
            seen.starts_with("truncated") && seen.contains(", , after"),
            "{seen}"
        );
    }
}

#[tokio::test]
async fn a_line_of_blanks_begins_no_text_outside_of_the_events() {
    for blank in [" ", "\t", "   ", " \t "] {
        let transcript =
            format!("{blank}\nfoo: bar\ndata: {HEL}\n\n{blank}\nfoo: bar\n\ndata: [DONE]\n\n");
        assert_eq!(read(&transcript).await, "ok Hel", "{blank:?}");
    }
}

#[tokio::test]
async fn what_stands_outside_is_kept_within_the_limit() {
    let page = "<p>some words</p>\n".repeat(20_000);
    let error = finish(Reply::sse_chunks([page])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.body().unwrap().len(), Limits::default().error_body);
    let details = "x".repeat(200_000);
    let long = format!("{{\"error\":{{\"details\":\"{details}\",\n\"code\":\"slow\"}}}}");
    let error = finish(Reply::sse_chunks([long])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::StreamError, Some("slow"))
    );
}
