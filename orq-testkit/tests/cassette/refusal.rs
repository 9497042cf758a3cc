//! A cassette that would hold a secret in any spelling isn't written.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use orq_core::transport::Body;
use orq_testkit::cassette::{Cassette, CassetteError, CassetteErrorKind, Recorder};

use crate::{Folder, KEY, Real, failure, read, request, request_with_key, send};

/// The key in spellings that a placeholder can't stand in for.
fn spellings() -> Vec<(&'static str, String)> {
    let each = |escape: fn(u8) -> String| KEY.bytes().map(escape).collect::<String>();
    vec![
        ("in base64", BASE64_STANDARD.encode(KEY)),
        ("in base64", BASE64_STANDARD.encode(format!("Bearer {KEY}"))),
        (
            "in base64",
            BASE64_URL_SAFE_NO_PAD.encode(format!("user:{KEY}")),
        ),
        ("percent-encoded", each(|byte| format!("%{byte:02X}"))),
        ("percent-encoded", each(|byte| format!("%{byte:02x}"))),
        (
            "percent-encoded",
            KEY.replace('/', "%2F").replace('+', "%2b"),
        ),
    ]
}

/// The outcome of recording one exchange over an older cassette.
fn record(request: Request<Bytes>, answer: Response<Bytes>) -> (Folder, Result<(), CassetteError>) {
    let folder = Folder::new();
    folder.write("an older cassette");
    let real = Real::new(move |_| Ok(answer.clone().map(Body::from)));
    let recorder = Recorder::new(real, Cassette::at(folder.cassette()).keep_header("x-note"));
    read(send(&recorder.handle(), request));
    let saved = recorder.save();
    (folder, saved)
}

#[track_caller]
fn assert_refused(
    (folder, saved): (Folder, Result<(), CassetteError>),
    place: &str,
    spelling: &str,
) {
    let error = saved.unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Secret);
    let message = format!("{error} {error:?}");
    assert!(
        message.contains(place) && message.contains(spelling),
        "{place}, {spelling}: {message}"
    );
    assert!(!message.contains(KEY), "{message}");
    assert_eq!(folder.files(), ["test.json"]);
    assert_eq!(folder.text(), "an older cassette");
}

fn nothing() -> Response<Bytes> {
    Response::new(Bytes::new())
}

#[test]
fn a_key_in_another_spelling_is_refused_wherever_it_stands() {
    for (name, spelled) in spellings() {
        let value = HeaderValue::from_str(&spelled).unwrap();

        let mut asked = request("{}");
        *asked.uri_mut() = format!("https://my.orq.ai/x?next={spelled}")
            .parse()
            .unwrap();
        assert_refused(
            record(asked, nothing()),
            "interaction 1, the request's path",
            name,
        );

        let mut asked = request("{}");
        asked.headers_mut().insert("x-note", value.clone());
        assert_refused(
            record(asked, nothing()),
            "interaction 1, the request's header x-note",
            name,
        );

        let asked = request(format!(r#"{{"inputs":{{"x":"{spelled}"}}}}"#));
        assert_refused(
            record(asked, nothing()),
            "interaction 1, the request's body",
            name,
        );

        let mut answer = nothing();
        answer.headers_mut().insert("x-orq-echo", value);
        assert_refused(
            record(request("{}"), answer),
            "interaction 1, the response's header x-orq-echo",
            name,
        );

        let answer = Response::new(format!("data: {spelled}\n\n").into());
        assert_refused(
            record(request("{}"), answer),
            "interaction 1, the response's body",
            name,
        );
    }
}

#[test]
fn a_key_with_the_escapes_of_json_is_refused_in_a_text() {
    let escaped: String = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for spelled in [
        escaped,
        KEY.replace('/', "\\/"),
        KEY.replace("sk", "\\u0073\\u006B"),
    ] {
        let answer = Response::new(format!(r#"data: {{"text":"{spelled}"}}"#).into());
        assert_refused(
            record(request("{}"), answer),
            "interaction 1, the response's body",
            "the escapes of JSON",
        );
        let asked = request(format!(r#"{{"cut":"{spelled}"#));
        assert_refused(
            record(asked, nothing()),
            "interaction 1, the request's body",
            "the escapes of JSON",
        );
    }
}

#[test]
fn a_spelling_that_is_split_over_chunks_is_refused() {
    let spelled = BASE64_STANDARD.encode(KEY);
    let (one, two) = spelled.split_at(10);
    let chunks = [one.to_owned(), two.to_owned()];
    let folder = Folder::new();
    let real = Real::new(move |_| {
        let chunks = chunks.clone().map(|chunk| Ok(chunk.into()));
        Ok(Response::new(Body::from_stream(futures::stream::iter(
            chunks,
        ))))
    });
    let recorder = Recorder::new(real, folder.cassette());
    read(send(&recorder.handle(), request("{}")));
    let error = recorder.save().unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Secret);
    assert!(folder.files().is_empty());
}

#[test]
fn a_key_that_the_file_itself_would_spell_is_refused() {
    // All digits: as a number, it can have no placeholder.
    let number = request_with_key("1234567890123", r#"{"n":[1234567890123]}"#);
    let error = record(number, nothing()).1.unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Secret);
    // A word of the format.
    let error = record(request_with_key("interactions", "{}"), nothing())
        .1
        .unwrap_err();
    assert!(error.to_string().contains("the file's text"), "{error}");
    // The placeholder.
    let error = record(request_with_key("redacted", r#""redacted""#), nothing())
        .1
        .unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Secret);
}

#[test]
fn a_refusal_fails_the_test_that_does_not_ask_for_it() {
    let folder = Folder::new();
    let message = failure(|| {
        let recorder = Recorder::new(Real::chunks(&[]), folder.cassette());
        read(send(
            &recorder.handle(),
            request(format!(r#""{}""#, BASE64_STANDARD.encode(KEY))),
        ));
    });
    assert!(message.contains("nothing was written"), "{message}");
    assert!(!message.contains(KEY));
    assert!(folder.files().is_empty());
}

#[test]
fn a_key_that_is_too_short_to_be_searched_for_is_refused() {
    let error = record(request_with_key("1234567", "{}"), nothing())
        .1
        .unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Secret);
    let message = error.to_string();
    assert!(
        message.contains(
            "the credential in the header authorization of interaction 1 has fewer than 8 bytes"
        ),
        "{message}"
    );

    let folder = Folder::new();
    let error = Recorder::new(
        Real::chunks(&[]),
        Cassette::at(folder.cassette()).secret("short"),
    );
    assert_eq!(error.save().unwrap_err().kind(), CassetteErrorKind::Secret);
    assert!(
        record(request_with_key("12345678", "{}"), nothing())
            .1
            .is_ok()
    );
}

#[test]
fn a_key_is_found_in_the_name_of_a_header_which_has_no_upper_case() {
    let key = "sk-orq-AbCdEf-0123";
    let mut answer = nothing();
    let name = http::HeaderName::try_from(format!("x-orq-{key}")).unwrap();
    answer
        .headers_mut()
        .insert(name, HeaderValue::from_static("1"));
    let recorded = record(request_with_key(key, "{}"), answer);
    assert_refused(recorded, "the name of a header", "as it is");
}
