//! A server that shows all it knows, and a client that sends all it has: none of it gets through to a cassette.

use std::path::PathBuf;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use orq_core::transport::Body;
use orq_testkit::cassette::{Cassette, CassetteErrorKind, Recorder};

use crate::{Folder, KEY, Real, read, request, send};

/// What is on disk after an exchange was recorded, and the error if it wasn't.
fn record(
    cassette: impl FnOnce(PathBuf) -> Cassette,
    asked: Request<Bytes>,
    answer: Response<Bytes>,
) -> (String, Option<String>) {
    let folder = Folder::new();
    let real = Real::new(move |_| Ok(answer.clone().map(Body::from)));
    let recorder = Recorder::new(real, cassette(folder.cassette()));
    read(send(&recorder.handle(), asked));
    let error = recorder.save().err();
    let written = match folder.files().is_empty() {
        true => String::new(),
        false => folder.text(),
    };
    assert_eq!(written.is_empty(), error.is_some());
    let message = error.map(|error| {
        assert_eq!(error.kind(), CassetteErrorKind::Secret);
        format!("{error} {error:?}")
    });
    (written, message)
}

fn asked(name: &'static str, value: &str) -> Request<Bytes> {
    let mut asked = request("{}");
    asked.headers_mut().insert(name, value.parse().unwrap());
    asked
}

fn answer(name: &str, value: &str) -> Response<Bytes> {
    let response = Response::builder().header(name, value);
    response.body(Bytes::new()).unwrap()
}

fn says(text: impl Into<Bytes>) -> Response<Bytes> {
    Response::new(text.into())
}

/// Records a request whose `header` carries `credential`, and an answer that shows `shown`.
#[track_caller]
fn assert_replaced(asked: Request<Bytes>, shown: &str) {
    let text = format!(r#"{{"choices":[],"echo":"{shown}"}}"#);
    let (written, error) = record(Cassette::at, asked, says(text));
    assert_eq!(error, None);
    assert!(!written.contains(shown), "{written}");
    assert!(written.contains("[redacted]"), "{written}");
}

#[track_caller]
fn assert_refused(asked: Request<Bytes>, answer: Response<Bytes>, why: &str, hidden: &str) {
    let (_, error) = record(Cassette::at, asked, answer);
    let error = error.expect("it was written");
    assert!(error.contains(why), "{error}");
    assert!(!error.contains(hidden), "{error}");
}

#[test]
fn a_key() {
    assert_replaced(request("{}"), KEY);
    for name in [
        "x-api-key",
        "ocp-apim-subscription-key",
        "x-auth-token",
        "proxy-authorization",
    ] {
        assert_replaced(asked(name, "another-key-0123"), "another-key-0123");
    }
    assert_replaced(
        asked("x-upstream-authorization", "Bearer another-key"),
        "another-key",
    );
    let basic = BASE64_STANDARD.encode("jane:her-password");
    let basic = format!("Basic {basic}");
    assert_replaced(asked("proxy-authorization", &basic), "her-password");
}

#[test]
fn what_is_marked_sensitive_whatever_its_name() {
    let mut value = HeaderValue::from_static("tenant-0123456");
    value.set_sensitive(true);
    let mut asked = request("{}");
    asked.headers_mut().insert("x-tenant", value);
    assert_replaced(asked, "tenant-0123456");
}

#[test]
fn a_cookie() {
    let asked = || asked("cookie", "first=0123456789; second=abcdefgh");
    for shown in ["0123456789", "abcdefgh"] {
        assert_replaced(asked(), shown);
    }
    let keep = |path| {
        Cassette::at(path)
            .keep_header("cookie")
            .keep_header("set-cookie")
    };
    let (written, error) = record(keep, asked(), answer("set-cookie", "session=stuvwxyz"));
    assert_eq!(error, None);
    assert!(
        !written.contains("0123456789") && !written.contains("stuvwxyz"),
        "{written}"
    );

    let (written, _) = record(
        Cassette::at,
        request("{}"),
        answer("set-cookie", "session=stuvwxyz"),
    );
    assert!(!written.contains("cookie"), "{written}");
}

#[test]
fn a_token_in_a_location() {
    let location = "https://login.example.com/next?token=0123456789";
    for name in ["location", "content-location", "refresh", "link"] {
        let (written, error) = record(Cassette::at, request("{}"), answer(name, location));
        assert_eq!(error, None);
        assert!(
            !written.contains("0123456789") && !written.contains(name),
            "{written}"
        );
    }
    // If the test wants to see it, the key still isn't in it.
    let location = format!("https://login.example.com/next?token={KEY}");
    let keep = |path| Cassette::at(path).keep_header("location");
    let (written, _) = record(keep, request("{}"), answer("location", &location));
    assert!(written.contains("next?token=[redacted]"), "{written}");
}

#[test]
fn a_signature_header() {
    for name in [
        "x-signature",
        "x-hub-signature-256",
        "signature-input",
        "x-amz-signature",
        "x-orq-signature",
    ] {
        let (written, error) = record(
            Cassette::at,
            request("{}"),
            answer(name, "sha256=0123456789"),
        );
        assert_eq!(error, None);
        assert!(!written.contains("0123456789"), "{written}");
    }
    assert_replaced(asked("x-signature", "0123456789"), "0123456789");
}

#[test]
fn a_short_credential() {
    for (name, value) in [
        ("authorization", "Bearer short-1"),
        ("x-api-key", "short-1"),
        ("cookie", "session=short-1"),
        ("proxy-authorization", "Basic amFuZTpzaG9ydC0x"),
    ] {
        let why =
            format!("the credential in the header {name} of interaction 1 has fewer than 8 bytes");
        assert_refused(asked(name, value), says("short-1"), &why, "short-1");
    }
    let mut value = HeaderValue::from_static("short-1");
    value.set_sensitive(true);
    let mut asked = request("{}");
    asked.headers_mut().insert("x-tenant", value);
    assert_refused(
        asked,
        says(""),
        "the header x-tenant of interaction 1",
        "short-1",
    );
}

#[test]
fn hexadecimal() {
    let lower: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for shown in [lower.to_uppercase(), format!("0x{lower}00"), lower] {
        assert_refused(
            request("{}"),
            says(shown.clone()),
            "the response's body, in hexadecimal",
            &shown,
        );
        let body = format!(r#"{{"a":{{"b":"{shown}"}}}}"#);
        assert_refused(
            request(body),
            says(""),
            "the request's body, in hexadecimal",
            &shown,
        );
    }
}

#[test]
fn base64_that_is_wrapped_over_lines() {
    let encoded = BASE64_STANDARD.encode(format!("user:{KEY}, and more of it to fill lines"));
    for end in ["\n", "\r\n", "\\n", "\\r\\n", "\ndata: ", " "] {
        for width in [7, 20] {
            let lines: Vec<_> = encoded.as_bytes().chunks(width).collect();
            let shown = lines.join(end.as_bytes());
            let shown = format!("data: {}\n\n", String::from_utf8(shown).unwrap());
            assert_refused(
                request("{}"),
                says(shown),
                "the response's body, in base64",
                &encoded,
            );
        }
    }
}

#[test]
fn a_spelling_within_a_spelling() {
    let base64 = BASE64_STANDARD.encode(KEY);
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    for shown in [
        BASE64_STANDARD.encode(&base64),
        base64.bytes().map(|byte| format!("{byte:02x}")).collect(),
        base64.replace('=', "%3D"),
        percent.replace('%', "%25"),
        json(&json(&percent.replace('%', "\\u0025"))),
    ] {
        assert_refused(
            request("{}"),
            says(shown.clone()),
            "the response's body",
            &shown,
        );
    }
}
