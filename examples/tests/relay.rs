//! `relay`, run as a program between a raw client and a server.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use orq_testkit::{
    FakeCallEnd, FakeDeployment, FakeFault, FakeOrq, FakeServer, Fault, Gate, Reply, RunningServer,
    fixture,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

const KEY: &str = "sk-orq-8f14e45fceea";

/// The program, until it is dropped.
struct Relay {
    address: String,
    _process: Child,
}

impl Relay {
    async fn start(command: &mut Command) -> Self {
        let command = command.arg("--addr=127.0.0.1:0").kill_on_drop(true);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap();
        Self {
            address: line
                .strip_prefix("listening on http://")
                .unwrap()
                .to_owned(),
            _process: process,
        }
    }

    /// Relays the deployment `chat` of this server.
    async fn before(url: &str) -> Self {
        let mut command = program();
        command.env("ORQ_API_KEY", KEY).env("ORQ_BASE_URL", url);
        Self::start(command.args(["chat", "--keep-alive=1"])).await
    }

    async fn send(&self, request: &str) -> Browser {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let read = Vec::new();
        Browser { socket, read }
    }

    async fn ask(&self, message: &str) -> Browser {
        let body = json!({ "message": message }).to_string();
        let length = body.len();
        self.send(&format!(
            "POST /answer HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    async fn page(&self) -> String {
        let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        self.send(request).await.rest().await
    }

    /// Waits until this holds, at most for 10,000 exchanges with the relay.
    async fn until(&self, mut condition: impl FnMut() -> bool) {
        for _ in 0..10_000 {
            if condition() {
                return;
            }
            self.page().await;
        }
        panic!("this never comes");
    }
}

/// `relay` without variables of its own.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
    for variable in [
        "ORQ_API_KEY",
        "ORQ_BASE_URL",
        "ORQ_ENVIRONMENT",
        "ORQ_CONTACT_ID",
    ] {
        command.env_remove(variable);
    }
    command
}

/// A connection to the relay with a request on it.
struct Browser {
    socket: TcpStream,
    read: Vec<u8>,
}

impl Browser {
    /// Reads until the response has this text.
    async fn until(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.read).contains(text) {
            let count = self.socket.read_buf(&mut self.read).await.unwrap();
            assert_ne!(count, 0, "closed before {text:?}");
        }
    }

    /// Reads to the end, and returns the whole response.
    async fn rest(mut self) -> String {
        self.socket.read_to_end(&mut self.read).await.unwrap();
        String::from_utf8(self.read).unwrap()
    }

    /// Reads to the end, and returns the head and the events.
    async fn events(self) -> (String, Vec<(String, Value)>) {
        let response = self.rest().await;
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(body.ends_with("\r\n0\r\n\r\n"), "{body}");
        // The chunks' sizes stand on lines of their own, which no field of an event begins.
        let mut events = Vec::new();
        let mut name = "";
        for line in body.lines() {
            if let Some(event) = line.strip_prefix("event: ") {
                name = event;
            } else if let Some(data) = line.strip_prefix("data: ") {
                events.push((name.to_owned(), serde_json::from_str(data).unwrap()));
            }
        }
        (head.to_lowercase(), events)
    }
}

fn text(events: &[(String, Value)]) -> String {
    let texts = events.iter().filter(|(name, _)| name == "text");
    texts
        .map(|(_, data)| data["text"].as_str().unwrap())
        .collect()
}

async fn serve(deployment: FakeDeployment) -> (FakeOrq, RunningServer, Relay) {
    let fake = FakeOrq::builder().api_key(KEY).deployment(deployment);
    let fake = fake.build();
    let server = FakeServer::bind(fake.clone(), "127.0.0.1:0").await.unwrap();
    let server = server.spawn();
    let relay = Relay::before(&server.url()).await;
    (fake, server, relay)
}

#[tokio::test]
async fn an_answer_is_whole_and_no_proxy_may_keep_it() {
    let (fake, _server, relay) = serve(FakeDeployment::new("chat")).await;
    let message = "one two\nthree\r\n\r\ndata: four \u{1f980}";
    let (head, events) = relay.ask(message).await.events().await;
    let mut lines: Vec<_> = head.lines().collect();
    lines.retain(|line| !line.starts_with("date: "));
    assert_eq!(
        lines,
        [
            "http/1.1 200 ok",
            "content-type: text/event-stream",
            "cache-control: no-cache, no-transform",
            "x-accel-buffering: no",
            "connection: close",
            "transfer-encoding: chunked",
        ]
    );
    assert_eq!(text(&events), message);
    assert!(events.len() > 5, "{events:?}");
    let done = ("done".to_owned(), json!({ "finish_reason": "stop" }));
    assert_eq!(events.last(), Some(&done));
    assert_eq!(fake.calls()[0].end(), FakeCallEnd::Read);
}

#[tokio::test]
async fn a_text_arrives_before_the_next_exists() {
    let gate = Gate::new();
    let all = fixture::transcript("Hello Jane").events();
    let reply = Reply::sse(&all[..1]).gate(&gate).events(&all[1..]);
    let (_fake, _server, relay) = serve(FakeDeployment::new("chat").script(reply)).await;
    let mut browser = relay.ask("hi").await;
    browser.until("data: {\"text\":\"Hello\"}\n\n").await;
    gate.open();
    let (_, events) = browser.events().await;
    assert_eq!(text(&events), "Hello Jane");
}

#[tokio::test]
async fn a_failure_is_an_event_without_internals() {
    let chat = FakeDeployment::new("chat")
        .fault(FakeFault::error(402, "quota_exceeded").nth(1))
        .fault(FakeFault::break_at(900, Fault::Reset).nth(2))
        .fault(FakeFault::cut_at(900).nth(3));
    let (fake, _server, relay) = serve(chat).await;
    let none = "There is no answer.";
    let broken = "The answer broke off.";
    let expected = [("api", none), ("closed", broken), ("truncated", broken)];
    for (number, (kind, message)) in (1..).zip(expected) {
        let (head, mut events) = relay
            .ask("one two three four five six")
            .await
            .events()
            .await;
        assert!(head.starts_with("http/1.1 200 ok"), "{head}");
        let trace_id = format!("{number:032}");
        let error = json!({ "kind": kind, "message": message, "trace_id": trace_id });
        assert_eq!(events.pop(), Some(("error".to_owned(), error)));
        assert_eq!(
            text(&events).starts_with("one two"),
            number > 1,
            "{events:?}"
        );
        assert!(events.iter().all(|(name, _)| name == "text"), "{events:?}");
    }
    assert_eq!(fake.calls().len(), 3);
}

#[tokio::test]
async fn leaving_ends_the_call_also_while_nothing_comes() {
    let gate = Gate::new();
    let transcript = || fixture::transcript("Hello Jane").into_reply();
    let chat = FakeDeployment::new("chat")
        .script(transcript().head_gate(&gate))
        .script(transcript().first_chunks(1).stall());
    let (fake, _server, relay) = serve(chat).await;
    for (call, last) in [(0, "transfer-encoding: chunked\r\n"), (1, "Hello")] {
        let mut browser = relay.ask("hi").await;
        browser.until(last).await;
        relay.until(|| fake.calls().len() > call).await;
        assert_eq!(fake.calls()[call].end(), FakeCallEnd::Open);
        drop(browser);
        let ended = || fake.calls()[call].end() == FakeCallEnd::Dropped;
        relay.until(ended).await;
    }
}

#[tokio::test]
async fn comments_keep_the_connection_alive_while_nothing_comes() {
    let gate = Gate::new();
    let reply = fixture::transcript("Hello Jane").into_reply();
    let chat = FakeDeployment::new("chat").script(reply.head_gate(&gate));
    let (_fake, _server, relay) = serve(chat).await;
    let mut browser = relay.ask("hi").await;
    browser.until("\n:\n\n").await;
    gate.open();
    let (_, events) = browser.events().await;
    assert_eq!(text(&events), "Hello Jane");
}

/// Writes an answer of 128 MiB to the first request, and counts what it can write.
async fn pour(listener: TcpListener, written: Arc<AtomicUsize>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        socket.read_buf(&mut request).await.unwrap();
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let text = "x".repeat(16 * 1024);
    let chunk = json!({ "choices": [{ "index": 0, "message": { "content": text } }] });
    let event = format!("data: {chunk}\n\n");
    for _ in 0..8 * 1024 {
        if socket.write_all(event.as_bytes()).await.is_err() {
            return;
        }
        written.fetch_add(event.len(), Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_browser_that_does_not_read_stops_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let written = Arc::new(AtomicUsize::new(0));
    let server = tokio::spawn(pour(listener, Arc::clone(&written)));
    let relay = Relay::before(&url).await;
    let mut browser = relay.ask("hi").await;
    browser.until("data: {").await;

    // It has stopped when nothing is written during many exchanges with the relay.
    let (mut before, mut same) = (0, 0);
    let stopped = || {
        let now = written.load(Ordering::Relaxed);
        same = if now == before { same + 1 } else { 0 };
        before = now;
        same == 200
    };
    relay.until(stopped).await;
    assert!(!server.is_finished());
    // The system lets a connection's buffers grow to some 40 MiB.
    assert!(before < 64 * 1024 * 1024, "{before} bytes were written");

    drop(browser);
    server.await.unwrap();
}

#[tokio::test]
async fn without_a_key_a_double_answers_the_page() {
    let relay = Relay::start(&mut program()).await;
    let page = relay.page().await;
    assert!(page.contains("content-type: text/html"), "{page}");
    assert!(page.contains("fetch(\"answer\""), "{page}");
    let mut browser = relay.ask("Where?").await;
    browser.until("data: {\"text\":\" Where?\"}\n\n").await;
}

#[tokio::test]
async fn a_deployment_needs_a_key() {
    let output = program().arg("chat").output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("ORQ_API_KEY"), "{error}");
}
