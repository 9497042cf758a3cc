//! A stream is read and reported in the same way with templates and without.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::executor::block_on;
use http::{Request, Response, header};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use super::{LARGEST, MOST_UNUSED, Templates};
use crate::{
    client::Client,
    error::Error,
    limits::Limits,
    model::{DeploymentRequest, decode_typed},
    observe::{CallReport, Observer, Outcome},
    stream::CompletionStream,
    time::{Sleep, Timer},
    transport::{Body, HttpTransport, TransportError},
};

/// Sends these pieces, a second apart.
#[derive(Debug)]
struct Events(Vec<Bytes>, Clock);

/// A clock that only the pieces move. The sleeps of timeouts never end.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<AtomicU64>);

impl Timer for Clock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Relaxed))
    }

    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(futures::future::pending())
    }
}

/// Keeps the reports as text.
#[derive(Clone, Debug, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Observer for Reports {
    fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
        let report = format!("{report:?} {outcome:?}");
        self.0.lock().unwrap().push(report);
    }
}

#[async_trait::async_trait]
impl HttpTransport for Events {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let clock = self.1.clone();
        let pieces = self.0.clone().into_iter().map(move |piece| {
            clock.0.fetch_add(1, Relaxed);
            Ok(piece)
        });
        let body = Body::from_stream(futures::stream::iter(pieces));
        let response = Response::builder().header(header::CONTENT_TYPE, "text/event-stream");
        Ok(response.body(body).unwrap())
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.1.clone()))
    }
}

/// Reads a stream by one of its three methods or by each in turn, with templates or without, and returns what a caller and
/// an observer can see of it.
fn read(body: &[Bytes], limits: &Limits, method: usize, has_templates: bool) -> Vec<String> {
    let reports = Reports::default();
    let client = Client::builder(Events(body.to_vec(), Clock::default())).api_key("key");
    let client = client.limits(limits.clone()).observer(reports.clone());
    let client = client.build().unwrap();
    let request = DeploymentRequest::new("a");
    let mut stream = match block_on(client.deployments().stream(&request)) {
        Ok(stream) => stream,
        Err(error) => return vec![format!("{error:?}")],
    };
    if !has_templates {
        let templates = &mut stream.reader.interpreter.templates;
        (templates.unused, templates.list) = (MOST_UNUSED, Vec::new());
    }
    let mut seen = Vec::new();
    loop {
        let method = if method == 3 { seen.len() % 3 } else { method };
        let given = block_on(next(&mut stream, method));
        let (so_far, warnings) = (stream.so_far(), stream.meta().warnings());
        seen.push(format!("{given:?} {so_far:?} {warnings:?}"));
        if !matches!(given, Ok(Some(_))) {
            drop(stream);
            seen.append(&mut reports.0.lock().unwrap());
            return seen;
        }
    }
}

async fn next(stream: &mut CompletionStream, method: usize) -> Result<Option<String>, Error> {
    Ok(match method {
        0 => stream.next_text().await?.map(str::to_owned),
        1 => stream.next_delta().await?.map(|delta| format!("{delta:?}")),
        _ => {
            let chunk = stream.next_chunk().await?;
            chunk.map(|chunk| format!("{:?} {chunk:?}", chunk.raw()))
        }
    })
}

/// In these, `T` is the text, `C` is `created`, and `M` is what comes next in the list.
const MESSAGES: [&str; 17] = [
    r#"{"role":"assistant","content":T}"#,
    r#"{"content":T,"reasoning":""}"#,
    r#"{"reasoning":T,"content":null}"#,
    r#"{"reasoning_content":T}"#,
    r#"{"content":T,"annotations":[1]}"#,
    r#"{"content":T,"x":T}"#,
    r#"{"content":T,"x":null,"type":"content"}"#,
    r#"{"content":[{"type":"text","text":T}]}"#,
    r#"{"content":T,"refusal":"R"}"#,
    r#"{"content":T,"reasoning_signature":"s"}"#,
    r#"{"type":"tool_calls","tool_calls":[{"index":0,"function":{"arguments":T}}]}"#,
    r#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":T}}]}"#,
    r#"{"tool_calls":[{"index":1,"function":{"arguments":T}},{"function":{"arguments":T}}]}"#,
    r#"{"tool_calls":[{"id":"c","index":0,"function":{"arguments":T}}]}"#,
    r#"{"content":T,"content":T}"#,
    r#"{"content":T,"url":"u"}"#,
    r#"{"content":[{"type":"text","text":"p"}],"reasoning":T}"#,
];
const CHOICES: [&str; 8] = [
    r#"{"index":0,"message":M,"finish_reason":null}"#,
    r#"{"index":1,"delta":M}"#,
    r#"{"delta":M}"#,
    r#"{"message":M,"delta":M}"#,
    r#"{"index":0,"message":M,"finish_reason":"stop"}"#,
    r#"{"index":0,"message":M,"logprobs":{"content":[1]}}"#,
    r#"{"index":0,"message":M,"error":"e"}"#,
    r#"{"index":0,"message":M},{"index":1,"message":M}"#,
];
const ENVELOPES: [&str; 10] = [
    r#"{"id":"a","created":C,"choices":[M]}"#,
    r#"{"choices":[M],"created":C,"model":"Hel"}"#,
    r#"{"choices":[M]}"#,
    r#"{"choices":[M],"usage":{"total_tokens":3}}"#,
    r#"{"choices":[M],"is_final":true}"#,
    r#" { "choices" : [M] , "x" : {"a":[1]} } "#,
    r#"{"choices":[M],"error":null}"#,
    r#"{"choices":[M],"error":"e"}"#,
    r#"{"choices":[M],"retrievals":[{"document":"d"}]}"#,
    r#"{"choices":[M],"telemetry":{"trace_id":C}}"#,
];
const TEXTS: [&str; 20] = [
    r#""Hel""#,
    r#""lo""#,
    r#""a""#,
    r#"" b.""#,
    r#""""#,
    r#"" ""#,
    r#""\n""#,
    r#""a\"b""#,
    r#""\u00e9\\""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""é""#,
    r#""{\"a\":1}""#,
    r#""{}""#,
    "null",
    "3",
    r#""a"b""#,
    r#""t1""#,
    "\"a\tb\"",
    r#""\x""#,
];
const CREATED: [&str; 7] = [
    r#""t1""#,
    r#""t1""#,
    r#""t2""#,
    r#""t\"3""#,
    r#""""#,
    "null",
    "1",
];
/// In these, `D` is the data.
const FRAMES: [&str; 9] = [
    "data: D\n\n",
    "data: D\n\n",
    "data: D\n\n",
    "data:D\r\n\r\n",
    "event: x\ndata: D\n\n",
    "data: data: D\n\n",
    "data: D D\n\n",
    "D\n\n",
    "id: 1\ndata: D \n\n",
];
const OTHERS: [&str; 6] = [
    ": ping\n\n",
    "data: null\n\n",
    "data: {\"error\":\"bad\"}\n\n",
    "event: error\ndata: {\"message\":\"bad\"}\n\n",
    "data: {\"x\":\n\n",
    "data: [DONE]\n\n",
];

prop_compose! {
    /// The shape of an event: usually a frequent one.
    fn shape()(
        message in prop_oneof![select(&MESSAGES[..]), select(&[MESSAGES[0], MESSAGES[2], MESSAGES[10]][..])],
        choice in prop_oneof![select(&CHOICES[..]), select(&CHOICES[..2])],
        envelope in prop_oneof![select(&ENVELOPES[..]), select(&ENVELOPES[..3])],
    ) -> String {
        envelope.replace('M', choice).replace('M', message)
    }
}

prop_compose! {
    fn stream()(shapes in vec(shape(), 1..5))(
        events in vec((
            select(shapes),
            prop_oneof![3 => select(&TEXTS[..4]), 1 => select(&TEXTS[..])],
            prop_oneof![3 => select(&CREATED[..2]), 1 => select(&CREATED[..])],
            prop_oneof![7 => Just(FRAMES[0]), 1 => select(&FRAMES[..])],
            prop_oneof![15 => Just(None), 1 => any::<(Index, char)>().prop_map(Some)],
            prop_oneof![30 => Just(None), 1 => select(&OTHERS[..]).prop_map(Some)],
        ), 1..24),
        is_whole in prop::bool::weighted(0.8),
    ) -> String {
        let mut stream = String::new();
        for (shape, text, created, frame, edit, other) in events {
            let mut data = shape.replace('T', text).replace('C', created);
            if let Some((at, with)) = edit {
                let mut characters: Vec<_> = data.chars().collect();
                let at = at.index(characters.len());
                characters[at] = with;
                data = characters.into_iter().collect();
            }
            stream += &frame.replace('D', &data);
            stream += other.unwrap_or_default();
        }
        if is_whole {
            stream += "data: [DONE]\n\n";
        }
        stream
    }
}

proptest! {
    #[test]
    fn a_stream_is_the_same_without_templates(
        stream in stream(),
        limit in prop_oneof![3 => Just(None), 1 => (1..3000_usize).prop_map(Some)],
        cuts in vec(any::<Index>(), 0..8),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|at| at.index(stream.len())).collect();
        cuts.sort_unstable();
        cuts.insert(0, 0);
        cuts.push(stream.len());
        let pieces = cuts.windows(2).map(|cut| Bytes::copy_from_slice(&stream.as_bytes()[cut[0]..cut[1]]));
        let pieces: Vec<_> = pieces.filter(|piece| !piece.is_empty()).collect();
        let limits = limit.map_or_else(Limits::default, |limit| Limits::default().completion(limit));
        for method in 0..4 {
            let (with, without) = (read(&pieces, &limits, method, true), read(&pieces, &limits, method, false));
            for (with, without) in with.iter().zip(&without) {
                prop_assert_eq!(with, without);
            }
            prop_assert_eq!(with.len(), without.len());
        }
    }
}

/// Returns whether the second event repeats the first one.
fn repeats(first: &str, second: &str) -> bool {
    let mut templates = Templates::default();
    templates.learn(first, &decode_typed(first).unwrap());
    templates.read(second) == Some(true)
}

#[test]
fn usual_events_repeat_one_another() {
    for message in [
        r#"{"role":"assistant","content":"T"}"#,
        r#"{"content":"","reasoning":"T"}"#,
        r#"{"tool_calls":[{"index":0,"function":{"arguments":"T"}}]}"#,
    ] {
        for choice in [
            r#"{"index":0,"message":M,"finish_reason":null}"#,
            r#"{"index":1,"delta":M}"#,
        ] {
            let event = ENVELOPES[0]
                .replace('C', r#""t""#)
                .replace('M', choice)
                .replace('M', message);
            for text in ["", "a", "id", r"\n", r"\u00e9", "é"] {
                assert!(
                    repeats(&event.replace('T', "a"), &event.replace('T', text)),
                    "{event} {text}"
                );
            }
            for text in [r#"""#, r"\", r"\x", r"\ud83d", "\t"] {
                assert!(
                    !repeats(&event.replace('T', "a"), &event.replace('T', text)),
                    "{event} {text}"
                );
            }
        }
    }
}

/// Else a stream could keep a multiple of what an event may have.
#[test]
fn large_events_are_not_kept() {
    let event = |text: &str| MESSAGES[0].replace('T', text);
    let event = |text: &str| CHOICES[0].replace('M', &event(text));
    let event =
        |length: usize| ENVELOPES[2].replace('M', &event(&format!("\"{}\"", "a".repeat(length))));
    let most = LARGEST - event(0).len();
    assert!(repeats(&event(1), &event(most)));
    assert!(repeats(&event(most), &event(1)));
    assert!(!repeats(&event(1), &event(most + 1)));
    assert!(!repeats(&event(most + 1), &event(1)));
}

#[test]
fn created_may_move_once_it_was_seen_to() {
    let event = |created: &str, text: &str| {
        let message = MESSAGES[0].replace('T', text);
        ENVELOPES[0]
            .replace('C', created)
            .replace('M', &CHOICES[0].replace('M', &message))
    };
    let mut templates = Templates::default();
    let mut is_repeat = |created: &str, text: &str| {
        let event = event(created, text);
        let read = templates.read(&event);
        if read.is_none() {
            templates.learn(&event, &decode_typed(&event).unwrap());
        }
        read.is_some()
    };
    assert!(!is_repeat(r#""1""#, r#""a""#));
    assert!(!is_repeat(r#""2""#, r#""b""#));
    assert!(is_repeat(r#""3""#, r#""c""#));
    assert!(is_repeat(r#""1""#, r#""d""#));
    assert!(!is_repeat(r#""\"4""#, r#""e""#));
}

#[test]
fn templates_are_given_up_if_no_event_repeats_another_one() {
    let event = |n: u32| format!(r#"{{"id":"{n}","choices":[{{"message":{{"content":"a"}}}}]}}"#);
    let mut templates = Templates::default();
    for n in 0..MOST_UNUSED {
        let event = event(n);
        templates.learn(&event, &decode_typed(&event).unwrap());
    }
    let event = event(MOST_UNUSED);
    templates.learn(&event, &decode_typed(&event).unwrap());
    assert!(templates.list.is_empty());
}
