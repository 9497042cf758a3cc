//! A script plays alike in memory and over a socket: the same events, and the same error to the word.
//!
//! Each script of [`SCRIPTS`] is played in memory and then by a `FakeServer`, once for each transport.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

use std::{
    fmt::Write,
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures::{
    FutureExt, StreamExt,
    future::{Either, select},
};
use orq_core::{
    Client, DeploymentRequest, Error, Timer, async_trait,
    bytes::Bytes,
    http::{Request, Response},
    retry::NoRetry,
    transport::{Body, HttpTransport, TransportError},
};
use orq_testkit::{FakeServer, Fault, Gate, ManualTimer, MemoryTransport, Reply};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

const SECOND: Duration = Duration::from_secs(1);
const HEL: &str = r#"{"choices":[{"index":0,"message":{"content":"Hel"}}]}"#;
const LO: &str = r#"{"choices":[{"index":0,"message":{"content":"lo ü"}}]}"#;
const LIMIT: &str = r#"{"error":{"code":"rate_limit_exceeded","message":"slow down"}}"#;

#[derive(Clone, Copy)]
enum Verb {
    Invoke,
    Stream,
}

use Verb::{Invoke, Stream};

type Script = (&'static str, Verb, fn() -> Reply);

/// Every script by its name.
const SCRIPTS: [Script; 33] = [
    ("a complete stream", Stream, || {
        Reply::sse([HEL, LO, "[DONE]"])
    }),
    ("a stream byte by byte", Stream, || {
        let bytes = format!("data: {HEL}\n\ndata: {LO}\r\n\r\ndata: [DONE]\n\n").into_bytes();
        Reply::sse_chunks(bytes.into_iter().map(|byte| vec![byte]))
    }),
    ("a stream in one chunk", Stream, || {
        Reply::sse_chunks([format!("data: {HEL}\n\ndata: {LO}\n\ndata: [DONE]\n\n")])
    }),
    ("a slow stream", Stream, || {
        Reply::sse([HEL, LO, "[DONE]"]).paced(20 * SECOND)
    }),
    ("comments in a slow stream", Stream, || {
        let ping = Reply::sse([HEL])
            .after(200 * SECOND)
            .chunk(": ping\n\n")
            .after(200 * SECOND);
        ping.events([LO, "[DONE]"])
    }),
    ("a stream whose head is late", Stream, || {
        Reply::sse([HEL, "[DONE]"]).head_after(100 * SECOND)
    }),
    ("a stream that says nothing", Stream, || {
        Reply::sse(["[DONE]"])
    }),
    ("an empty stream", Stream, || Reply::sse([""; 0])),
    ("a cut between events", Stream, || {
        Reply::sse([HEL, LO]).cut()
    }),
    ("a cut within an event", Stream, || {
        Reply::sse([HEL, LO, "[DONE]"]).cut_at(75)
    }),
    ("a cut within a character", Stream, || {
        Reply::sse([HEL, LO]).cut_at(6 + HEL.len() + 2 + 6 + LO.find('ü').unwrap() + 1)
    }),
    ("a reset between events", Stream, || {
        Reply::sse([HEL, LO]).break_off(Fault::Reset)
    }),
    ("a reset within an event", Stream, || {
        Reply::sse([HEL, LO]).break_at(75, Fault::Reset)
    }),
    ("an early close within an event", Stream, || {
        Reply::sse([HEL, LO]).break_at(75, Fault::EarlyClose)
    }),
    ("garbage within an event", Stream, || {
        Reply::sse([HEL, LO]).break_at(75, Fault::Garbage)
    }),
    ("a reset before the first event", Stream, || {
        Reply::sse([HEL]).break_at(0, Fault::Reset)
    }),
    ("a reset after a pause", Stream, || {
        Reply::sse([HEL]).after(SECOND).break_off(Fault::Reset)
    }),
    (
        "a break before the end mark in a long stream",
        Stream,
        || Reply::sse(vec![HEL; 1000]).break_off(Fault::EarlyClose),
    ),
    ("a stall between events", Stream, || {
        Reply::sse([HEL]).stall()
    }),
    ("a stall within an event", Stream, || {
        Reply::sse([HEL, LO]).stall_at(75)
    }),
    ("an error in mid-stream", Stream, || {
        Reply::sse([HEL, LIMIT])
    }),
    ("a stream that is an error", Stream, || {
        Reply::json_text(LIMIT).with_status(429)
    }),
    ("an answer", Invoke, || Reply::json_text(HEL)),
    ("an answer in pieces", Invoke, || {
        Reply::json_text("{\"choices\":[{\"mess")
            .after(SECOND)
            .chunk("age\":{\"content\":\"hi\"}}]}")
    }),
    ("an answer that is cut", Invoke, || {
        Reply::json_text(HEL).cut_at(20)
    }),
    ("an answer that is reset", Invoke, || {
        Reply::json_text(HEL).break_at(20, Fault::Reset)
    }),
    ("an answer that stalls", Invoke, || {
        Reply::json_text(HEL).stall_at(20)
    }),
    ("no content", Invoke, || Reply::status(204, "")),
    ("a rate limit", Invoke, || {
        Reply::json_text(LIMIT)
            .with_status(429)
            .header("retry-after", "7")
    }),
    ("a redirect", Invoke, || {
        Reply::status(302, "").header("location", "https://example.com/")
    }),
    ("no answer", Invoke, Reply::never),
    ("a reset in place of an answer", Invoke, || {
        Reply::break_before_head(Fault::Reset)
    }),
    ("garbage in place of an answer", Invoke, || {
        Reply::break_before_head(Fault::Garbage)
    }),
];

/// What the caller sees, in words.
async fn outcome(client: &Client, verb: Verb) -> String {
    let mut seen = String::new();
    let result = match verb {
        Invoke => invoke(client, &mut seen).await,
        Stream => stream(client, &mut seen).await,
    };
    if let Err(error) = result {
        write!(seen, "{}", describe(&error)).unwrap();
    }
    seen
}

async fn invoke(client: &Client, seen: &mut String) -> Result<(), Error> {
    let answer = client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await?;
    write!(seen, "{} {:?}", answer.meta().status(), answer.text()).unwrap();
    Ok(())
}

async fn stream(client: &Client, seen: &mut String) -> Result<(), Error> {
    let call = client.deployments().stream(&DeploymentRequest::new("chat"));
    let mut stream = call.await?;
    while let Some(chunk) = stream.next_chunk().await? {
        writeln!(seen, "{:?}", chunk.text()).unwrap();
    }
    write!(seen, "{:?}", stream.finish().await?.text()).unwrap();
    Ok(())
}

fn describe(error: &Error) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} partial {:?}",
        error.kind(),
        error.phase(),
        error.delivery(),
        error.status(),
        error.code(),
        error.retry_after(),
        error.timeout(),
        error.retry_advice(),
        error.partial().map(|partial| partial.text()),
    )
}

/// Counts the heads and the bytes of the responses that the client takes.
#[derive(Debug)]
struct Counting(Arc<dyn HttpTransport>, Arc<AtomicUsize>);

#[async_trait]
impl HttpTransport for Counting {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let response = self.0.send(request).await?;
        self.1.fetch_add(1, SeqCst);
        let count = Arc::clone(&self.1);
        Ok(response.map(|body| {
            Body::from_stream(body.inspect(move |chunk| {
                count.fetch_add(chunk.as_ref().map_or(0, Bytes::len), SeqCst);
            }))
        }))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

/// A client and a server that share a clock.
struct Play {
    timer: ManualTimer,
    memory: MemoryTransport,
    taken: Arc<AtomicUsize>,
}

/// How far client and server have come when both wait for the clock.
#[derive(Clone, Debug, PartialEq)]
struct Idle {
    now: Duration,
    next_sleep: Option<Duration>,
    requests: usize,
    taken: usize,
}

impl Play {
    fn new(reply: Reply) -> Self {
        let timer = ManualTimer::new();
        let memory = MemoryTransport::with_timer(timer.clone());
        memory.reply(reply);
        let taken = Arc::default();
        Self {
            timer,
            memory,
            taken,
        }
    }

    fn client(&self, transport: Arc<dyn HttpTransport>, url: &str) -> Client {
        let client = Client::builder(Counting(transport, Arc::clone(&self.taken)));
        let client = client.base_url(url).api_key("test-key").retry(NoRetry);
        client.timer(self.timer.clone()).build().unwrap()
    }

    fn idle(&self) -> Idle {
        Idle {
            now: self.timer.now(),
            next_sleep: self.timer.next_sleep(),
            requests: self.memory.requests().len(),
            taken: self.taken.load(SeqCst),
        }
    }
}

/// Whether a future was woken since it was polled. In memory nothing but its own work wakes it.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Plays in memory, and moves the clock whenever there is nothing else to do. Returns these moments too.
fn in_memory(verb: Verb, reply: Reply) -> (String, Vec<Idle>) {
    let play = Play::new(reply);
    let client = play.client(Arc::new(play.memory.handle()), "https://example.com");
    let mut work = pin!(outcome(&client, verb));
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let (waker, mut idle) = (Waker::from(Arc::clone(&woken)), Vec::new());
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(seen) => return (seen, idle),
            Poll::Pending if woken.0.swap(false, SeqCst) => {}
            Poll::Pending => {
                idle.push(play.idle());
                play.timer.advance_to_next_sleep().expect("a sleep");
            }
        }
    }
}

/// Plays over a socket, and moves the clock when client and server are where they were in memory.
async fn over_a_socket(
    verb: Verb,
    reply: Reply,
    transport: Arc<dyn HttpTransport>,
    idle: &[Idle],
) -> String {
    let play = Play::new(reply);
    let server = FakeServer::bind(play.memory.handle(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let client = play.client(transport, &server.url());
    let mut work = pin!(outcome(&client, verb));
    for idle in idle {
        let reached = pin!(async {
            while play.idle() != *idle {
                tokio::task::yield_now().await;
            }
        });
        match select(work.as_mut(), reached).await {
            Either::Left((done, _)) => return done,
            Either::Right(_) => drop(play.timer.advance_to_next_sleep()),
        }
    }
    work.await
}

#[expect(
    clippy::disallowed_methods,
    reason = "a guard against hanging; no script that plays alike waits for it"
)]
async fn check(transport: fn() -> Arc<dyn HttpTransport>) {
    for (name, verb, script) in SCRIPTS {
        let (memory, idle) = in_memory(verb, script());
        let socket = over_a_socket(verb, script(), transport(), &idle);
        let socket = tokio::time::timeout(Duration::from_secs(60), socket).await;
        let socket = socket.unwrap_or_else(|_| format!("never as idle as {idle:?}"));
        assert!(
            socket == memory,
            "{name}:\n{socket:.2000}\nand in memory\n{memory:.2000}"
        );
    }
}

#[tokio::test]
async fn every_script_plays_alike_over_reqwest() {
    check(|| Arc::new(ReqwestTransport::new().unwrap())).await;
}

#[tokio::test]
async fn every_script_plays_alike_over_hyper() {
    check(|| Arc::new(HyperTransport::new().unwrap())).await;
}

/// Otherwise the comparisons above might compare nothing with nothing.
#[test]
fn the_scripts_end_as_their_names_say() {
    let ends = |wanted: &str| {
        let (_, verb, script) = SCRIPTS
            .into_iter()
            .find(|(name, ..)| *name == wanted)
            .unwrap();
        in_memory(verb, script()).0
    };
    assert_eq!(
        ends("a complete stream"),
        "Some(\"Hel\")\nSome(\"lo ü\")\nSome(\"Hello ü\")"
    );
    for (name, part) in [
        ("a cut between events", "Truncated"),
        ("a cut within an event", "partial Some(Some(\"Hel\"))"),
        (
            "a reset within an event",
            "Closed Some(Body) Some(Answered)",
        ),
        (
            "garbage within an event",
            "Protocol Some(Body) Some(Answered)",
        ),
        ("a stall between events", "Timeout"),
        ("an error in mid-stream", "Some(\"rate_limit_exceeded\")"),
        ("a rate limit", "Some(7s)"),
        (
            "a reset in place of an answer",
            "Closed Some(Headers) Some(MaybeSent)",
        ),
        (
            "garbage in place of an answer",
            "Protocol Some(Headers) Some(MaybeSent)",
        ),
        ("no answer", "Timeout"),
    ] {
        assert!(ends(name).contains(part), "{name}: {}", ends(name));
    }
}

#[tokio::test]
async fn a_gate_is_opened_over_a_socket_too() {
    let memory = MemoryTransport::new();
    let gate = Gate::new();
    memory.reply(Reply::sse([HEL]).gate(&gate).events([LO, "[DONE]"]));
    let server = FakeServer::bind(memory.handle(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let client = Client::builder(HyperTransport::new().unwrap())
        .base_url(server.url())
        .api_key("test-key");
    let client = client.build().unwrap();
    let call = client.deployments().stream(&DeploymentRequest::new("chat"));
    let mut stream = call.await.unwrap();
    assert_eq!(stream.next_text().await.unwrap(), Some("Hel"));
    gate.reached().await;
    assert!(
        stream.next_text().now_or_never().is_none(),
        "no more was sent yet"
    );
    gate.open();
    assert_eq!(stream.next_text().await.unwrap(), Some("lo ü"));
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hello ü")
    );
}

#[tokio::test]
async fn an_error_of_ones_own_is_for_memory_alone() {
    use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
    let memory = MemoryTransport::new();
    memory.fail(TransportError::new(
        TransportErrorKind::Tls,
        Phase::Connect,
        Delivery::NotSent,
    ));
    let server = FakeServer::bind(memory.handle(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let request = http::Request::post(server.url()).body("".into()).unwrap();
    let response = HyperTransport::new().unwrap().send(request).await.unwrap();
    assert_eq!(response.status(), 502);
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(memory)));
    let message = failed.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("can't be played over a socket"),
        "{message}"
    );
}
