//! `FakeServer` and the program `fake-orq`, from the other end of a raw socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream as StdTcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use orq_testkit::{FakeOrq, FakeServer, Fault, MemoryTransport, Reply, RunningServer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn start() -> RunningServer {
    let server = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0").await;
    server.unwrap().spawn()
}

fn request(method: &str, path: &str, body: &str) -> String {
    request_with_key("sk-orq-test", method, path, body)
}

fn request_with_key(key: &str, method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A connection that is read by HTTP's own lengths, so that more than one answer fits on it.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

struct Answer {
    status: u16,
    head: String,
    /// The chunks of a chunked body, or the body as one.
    chunks: Vec<String>,
}

impl Connection {
    async fn open(server: &RunningServer) -> Self {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        let buffer = Vec::new();
        Self { stream, buffer }
    }

    async fn send(&mut self, request: &str) {
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn ask(&mut self, request: &str) -> Answer {
        self.send(request).await;
        self.answer().await
    }

    async fn answer(&mut self) -> Answer {
        let head = self.until("\r\n\r\n").await.to_lowercase();
        let status = head[9..12].parse().unwrap();
        let mut chunks = Vec::new();
        if head.contains("transfer-encoding: chunked") {
            loop {
                let length = usize::from_str_radix(&self.until("\r\n").await, 16).unwrap();
                let chunk = self.exactly(length).await;
                self.exactly(2).await;
                if length == 0 {
                    break;
                }
                chunks.push(chunk);
            }
        } else {
            let (_, length) = head.split_once("content-length: ").unwrap();
            let length = length.lines().next().unwrap().parse().unwrap();
            chunks.push(self.exactly(length).await);
        }
        Answer {
            status,
            head,
            chunks,
        }
    }

    async fn until(&mut self, mark: &str) -> String {
        loop {
            let found = self
                .buffer
                .windows(mark.len())
                .position(|it| it == mark.as_bytes());
            if let Some(at) = found {
                let text = self.exactly(at).await;
                self.exactly(mark.len()).await;
                return text;
            }
            self.read().await;
        }
    }

    async fn exactly(&mut self, length: usize) -> String {
        while self.buffer.len() < length {
            self.read().await;
        }
        let taken = self.buffer.drain(..length).collect();
        String::from_utf8(taken).unwrap()
    }

    async fn read(&mut self) {
        let count = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert_ne!(count, 0, "the server closed the connection");
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.chunks.concat()).unwrap()
    }
}

#[tokio::test]
async fn one_connection_serves_one_request_after_the_other() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;

    let invoke = request(
        "POST",
        "/v2/deployments/invoke",
        r#"{"key": "chat", "inputs": {"firstname": "Jane"}}"#,
    );
    let answer = connection.ask(&invoke).await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/json"));
    assert!(answer.head.contains("x-orq-trace-id: "));
    let text = &answer.json()["choices"][0]["message"]["content"];
    assert_eq!(text, "You said: Hello, I am Jane.");

    let stream = request("POST", "/v2/deployments/stream", r#"{"key": "chat"}"#);
    assert_eq!(connection.ask(&stream).await.status, 200);

    let list = request("GET", "/v2/deployments?limit=2", "");
    let page = connection.ask(&list).await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 2);

    let nobody = request("POST", "/v2/deployments/get_config", r#"{"key": "nobody"}"#);
    assert_eq!(connection.ask(&nobody).await.status, 404);
    let stranger = request_with_key("x", "GET", "/v2/deployments", "");
    assert_eq!(connection.ask(&stranger).await.status, 401);
}

#[tokio::test]
async fn a_stream_comes_in_one_chunk_for_each_event() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    let body =
        json!({"key": "chat", "stream": true, "messages": [{"role": "user", "content": "a b c"}]});
    let answer = connection
        .ask(&request(
            "POST",
            "/v2/deployments/invoke",
            &body.to_string(),
        ))
        .await;
    assert!(answer.head.contains("content-type: text/event-stream"));
    let (end, events) = answer.chunks.split_last().unwrap();
    assert_eq!(end, "data: [DONE]\n\n");
    let content = |event: &String| {
        let data = event
            .strip_prefix("data: ")
            .unwrap()
            .strip_suffix("\n\n")
            .unwrap();
        let chunk: Value = serde_json::from_str(data).unwrap();
        chunk["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let words: Vec<_> = events.iter().map(content).collect();
    assert_eq!(words, ["You", " said:", " a", " b", " c"]);
}

#[tokio::test]
async fn connections_are_served_at_the_same_time() {
    let server = start().await;
    let mut unfinished = Connection::open(&server).await;
    unfinished
        .send("POST /v2/deployments/invoke HTTP/1.1\r\n")
        .await;
    let mut other = Connection::open(&server).await;
    let list = request("GET", "/v2/deployments", "");
    assert_eq!(other.ask(&list).await.status, 200);
}

/// A stream that is far longer than what the sockets between client and server hold.
fn endless() -> String {
    let words = "word ".repeat(2_000_000);
    let body = json!({"key": "chat", "invoke_options": {"mock_response": words}});
    request("POST", "/v2/deployments/stream", &body.to_string())
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_stream() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    connection.send(&endless()).await;
    connection.until("data: ").await;
    drop(connection);
    // This waits for all streams. It would take gigabytes if the one above went on.
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn shutdown_lets_a_stream_come_to_its_end() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    let words = "word ".repeat(3000);
    let body = json!({"key": "chat", "invoke_options": {"mock_response": words}});
    connection
        .send(&request(
            "POST",
            "/v2/deployments/stream",
            &body.to_string(),
        ))
        .await;
    let first = connection.until("data: ").await;
    assert!(first.starts_with("HTTP/1.1 200"));
    let address = server.local_addr();
    let (stopped, rest) = tokio::join!(server.shutdown(), async {
        let mut rest = Vec::new();
        connection.stream.read_to_end(&mut rest).await.unwrap();
        String::from_utf8(rest).unwrap()
    });
    stopped.unwrap();
    assert!(
        rest.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"),
        "{rest:.100}"
    );
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_the_guard_closes_the_connections() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    connection.send(&endless()).await;
    connection.until("data: ").await;
    drop(server);
    // An end or a reset, whichever the system makes of it, but not the end of the stream.
    let mut rest = Vec::new();
    let _ = connection.stream.read_to_end(&mut rest).await;
    let rest = String::from_utf8_lossy(&rest);
    assert!(!rest.contains("[DONE]"));
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_key() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let server = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0")
        .await
        .unwrap();
    let server = server.on_request(move |request| log.lock().unwrap().push(request.to_string()));
    let server = server.spawn();
    let mut connection = Connection::open(&server).await;
    for (path, body) in [
        ("/v2/deployments/invoke", r#"{"key": "chat"}"#),
        ("/v2/deployments/stream", r#"{"key": "no\nbody"}"#),
        ("/nowhere?secret=1", ""),
    ] {
        connection.ask(&request("POST", path, body)).await;
    }
    let expected = [
        "POST /v2/deployments/invoke 200 chat",
        "POST /v2/deployments/stream 404 no\\nbody",
        "POST /nowhere 404",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

/// The program, killed when the test is over.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fake-orq"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .strip_prefix("listening on http://")
            .unwrap()
            .trim_end()
            .to_owned();
        Self { child, url }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = StdTcpStream::connect(&self.url).unwrap();
        let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_serves_and_logs_without_keys() {
    let program = Program::start(&["--addr", "127.0.0.1:0"]);
    assert!(program.url.starts_with("127.0.0.1:"));
    let chat = request("POST", "/v2/deployments/invoke", r#"{"key": "chat"}"#);
    assert!(program.ask(&chat).starts_with("HTTP/1.1 200"));
    let stranger = request_with_key("sk-orq-secret", "GET", "/v2/deployments", "");
    assert!(program.ask(&stranger).starts_with("HTTP/1.1 401"));
    let log = program.stop();
    assert_eq!(
        log,
        "POST /v2/deployments/invoke 200 chat\nGET /v2/deployments 401\n"
    );
}

#[test]
fn the_program_takes_keys_and_a_seed() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/seed.json");
    let program = Program::start(&["--seed", seed, "--api-key", "one", "--api-key", "two"]);
    let body = r#"{"key": "greeter", "inputs": {"firstname": "Jane"}}"#;
    for (key, status) in [("one", 200), ("two", 200), ("sk-orq-test", 401)] {
        let request = request_with_key(key, "POST", "/v2/deployments/invoke", body);
        let answer = program.ask(&request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert_eq!(answer.contains("Hello Jane!"), status == 200, "{answer}");
    }
}

#[test]
fn the_program_has_bad_days_when_the_seed_says_so() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bad-days.json");
    let program = Program::start(&["--seed", seed, "--api-key", "given"]);
    let ask = |key: &str, verb: &str, deployment: &str| {
        let body = json!({"key": deployment}).to_string();
        let path = format!("/v2/deployments/{verb}");
        program.ask(&request_with_key(key, "POST", &path, &body))
    };
    // The seed's keys and the given ones are accepted, the default key is not.
    assert!(ask("sk-orq-test", "stream", "slow").starts_with("HTTP/1.1 401"));
    for key in ["sk-orq-seeded", "given"] {
        let slow = ask(key, "stream", "slow");
        assert!(slow.contains("x-ratelimit-limit: 100\r\n"), "{slow}");
        assert!(slow.contains("x-ratelimit-remaining: 99\r\n"), "{slow}");
        assert!(slow.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"), "{slow}");

        assert!(ask(key, "invoke", "busy").starts_with("HTTP/1.1 200"));
        let busy = ask(key, "invoke", "busy");
        assert!(busy.starts_with("HTTP/1.1 429"), "{busy}");
        assert!(busy.contains("retry-after: 86"), "{busy}");
        assert!(busy.contains("rate_limit_exceeded"), "{busy}");
    }

    let faulty = [1, 2, 3, 4, 5].map(|_| ask("given", "invoke", "faulty"));
    assert!(faulty[0].starts_with("HTTP/1.1 503"), "{}", faulty[0]);
    assert!(faulty[0].contains("provider_overloaded"), "{}", faulty[0]);
    assert_eq!(faulty[1], "");
    assert!(
        faulty[2].ends_with("this is not HTTP\r\n\r\n"),
        "{}",
        faulty[2]
    );
    assert!(faulty[3].contains("\r\n14\r\n"), "{}", faulty[3]);
    assert!(faulty[3].ends_with("\r\n0\r\n\r\n"), "{}", faulty[3]);
    assert!(faulty[4].starts_with("HTTP/1.1 502"), "{}", faulty[4]);
    assert!(faulty[4].contains("<html>"), "{}", faulty[4]);

    let scripted = ask("given", "stream", "scripted");
    assert!(
        scripted.contains("x-mine: a\r\nx-mine: b\r\n"),
        "{scripted}"
    );
    assert!(!scripted.contains("x-orq-trace-id"), "{scripted}");
    assert!(
        scripted.contains("data: {\"choices\":[]}\n\n"),
        "{scripted}"
    );
    assert!(
        scripted.ends_with("data: [DONE]\n\n\r\n"),
        "no last chunk: {scripted}"
    );
    let second = ask("given", "stream", "scripted");
    assert!(second.starts_with("HTTP/1.1 429"), "{second}");
    assert!(second.contains("\r\n{\"message\"\r\n0\r\n\r\n"), "{second}");

    let log = program.stop();
    assert!(
        log.contains("POST /v2/deployments/invoke 429 busy\n"),
        "{log}"
    );
    assert!(
        log.contains("POST /v2/deployments/invoke 503 faulty\n"),
        "{log}"
    );
    assert!(
        log.contains("POST /v2/deployments/invoke early_close\n"),
        "{log}"
    );
    assert!(!log.contains("given") && !log.contains("seeded"), "{log}");
}

#[test]
fn the_program_refuses_what_it_cannot_use() {
    let bad_seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bad-seed.json");
    let absent = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/absent.json");
    for (arguments, code, said) in [
        (
            &["--seed", bad_seed][..],
            1,
            "bad-seed.json: deployments[0].key: is required",
        ),
        (&["--seed", absent], 1, "tests/data/absent.json: "),
        (&["--addr", "nonsense"], 1, "can't listen on nonsense"),
        (&["--api-key", ""], 2, "--api-key"),
        (&["--unheard-of"], 2, "--unheard-of"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fake-orq"))
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains(said), "{error}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn a_fault_discards_nothing_that_came_before_it() {
    let body = "x".repeat(1 << 20);
    for fault in Fault::ALL {
        let memory = MemoryTransport::new();
        memory.reply(Reply::status(200, body.clone()).break_off(fault));
        let server = FakeServer::bind(memory.handle(), "127.0.0.1:0").await;
        let server = server.unwrap().spawn();
        let mut connection = Connection::open(&server).await;
        connection.send(&request("POST", "/", "{}")).await;
        connection.until("\r\n\r\n100000\r\n").await;
        let arrived = connection.exactly(body.len()).await;
        assert!(arrived == body, "{fault:?}");
    }
}
