//! Servers to run the program against.

use std::{
    future::{Future, pending},
    io,
    sync::{Arc, Mutex},
};

use orq_testkit::{FakeOrq, FakeServer, RunningServer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

use crate::program::KEY;

/// A server on loopback, in a thread of its own until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
    /// The double's, if it is one. It goes before its runtime does.
    _double: Option<RunningServer>,
    _runtime: Runtime,
}

/// A request, as it came over the socket.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// Request line and header lines.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let line = lines.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        Some(line.1)
    }
}

impl Server {
    /// The double of the API, with the built-in deployments.
    pub(crate) fn fake() -> Self {
        Self::seeded("{}")
    }

    /// The double of the API as this seed says.
    pub(crate) fn seeded(seed: &str) -> Self {
        let runtime = runtime();
        let fake = FakeOrq::builder().api_key(KEY).seed_json(seed).unwrap();
        let fake = fake.build();
        let double = runtime.block_on(async {
            let server = FakeServer::bind(fake, "127.0.0.1:0").await;
            server.unwrap().spawn()
        });
        Self {
            url: double.url(),
            requests: Arc::default(),
            _double: Some(double),
            _runtime: runtime,
        }
    }

    /// A server that answers each connection's request with these bytes, and then closes it.
    pub(crate) fn bytes(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        Self::scripted(move |mut socket| {
            let answer = Arc::clone(&answer);
            async move { socket.write_all(&answer).await.unwrap() }
        })
    }

    /// As [`bytes`](Server::bytes), with a body of this type.
    pub(crate) fn content(content_type: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n");
        Self::bytes(format!("{head}connection: close\r\n\r\n{body}"))
    }

    /// A server that writes these bytes for an answer, and then nothing more, for ever.
    pub(crate) fn stalling(begin: &'static str) -> Self {
        Self::scripted(move |mut socket| async move {
            socket.write_all(begin.as_bytes()).await.unwrap();
            pending().await
        })
    }

    /// A server that reads each connection's request, and leaves the rest to `answer`.
    pub(crate) fn scripted<F, A>(answer: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let runtime = runtime();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                // What isn't HTTP, such as a TLS handshake, is waited on for ever.
                if let Ok(request) = read(&mut socket).await {
                    record.lock().unwrap().push(request);
                    tokio::spawn(answer(socket));
                }
            }
        });
        Self {
            url,
            requests,
            _double: None,
            _runtime: runtime,
        }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// Reads one request with a `content-length`, or without a body.
async fn read(socket: &mut TcpStream) -> io::Result<Recorded> {
    let mut bytes = Vec::new();
    let mut wanted = None;
    loop {
        if wanted.is_none()
            && let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
            let request = Recorded {
                head,
                body: String::new(),
            };
            let length = request.header("content-length");
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            wanted = Some((request, length));
        }
        if let Some((mut request, length)) = wanted.take() {
            if bytes.len() >= length {
                request.body = String::from_utf8(bytes).unwrap();
                return Ok(request);
            }
            wanted = Some((request, length));
        }
        if socket.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
