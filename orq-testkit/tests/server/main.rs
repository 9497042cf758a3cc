//! `FakeServer` and the program `fake-orq`, from the other end of a raw socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod control;
mod descriptors;
mod program;
mod serving;

use orq_testkit::{FakeOrq, FakeServer, RunningServer};
use serde_json::Value;
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
