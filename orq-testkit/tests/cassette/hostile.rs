//! A file that doesn't fit is an error that has the place, and never a panic.

use orq_testkit::cassette::{CassetteErrorKind, Replay};
use serde_json::{Value, json};

use crate::{Folder, read, request, send};

/// A cassette of one interaction that is all right.
fn good() -> Value {
    json!({
        "version": 1,
        "redact": ["/a"],
        "interactions": [{
            "request": {
                "operation": "invoke", "deployment": "chat", "attempt": 1, "method": "POST",
                "path": "/v2/deployments/invoke", "headers": {}, "body": {"json": {}}
            },
            "response": {
                "after_ms": 1, "status": 200, "headers": {"a": "b", "c": ["d", {"base64": "/w=="}]},
                "chunks": [{"at_ms": 1, "text": "x"}, {"at_ms": 1, "base64": "/w=="}],
                "end": {"at_ms": 2, "how": "complete"}
            }
        }]
    })
}

fn open(text: &str) -> (CassetteErrorKind, String) {
    let folder = Folder::new();
    folder.write(text);
    let error = Replay::open(folder.cassette()).unwrap_err();
    assert_eq!(error.path(), Some(folder.cassette().as_path()));
    (error.kind(), error.to_string())
}

#[test]
fn a_cassette_may_be_written_by_hand() {
    let folder = Folder::new();
    let mut cassette = good();
    cassette["interactions"][0]["request"]["body"] = json!({"text": " {} "});
    folder.write(&cassette.to_string());
    let replay = Replay::open(folder.cassette()).unwrap();
    let answer = send(&replay.handle(), request("{}")).unwrap();
    assert_eq!(
        answer
            .headers()
            .get_all("c")
            .iter()
            .next_back()
            .unwrap()
            .as_bytes(),
        b"\xff"
    );
    assert_eq!(read(Ok(answer)).0, [&b"x"[..], b"\xff"]);
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let folder = Folder::new();
    folder.write(&format!("\u{feff}{}", good()));
    let replay = Replay::open(folder.cassette()).unwrap();
    assert_eq!(read(send(&replay.handle(), request("{}"))).0[0], "x");

    let (kind, message) = open("\u{feff}\u{feff}{}");
    assert_eq!(kind, CassetteErrorKind::Json, "{message}");
}

#[test]
fn what_is_no_cassette_is_refused() {
    for text in ["", "{", "\u{0}", "[1,]", &"[".repeat(100_000)] {
        assert_eq!(open(text).0, CassetteErrorKind::Json, "{text:.20}");
    }
    for text in ["[]", "null", "{}", r#"{"interactions":[]}"#] {
        let (kind, message) = open(text);
        assert_eq!(kind, CassetteErrorKind::Field);
        assert!(message.contains("this is no cassette: "), "{message}");
    }
    for version in [
        json!(2),
        json!(0),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(null),
    ] {
        let (kind, message) = open(&json!({"version": version, "anything": 1}).to_string());
        assert_eq!(kind, CassetteErrorKind::Version);
        assert!(message.contains("record the cassette again"), "{message}");
    }
}

#[test]
fn a_field_that_is_wrong_is_named() {
    let huge: Value = serde_json::from_str("1e300").unwrap();
    let cases = [
        (
            "/redact",
            json!("x"),
            "redact: invalid type: string \"x\", expected a sequence",
        ),
        (
            "/redact/0",
            json!("x"),
            "redact[0]: json pointer failed to parse",
        ),
        (
            "/redact/0",
            json!("/~2"),
            "redact[0]: json pointer failed to parse",
        ),
        (
            "/interactions",
            json!({}),
            "interactions: invalid type: map, expected a sequence",
        ),
        (
            "/interactions/0",
            json!(1),
            "interactions[0]: invalid type: integer `1`, expected an object",
        ),
        (
            "/interactions/0/request",
            json!(null),
            "interactions[0].request: invalid type: null, expected an object",
        ),
        (
            "/interactions/0/request/attempt",
            json!(-1),
            "interactions[0].request.attempt: invalid ",
        ),
        (
            "/interactions/0/request/attempt",
            json!(1u64 << 40),
            "interactions[0].request.attempt: invalid ",
        ),
        (
            "/interactions/0/request/path",
            json!(1),
            "interactions[0].request.path: invalid type: integer `1`, expected a string",
        ),
        (
            "/interactions/0/request/body",
            json!({}),
            "interactions[0].request.body: ",
        ),
        (
            "/interactions/0/request/body",
            json!({"text": "", "base64": ""}),
            "interactions[0].request.body: ",
        ),
        (
            "/interactions/0/request/body",
            json!({"json": 1, "text": ""}),
            "interactions[0].request.body: ",
        ),
        (
            "/interactions/0/response/after_ms",
            json!(-1),
            "interactions[0].response.after_ms: invalid ",
        ),
        (
            "/interactions/0/response/after_ms",
            huge.clone(),
            "interactions[0].response.after_ms: invalid ",
        ),
        (
            "/interactions/0/response/status",
            json!(1000),
            "interactions[0].response.status: invalid status code",
        ),
        (
            "/interactions/0/response/status",
            json!(99),
            "interactions[0].response.status: invalid status code",
        ),
        (
            "/interactions/0/response/status",
            json!(1 << 20),
            "interactions[0].response.status: invalid value: integer `1048576`, expected u16",
        ),
        (
            "/interactions/0/response/headers",
            json!({"a b": "c"}),
            "interactions[0].response.headers: a b: invalid HTTP header name",
        ),
        (
            "/interactions/0/response/headers",
            json!({"": "c"}),
            "interactions[0].response.headers: : invalid HTTP header name",
        ),
        (
            "/interactions/0/response/headers/a",
            json!("c\r\nd: e"),
            "interactions[0].response.headers: a: failed to parse header value",
        ),
        (
            "/interactions/0/response/headers/a",
            json!({"base64": "AA=="}),
            "interactions[0].response.headers: a: failed to parse header value",
        ),
        (
            "/interactions/0/response/headers/a",
            json!(1),
            "interactions[0].response.headers: a: ",
        ),
        (
            "/interactions/0/response/chunks/1/base64",
            json!("a"),
            "interactions[0].response.chunks[1]: Invalid ",
        ),
        (
            "/interactions/0/response/chunks/1/base64",
            json!("!!!!"),
            "interactions[0].response.chunks[1]: Invalid ",
        ),
        (
            "/interactions/0/response/chunks/1/at_ms",
            json!(0),
            "interactions[0].response.chunks[1].at_ms: is before",
        ),
        (
            "/interactions/0/response/chunks/0/at_ms",
            huge,
            "interactions[0].response.chunks[0].at_ms: invalid ",
        ),
        (
            "/interactions/0/response/end/at_ms",
            json!(0),
            "interactions[0].response.end.at_ms: is before",
        ),
        (
            "/interactions/0/response/end/how",
            json!("well"),
            "interactions[0].response.end.how: unknown variant `well`, expected one of `complete`, `error`",
        ),
        (
            "/interactions/0/response/end/how",
            json!("error"),
            "interactions[0].response.end: missing field `kind`",
        ),
    ];
    for (pointer, value, expected) in cases {
        let mut cassette = good();
        *cassette.pointer_mut(pointer).unwrap() = value;
        let (kind, message) = open(&cassette.to_string());
        assert_eq!(kind, CassetteErrorKind::Field, "{pointer}");
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn a_field_that_is_missing_or_too_much_is_named() {
    let required = [
        ("", "redact"),
        ("", "interactions"),
        ("/interactions/0", "request"),
        ("/interactions/0/request", "method"),
        ("/interactions/0/request", "path"),
        ("/interactions/0/request", "headers"),
        ("/interactions/0/response", "after_ms"),
        ("/interactions/0/response", "status"),
        ("/interactions/0/response", "headers"),
        ("/interactions/0/response", "chunks"),
        ("/interactions/0/response", "end"),
        ("/interactions/0/response/chunks/0", "at_ms"),
        ("/interactions/0/response/end", "at_ms"),
        ("/interactions/0/response/end", "how"),
    ];
    for (pointer, name) in required {
        let place = match pointer.trim_start_matches('/') {
            "" => String::new(),
            path => format!("{}: ", path.replace("/0", "[0]").replace('/', ".")),
        };
        let mut cassette = good();
        let object = cassette
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap();
        object.remove(name).unwrap();
        let (kind, message) = open(&cassette.to_string());
        assert_eq!(kind, CassetteErrorKind::Field);
        let missing = format!("{place}missing field `{name}`");
        assert!(message.contains(&missing), "{missing}: {message}");

        let mut cassette = good();
        cassette.pointer_mut(pointer).unwrap()["surplus"] = json!(1);
        let message = open(&cassette.to_string()).1;
        assert!(message.contains(place.trim_end_matches(": ")), "{message}");
        assert!(message.contains("unknown field `surplus`"), "{message}");
    }
    let mut cassette = good();
    let error =
        json!({"after_ms": 0, "kind": "closed", "phase": "headers", "delivery": "maybe_sent"});
    cassette["interactions"][0]["error"] = error.clone();
    assert!(
        open(&cassette.to_string())
            .1
            .contains("error: can't stand beside `response`")
    );
    for name in ["kind", "phase", "delivery"] {
        let mut cassette = good();
        let interaction = cassette["interactions"][0].as_object_mut().unwrap();
        interaction.remove("response").unwrap();
        interaction.insert("error".into(), error.clone());
        interaction["error"][name] = json!("nonsense");
        let message = open(&cassette.to_string()).1;
        let expected = "interactions[0].error: unknown variant `nonsense`, expected one of";
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn times_may_be_as_long_as_numbers_go() {
    let mut cassette = good();
    cassette["interactions"][0]["response"]["after_ms"] = json!(u64::MAX);
    cassette["interactions"][0]["response"]["chunks"] = json!([{"at_ms": u64::MAX, "text": "x"}]);
    cassette["interactions"][0]["response"]["end"]["at_ms"] = json!(u64::MAX);
    let folder = Folder::new();
    folder.write(&cassette.to_string());

    use futures::{FutureExt, StreamExt};
    use orq_core::transport::HttpTransport;
    use orq_testkit::{ManualTimer, cassette::Cassette};
    let timer = ManualTimer::new();
    let cassette = Cassette::at(folder.cassette())
        .in_own_time()
        .timer(timer.clone());
    let replay = Replay::open(cassette).unwrap();
    let transport = replay.handle();
    let mut head = transport.send(request("{}"));
    assert!((&mut head).now_or_never().is_none());
    timer.advance(std::time::Duration::MAX);
    let mut body = head.now_or_never().unwrap().unwrap().into_body();
    assert!(body.next().now_or_never().is_some());
}
