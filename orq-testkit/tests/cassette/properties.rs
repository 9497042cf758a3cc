//! What holds for any body, any chunking, and wherever a key stands.

use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, Request, Response};
use orq_core::transport::Body;
use orq_testkit::cassette::{Cassette, CassetteErrorKind, Recorder, Replay};
use proptest::{collection::vec, prelude::*};

use crate::{Folder, Real, read, request_with_key, send};

fn respond(chunks: Vec<Vec<u8>>) -> Real {
    Real::new(move |_| {
        let chunks: Vec<_> = chunks
            .iter()
            .cloned()
            .map(|chunk| Ok(Bytes::from(chunk)))
            .collect();
        Ok(Response::new(Body::from_stream(stream::iter(chunks))))
    })
}

/// The text, cut at these places.
fn cut(text: &[u8], places: &[prop::sample::Index]) -> Vec<Vec<u8>> {
    let mut places: Vec<_> = places
        .iter()
        .map(|place| place.index(text.len() + 1))
        .collect();
    places.sort_unstable();
    let ends = places.iter().copied().chain([text.len()]);
    let starts = [0].into_iter().chain(places.iter().copied());
    starts
        .zip(ends)
        .map(|(start, end)| text[start..end].to_vec())
        .collect()
}

/// Bytes that a header can carry as a key.
fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{8,40}", "[a-c/+%\\\\\"]{8,12}", "[0-9]{8,20}"]
}

/// How a key may be spelled, and whether such a text may be written once its plain form is replaced.
fn spelled(key: &str, how: u8) -> String {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
    match how {
        0 | 1 => key.to_owned(),
        2 => BASE64_STANDARD.encode(format!("a{key}b")),
        3 => BASE64_URL_SAFE_NO_PAD.encode(key),
        4 => key.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        5 => key.bytes().map(|byte| format!("\\u{byte:04x}")).collect(),
        _ => key.chars().rev().collect(),
    }
}

/// Whether the key's bytes stand in a cassette, in what its strings say or in its own text.
fn holds(folder: &Folder, key: &str) -> bool {
    let contains = |text: &[u8]| text.windows(key.len()).any(|part| part == key.as_bytes());
    let Ok(text) = std::fs::read(folder.cassette()) else {
        return false;
    };
    let replay = Replay::open(folder.cassette()).unwrap();
    replay.allow_unused();
    let json = folder.json();
    let chunks = json["interactions"][0]["response"]["chunks"]
        .as_array()
        .unwrap();
    let chunks = chunks
        .iter()
        .flat_map(|chunk| match chunk["text"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => {
                use base64::prelude::{BASE64_STANDARD, Engine};
                BASE64_STANDARD
                    .decode(chunk["base64"].as_str().unwrap())
                    .unwrap()
            }
        });
    contains(&text) || contains(&chunks.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_chunks_are_played_byte_for_byte(chunks in vec(vec(any::<u8>(), 0..20), 0..10)) {
        let folder = Folder::new();
        let recorder = Recorder::new(respond(chunks.clone()), folder.cassette());
        read(send(&recorder.handle(), request_with_key("sk-orq-0123456789", "{}")));
        recorder.save().unwrap();
        let replay = Replay::open(folder.cassette()).unwrap();
        let (played, error) = read(send(&replay.handle(), request_with_key("another-key", "{}")));
        prop_assert_eq!(played, chunks);
        prop_assert!(error.is_none());
    }

    #[test]
    fn any_text_is_played_however_it_is_cut(text in "\\PC{0,60}", places in vec(any::<prop::sample::Index>(), 0..8)) {
        let folder = Folder::new();
        let chunks = cut(text.as_bytes(), &places);
        let recorder = Recorder::new(respond(chunks.clone()), folder.cassette());
        read(send(&recorder.handle(), request_with_key("sk-orq-0123456789", "{}")));
        recorder.save().unwrap();
        let replay = Replay::open(folder.cassette()).unwrap();
        let (played, _) = read(send(&replay.handle(), request_with_key("another-key", "{}")));
        prop_assert_eq!(played, chunks);
    }

    #[test]
    fn a_value_that_a_pointer_names_is_hidden_however_the_body_is_cut(
        value in any_json(),
        is_stream in any::<bool>(),
        places in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let json = |value: &str| format!(r#"{{"a": [0, {{"b": {value}}}], "c": "seen"}}"#);
        let framed = |json: String| if is_stream { format!("event: x\ndata: {json}\n\ndata: [DONE]\n\n") } else { json };
        let body = framed(json(&value));
        let folder = Folder::new();
        let chunks = cut(body.as_bytes(), &places);
        let recorder = Recorder::new(respond(chunks.clone()), Cassette::at(folder.cassette()).redact("/a/1/b"));
        let key = "sk-orq-0123456789";
        read(send(&recorder.handle(), request_with_key(key, json(&value))));
        recorder.save().unwrap();

        let replay = Replay::open(folder.cassette()).unwrap();
        let (played, _) = read(send(&replay.handle(), request_with_key(key, json("null"))));
        prop_assert_eq!(played.len(), chunks.len());
        let expected = framed(json(r#""[redacted]""#));
        prop_assert_eq!(played.concat(), expected.as_bytes());
    }

    #[test]
    fn any_body_matches_itself(body in vec(any::<u8>(), 0..40), json in any_json()) {
        let folder = Folder::new();
        let recorder = Recorder::new(respond(vec![]), folder.cassette());
        for body in [body.clone(), json.clone().into_bytes()] {
            read(send(&recorder.handle(), request_with_key("sk-orq-0123456789", body)));
        }
        recorder.save().unwrap();
        let replay = Replay::open(folder.cassette()).unwrap();
        for body in [json.into_bytes(), body] {
            read(send(&replay.handle(), request_with_key("another-key", body)));
        }
    }

    #[test]
    fn a_key_is_in_no_cassette_wherever_it_stood(
        key in key(),
        part in 0..5u8,
        how in 0..7u8,
        around in ["[ -~]{0,6}", "[ -~]{0,6}"],
        places in vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = format!("{}{}{}", around[0], spelled(&key, how), around[1]);
        let body = match part {
            0 => serde_json::json!({"inputs": {&text: [&text]}}).to_string(),
            1 => format!("{{\"cut\":\"{text}"),
            _ => "{}".to_owned(),
        };
        let mut asked: Request<Bytes> = request_with_key(&key, body);
        if let (2, Ok(uri)) = (part, format!("https://my.orq.ai/x?{text}").parse()) {
            *asked.uri_mut() = uri;
        }
        if let (3, Ok(value)) = (part, HeaderValue::from_str(&text)) {
            asked.headers_mut().insert("x-note", value);
        }
        let chunks = if part == 4 { cut(text.as_bytes(), &places) } else { vec![] };
        let folder = Folder::new();
        let recorder = Recorder::new(respond(chunks), Cassette::at(folder.cassette()).keep_header("x-note"));
        read(send(&recorder.handle(), asked));
        match recorder.save() {
            Ok(()) => prop_assert!(!holds(&folder, &key), "{}", folder.text()),
            Err(error) => {
                prop_assert_eq!(error.kind(), CassetteErrorKind::Secret);
                prop_assert!(!error.to_string().contains(&key));
                prop_assert!(folder.files().is_empty());
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<f64>().prop_map(|number| serde_json::json!(number)),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    let json = leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    });
    json.prop_map(|json: serde_json::Value| json.to_string())
}
