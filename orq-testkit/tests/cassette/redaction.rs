//! What is kept out of a cassette, and that a test plays it all the same.

use http::{HeaderValue, Request, Response};
use orq_core::{
    DeploymentRequest,
    model::Identity,
    transport::{Body, CallContext, Operation},
};
use orq_testkit::{
    FakeOrq,
    cassette::{Cassette, CassetteErrorKind, Recorder, Replay},
};

use crate::{Folder, KEY, Real, body, client, read, request, request_with_key, send};

#[test]
fn the_key_is_nowhere_even_if_it_was_everywhere() {
    let folder = Folder::new();
    let real = Real::new(|_| {
        let body = body(&[
            br#"data: {"text":"your key is sk-orq-li"#,
            br#"ve/01"#,
            br#"23456789+AZ, isn't it?"}"#,
            b"\n\n\xffsk-orq-live/0123456789+AZ",
        ]);
        Ok(Response::builder()
            .header("x-orq-echo", format!("key={KEY}"))
            .body(body)
            .unwrap())
    });
    let ask = |key: &str| {
        let body = format!(
            r#"{{"key":"chat","inputs":{{"{key}":["{}"]}}}}"#,
            key.replace('/', "\\/")
        );
        let uri = format!("https://my.orq.ai/v2/{key}?api_key={key}");
        let mut request = Request::post(uri)
            .header("authorization", format!("Bearer {key}"))
            .header("x-note", format!("({key})"))
            .body(body.into())
            .unwrap();
        let context = CallContext::new(Operation::Other, Some(key));
        request.extensions_mut().insert(context);
        request
    };
    let recorder = Recorder::new(real, Cassette::at(folder.cassette()).keep_header("x-note"));
    let (happened, _) = read(send(&recorder.handle(), ask(KEY)));
    assert!(
        happened[3].ends_with(KEY.as_bytes()),
        "the recorder changes nothing"
    );
    recorder.save().unwrap();

    let (text, json) = (folder.text(), folder.json());
    assert!(!text.contains(KEY) && !text.contains("0123"), "{text}");
    let interaction = &json["interactions"][0];
    assert_eq!(
        interaction["request"]["path"],
        "/v2/[redacted]?api_key=[redacted]"
    );
    assert_eq!(interaction["request"]["deployment"], "[redacted]");
    assert_eq!(interaction["request"]["headers"]["x-note"], "([redacted])");
    assert_eq!(
        interaction["request"]["body"]["json"]["inputs"]["[redacted]"][0],
        "[redacted]"
    );
    assert_eq!(
        interaction["response"]["headers"]["x-orq-echo"],
        "key=[redacted]"
    );

    let replay = Replay::open(folder.cassette()).unwrap();
    let (played, _) = read(send(&replay.handle(), ask("quite-another-key")));
    let expected: [&[u8]; 4] = [
        br#"data: {"text":"your key is [re"#,
        b"da",
        br#"cted], isn't it?"}"#,
        b"\n\n\xff[redacted]",
    ];
    assert_eq!(played, expected);
}

#[test]
fn headers_that_are_secrets_are_hidden() {
    let folder = Folder::new();
    let real = Real::new(|_| {
        let mut marked = HeaderValue::from_static("hidden-2");
        marked.set_sensitive(true);
        let response = Response::builder()
            .header("set-cookie", "session=hidden-3")
            .header("set-cookie", "other=hidden-4")
            .header("x-orq-marked", marked)
            .header("x-orq-plain", "seen")
            .header("x-plain", "hidden-7");
        Ok(response.body(Body::empty()).unwrap())
    });
    let mut asked = request("{}");
    for (name, value) in [
        ("x-api-key", "hidden-1"),
        ("cookie", "hidden-5"),
        ("x-unnamed", "hidden-6"),
    ] {
        asked
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let cassette = Cassette::at(folder.cassette())
        .keep_header("x-api-key")
        .keep_header("Authorization")
        .keep_header("set-cookie");
    let recorder = Recorder::new(real, cassette);
    read(send(&recorder.handle(), asked));
    recorder.save().unwrap();

    let interaction = &folder.json()["interactions"][0];
    let headers = &interaction["request"]["headers"];
    assert_eq!(headers["authorization"], "[redacted]");
    assert_eq!(headers["x-api-key"], "[redacted]");
    assert_eq!(
        headers.as_object().unwrap().len(),
        3,
        "with content-type: {headers}"
    );
    let headers = &interaction["response"]["headers"];
    assert_eq!(
        headers["set-cookie"],
        serde_json::json!(["[redacted]", "[redacted]"])
    );
    assert_eq!(headers["x-orq-marked"], "[redacted]");
    assert_eq!(headers["x-orq-plain"], "seen");
    assert!(!folder.text().contains("hidden"));
}

#[test]
fn values_named_by_a_pointer_are_hidden_and_may_differ_in_the_replay() {
    let ask = |email: &str| {
        let identity = Identity::new("contact_01").email(email);
        DeploymentRequest::new("chat")
            .input("firstname", "Jane")
            .identity(identity)
    };
    let folder = Folder::new();
    let cassette = Cassette::at(folder.cassette())
        .redact("/identity/email")
        .redact("/choices/0/message/content");
    let recorder = Recorder::new(FakeOrq::new(), cassette.clone());
    let deployments = client(recorder.handle(), FakeOrq::DEFAULT_API_KEY).deployments();
    let calls = async {
        deployments.invoke(&ask("jane@example.com")).await.unwrap();
        deployments
            .stream(&ask("jane@example.com"))
            .await
            .unwrap()
            .finish()
            .await
            .unwrap();
    };
    futures::executor::block_on(calls);
    recorder.save().unwrap();
    let text = folder.text();
    for hidden in ["jane@example.com", "You said", "Hello"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    assert_eq!(folder.json()["redact"][0], "/identity/email");

    // Both a replay that names the pointers and one that doesn't.
    for cassette in [cassette, Cassette::at(folder.cassette())] {
        let replay = Replay::open(cassette).unwrap();
        let deployments = client(replay.handle(), "another-key").deployments();
        let calls = async {
            let answer = deployments.invoke(&ask("joe@example.com")).await.unwrap();
            assert_eq!(answer.text().as_deref(), Some("[redacted]"));
            let answer = deployments
                .stream(&ask("joe@example.com"))
                .await
                .unwrap()
                .finish()
                .await
                .unwrap();
            assert!(answer.text().unwrap().starts_with("[redacted]"));
        };
        futures::executor::block_on(calls);
    }
}

#[test]
fn a_value_that_was_cut_or_split_is_hidden_too() {
    let folder = Folder::new();
    let chunks: [&[u8]; 4] = [
        b"data: {\"email\":\"ja",
        b"ne@exa",
        b"mple.com\"}\n\n",
        b"data: {\"email\":\"jane@ex",
    ];
    let recorder = Recorder::new(
        Real::chunks(&chunks),
        Cassette::at(folder.cassette()).redact("/email"),
    );
    read(send(&recorder.handle(), request("{}")));
    recorder.save().unwrap();
    let replay = Replay::open(folder.cassette()).unwrap();
    let (played, _) = read(send(&replay.handle(), request("{}")));
    assert_eq!(
        played,
        [
            "data: {\"email\":\"[",
            "reda",
            "cted]\"}\n\n",
            "data: {\"email\":\"[redacted]\""
        ]
    );
}

#[test]
fn a_cassette_that_was_recorded_with_less_redaction_is_refused() {
    let folder = Folder::new();
    let recorder = Recorder::new(
        Real::chunks(&[]),
        Cassette::at(folder.cassette()).redact("/a"),
    );
    recorder.save().unwrap();
    let error =
        Replay::open(Cassette::at(folder.cassette()).redact("/a").redact("/b")).unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Stale);
    assert!(
        error
            .to_string()
            .contains("without redacting /b; record it again"),
        "{error}"
    );
}

#[test]
fn a_text_that_was_named_is_nowhere() {
    let folder = Folder::new();
    let recorder = Recorder::new(
        Real::chunks(&[b"Dear Jane Doe-Smith,"]),
        Cassette::at(folder.cassette()).secret("Jane Doe-Smith"),
    );
    read(send(
        &recorder.handle(),
        request(r#"{"name":"Jane Doe-Smith"}"#),
    ));
    recorder.save().unwrap();
    assert!(!folder.text().contains("Jane"));

    let replay = Replay::open(Cassette::at(folder.cassette()).secret("Joe Public")).unwrap();
    let (played, _) = read(send(&replay.handle(), request(r#"{"name":"Joe Public"}"#)));
    assert_eq!(played, ["Dear [redacted],"]);
}

#[test]
fn the_key_of_another_request_is_hidden_as_well() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"tenant-key-2"]), folder.cassette());
    read(send(
        &recorder.handle(),
        request_with_key("tenant-key-1", "{}"),
    ));
    read(send(
        &recorder.handle(),
        request_with_key("tenant-key-2", "[]"),
    ));
    recorder.save().unwrap();
    assert!(!folder.text().contains("tenant-key"));
}

#[test]
fn a_made_up_key_may_be_a_word_of_the_request() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"x"]), folder.cassette());
    let body = r#"{"key":"test-key"}"#;
    for _ in 0..2 {
        read(send(&recorder.handle(), request(body)));
    }
    recorder.save().unwrap();
    let replay = Replay::open(folder.cassette()).unwrap();
    for _ in 0..2 {
        read(send(&replay.handle(), request_with_key("test-key", body)));
    }
}

#[test]
fn a_rule_of_the_test_hides_what_it_finds() {
    fn orders(text: &[u8]) -> Vec<std::ops::Range<usize>> {
        let starts = text.windows(4).enumerate();
        let starts = starts.filter(|(_, word)| word == b"ORD-");
        starts.map(|(at, _)| at..at + 12).collect()
    }
    let folder = Folder::new();
    let real = Real::new(|_| {
        let body = body(&[
            b"data: {\"text\":\"OR",
            b"D-12345678 was sent\"}\n\n",
            b"ORD-12",
        ]);
        let response = Response::builder().header("x-orq-order", "about ORD-12345678");
        Ok(response.body(body).unwrap())
    });
    let ask = |order: &str| {
        let escaped = order.replace('O', "\\u004f");
        let mut asked = request(format!(r#"{{"{order}":["{escaped}", 1]}}"#));
        let uri = format!("https://my.orq.ai/v2/deployments/invoke?order={order}");
        *asked.uri_mut() = uri.parse().unwrap();
        asked
    };
    let cassette = Cassette::at(folder.cassette()).redact_with(orders);
    let recorder = Recorder::new(real, cassette.clone());
    read(send(&recorder.handle(), ask("ORD-12345678")));
    recorder.save().unwrap();
    assert!(!folder.text().contains("ORD"), "{}", folder.text());

    let replay = Replay::open(cassette).unwrap();
    let answer = send(&replay.handle(), ask("ORD-00000000")).unwrap();
    assert_eq!(answer.headers()["x-orq-order"], "about [redacted]");
    let played = read(Ok(answer)).0.concat();
    assert_eq!(
        played,
        b"data: {\"text\":\"[redacted] was sent\"}\n\n[redacted]"
    );
}

#[test]
fn a_pointer_with_a_star_hides_every_item() {
    let folder = Folder::new();
    let answer = br#"{"choices":[{"message":{"content":"Jane"}},{"message":{"content":"Joe"}}]}"#;
    let cassette = Cassette::at(folder.cassette())
        .redact("/messages/*/content")
        .redact("/choices/*/message/content");
    let recorder = Recorder::new(Real::chunks(&[answer]), cassette);
    let ask = |one, two| {
        let message = |content| serde_json::json!({"role": "user", "content": content});
        let messages = [message(one), message(two)];
        request(serde_json::json!({ "messages": messages }).to_string())
    };
    read(send(&recorder.handle(), ask("Jane", "Joe")));
    recorder.save().unwrap();
    assert!(!folder.text().contains("Jane") && !folder.text().contains("Joe"));

    let replay = Replay::open(folder.cassette()).unwrap();
    let (played, _) = read(send(&replay.handle(), ask("Ann", "Tom")));
    let played: serde_json::Value = serde_json::from_slice(&played.concat()).unwrap();
    assert_eq!(played["choices"][1]["message"]["content"], "[redacted]");
}

#[test]
fn the_beginning_of_a_key_at_which_a_body_broke_off_is_hidden() {
    let folder = Folder::new();
    let recorder = Recorder::new(
        Real::chunks(&[b"key=sk-orq", b"-live/01"]),
        folder.cassette(),
    );
    let key = "sk-orq-live/0123456789+AZ";
    read(send(&recorder.handle(), request_with_key(key, "{}")));
    recorder.save().unwrap();
    let replay = Replay::open(folder.cassette()).unwrap();
    let (played, _) = read(send(&replay.handle(), request("{}")));
    assert_eq!(played.concat(), b"key=[redacted]");
}
