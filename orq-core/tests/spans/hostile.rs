//! What servers, callers and hooks can do to spans.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use orq_core::{
    Client,
    http::{HeaderName, HeaderValue},
    model::RawJson,
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::*;

/// Parts of messages that `serde_json::Value` can't hold: a number out of its range, and too many levels.
fn unholdable() -> [String; 2] {
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    ["1e999".to_owned(), deep]
}

#[test]
fn content_that_a_value_cannot_hold_is_left_out() {
    for json in unholdable() {
        let memory = MemoryTransport::new();
        let part = format!(r#"{{"type":"other","field":{json}}}"#);
        let text = r#"{"type":"text","text":"read"}"#;
        let call = format!(
            r#"{{"id":"c","type":"function","function":{{"name":"f","arguments":{json}}}}}"#
        );
        let message =
            format!(r#"{{"role":"assistant","content":[{part},{text}],"tool_calls":[{call}]}}"#);
        let answer =
            format!(r#"{{"choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"#);
        memory.reply(Reply::status(200, answer));
        let client = builder(&memory)
            .spans(spans().with_content())
            .build()
            .unwrap();
        let mut request = request();
        for role in ["user", "tool"] {
            let given =
                format!(r#"{{"role":"{role}","tool_call_id":"c","content":[{part},{text}]}}"#);
            request = request.message(serde_json::from_str::<Message>(&given).unwrap());
        }
        let request = request.input("raw", serde_json::from_str::<RawJson>(&json).unwrap());
        let spans = exported(|| {
            block_on(client.deployments().invoke(&request)).unwrap();
        });
        let found = attributes(calls(&spans)[0]);
        for name in ["gen_ai.input.messages", "gen_ai.output.messages"] {
            let text = found[name].as_str();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(json.to_string().contains("read"), "{json}");
        }
    }
}

#[test]
fn a_key_that_the_server_repeats_is_nowhere() {
    let memory = MemoryTransport::new();
    let message = json!({"role": "assistant", "content": [KEY, {"type": "text", "text": KEY}, {"type": KEY}]});
    let choice = json!({"index": 0, "message": message, "finish_reason": KEY});
    let said = json!({"id": KEY, "model": format!("m-{KEY}"), "choices": [choice], "telemetry": {"trace_id": KEY}});
    memory.reply_json(&said);
    memory.reply(Reply::json(&said).header("x-orq-trace-id", KEY));
    let [first, last] = KEY.split_at(9).into();
    let pieces = [piece(first, None), piece(last, Some(KEY))];
    memory.reply_sse(pieces.iter().map(String::as_str).chain(["[DONE]"]));
    let error = json!({"error": {"code": KEY, "type": KEY, "message": KEY}});
    memory.reply(Reply::json(error).with_status(400));
    let spans = spans().with_content();
    let client = builder(&memory).spans(spans).build().unwrap();
    let spans = exported(|| {
        let deployments = client.deployments();
        block_on(deployments.invoke(&request())).unwrap();
        block_on(deployments.invoke(&request())).unwrap();
        let stream = block_on(deployments.stream(&request())).unwrap();
        block_on(stream.finish()).unwrap();
        block_on(deployments.invoke(&request())).unwrap_err();
    });
    assert_eq!(calls(&spans).len(), 4);
    assert_no_secret(&spans, &[KEY]);
}

#[test]
fn words_are_no_error_type() {
    let long = "x".repeat(100);
    for (code, kind) in [
        (PROMPT, "400"),
        ("Prompt: \"x\"", "400"),
        (&*long, "400"),
        ("", "400"),
        (KEY, "400"),
        ("rate_limit.v2:hard-cap", "rate_limit.v2:hard-cap"),
    ] {
        let memory = MemoryTransport::new();
        let error = json!({"error": {"code": code, "message": "no"}});
        memory.reply(Reply::json(error).with_status(400));
        let client = builder(&memory).spans(spans()).build().unwrap();
        let spans = exported(|| {
            block_on(client.deployments().invoke(&request())).unwrap_err();
        });
        assert_no_secret(&spans, &[KEY, PROMPT]);
        assert_eq!(attributes(calls(&spans)[0])["error.type"], kind.into());
    }
}

#[test]
fn the_address_of_a_server_has_no_brackets() {
    for (base, host, port) in [
        ("http://[::1]:8080", "::1", 8080),
        ("https://[2001:db8::1]", "2001:db8::1", 443),
        ("http://127.0.0.1", "127.0.0.1", 80),
    ] {
        let memory = MemoryTransport::new();
        memory.reply_json(answer());
        let client = builder(&memory)
            .base_url(base)
            .spans(spans())
            .build()
            .unwrap();
        let spans = exported(|| {
            block_on(client.deployments().invoke(&request())).unwrap();
        });
        for span in &spans {
            let found = attributes(span);
            assert_eq!(found["server.address"], host.into());
            assert_eq!(found["server.port"], port.into());
        }
    }
}

/// Makes a call with this propagator, and returns the request.
fn propagated(
    propagate: impl Fn(&mut HeaderMap) + Send + Sync + 'static,
    own: &[(&str, &str)],
) -> RecordedRequest {
    let memory = MemoryTransport::new();
    memory.reply_json(answer());
    let spans = spans().propagator(move |_, headers| propagate(headers));
    let client = builder(&memory).spans(spans).build().unwrap();
    exported(|| {
        let mut call = client.deployments().invoke(&request());
        for (name, value) in own {
            call = call.header(*name, *value);
        }
        block_on(call).unwrap();
    });
    memory.requests().remove(0)
}

fn values<'a>(request: &'a RecordedRequest, name: &str) -> Vec<&'a str> {
    let values = request.headers().get_all(name).iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn a_propagator_may_add_any_number_of_headers() {
    let most = |headers: &mut HeaderMap| {
        for n in 0.. {
            let name = HeaderName::try_from(format!("x-{n}")).unwrap();
            if headers.try_insert(name, HeaderValue::from(1)).is_err() {
                break;
            }
        }
    };
    let sent = propagated(most, &[]);
    assert_eq!(values(&sent, "x-7"), ["1"]);
}

#[test]
fn all_values_of_a_header_are_added() {
    let twice = |headers: &mut HeaderMap| {
        for (name, value) in [
            ("traceparent", "00-1-1-01"),
            ("tracestate", "a=1, orq=7"),
            ("tracestate", "b=2"),
            ("baggage", "c=3"),
            ("baggage", "d=4"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
    };
    let sent = propagated(twice, &[]);
    assert_eq!(values(&sent, "baggage"), ["c=3", "d=4"]);
    assert_eq!(values(&sent, "tracestate"), ["orq=1,a=1,b=2"]);
    // The state of another trace.
    let sent = propagated(twice, &[("traceparent", "own")]);
    assert_eq!(values(&sent, "traceparent"), ["own"]);
    assert_eq!(values(&sent, "tracestate"), [""; 0]);
    assert_eq!(values(&sent, "baggage"), ["c=3", "d=4"]);
}

#[test]
fn a_trace_state_has_at_most_the_members_that_servers_accept() {
    let full = |headers: &mut HeaderMap| {
        let state: Vec<_> = (0..40).map(|n| format!("m{n}=1")).collect();
        headers.insert("tracestate", state.join(",").parse().unwrap());
        headers.insert("traceparent", "00-1-1-01".parse().unwrap());
    };
    let sent = propagated(full, &[]);
    let state = values(&sent, "tracestate")[0];
    assert!(state.starts_with("orq=1,m0=1,"), "{state}");
    assert!(state.ends_with(",m30=1"), "{state}");
}

/// A layer that does something at each event of a span of a call.
struct Does<F>(F);

impl<S, F> Layer<S> for Does<F>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    F: Fn() + 'static,
{
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: Context<'_, S>,
    ) {
        if attributes.metadata().target() == "orq" {
            (self.0)();
        }
    }

    fn on_record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>, _: Context<'_, S>) {
        (self.0)();
    }

    fn on_close(&self, _: tracing::span::Id, _: Context<'_, S>) {
        (self.0)();
    }
}

/// An observer that makes a call, and drops the client.
#[derive(Debug, Default)]
struct Calls(Mutex<Option<Client>>, Mutex<u32>);

impl Observer for Calls {
    fn call_ended(&self, _: &CallReport, _: Outcome<'_>) {
        *self.1.lock().unwrap() += 1;
        let client = self.0.lock().unwrap().take();
        if let Some(client) = client {
            let call = client.deployments().invoke(&request());
            call.now_or_never().unwrap().unwrap();
        }
    }
}

#[test]
fn hooks_may_make_calls_and_drop_streams() {
    let memory = MemoryTransport::new();
    memory.allow_unused().allow_unread();
    let pieces = [piece("Hel", None), piece("lo", Some("stop"))];
    for _ in 0..3 {
        memory.reply_sse(pieces.iter().map(String::as_str).chain(["[DONE]"]));
    }
    let others = MemoryTransport::new();
    others.allow_unused();
    for _ in 0..100 {
        others.reply_json(answer());
    }
    let other = builder(&others).spans(spans()).build().unwrap();
    let kept = Mutex::new(None);
    let observer = Arc::new(Calls::default());
    let calls = observer.clone();
    #[derive(Debug)]
    struct Shared(Arc<Calls>);
    impl Observer for Shared {
        fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
            self.0.call_ended(report, outcome);
        }
    }
    let hook = other.clone();
    let client = builder(&memory)
        .spans(spans().with_content().attributes(move |_, _, _| {
            let call = hook.deployments().invoke(&request());
            call.now_or_never().unwrap().unwrap();
        }))
        .observer(Shared(calls))
        .build()
        .unwrap();
    *observer.0.lock().unwrap() = Some(client.clone());
    *kept.lock().unwrap() = client.deployments().stream(&request()).now_or_never();
    let is_within = AtomicBool::new(false);
    let layer = Does(move || {
        // The call's own spans come here, too.
        if !is_within.swap(true, Relaxed) {
            let stream = kept.lock().unwrap().take();
            drop(stream);
            let call = other.deployments().invoke(&request());
            call.now_or_never().unwrap().unwrap();
            is_within.store(false, Relaxed);
        }
    });
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        let stream = client.deployments().stream(&request()).now_or_never();
        drop(client);
        let answer = stream.unwrap().unwrap().finish().now_or_never();
        assert_eq!(answer.unwrap().unwrap().text().as_deref(), Some("Hello"));
    });
    // The dropped stream, the call within its report, and the stream that was read.
    assert_eq!(*observer.1.lock().unwrap(), 3);
}

#[test]
fn a_hook_that_panics_fails_its_own_call_only() {
    let memory = MemoryTransport::new();
    memory.allow_unused().allow_unread();
    for _ in 0..3 {
        memory.reply_json(answer());
    }
    let panics = Arc::new(Mutex::new(true));
    let read = panics.clone();
    let hook = move || {
        if std::mem::take(&mut *read.lock().unwrap_or_else(|it| it.into_inner())) {
            panic!("a hook");
        }
    };
    let also = hook.clone();
    let client = builder(&memory)
        .spans(
            spans()
                .propagator(move |_, _| hook())
                .attributes(move |_, _, _| also()),
        )
        .build()
        .unwrap();
    let spans = exported(|| {
        let call = client.deployments().invoke(&request());
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| block_on(call)));
        caught.unwrap_err();
        block_on(client.deployments().invoke(&request())).unwrap();
    });
    assert_eq!(calls(&spans).len(), 2);
}
