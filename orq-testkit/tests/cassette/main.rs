//! Cassettes: what is recorded, what is kept out, and how it is played.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod attack;
mod failures;
mod guard;
mod hostile;
mod modes;
mod play;
mod properties;
mod redaction;
mod refusal;
#[cfg(feature = "server")]
mod socket;

use std::{
    fmt, fs,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on, stream};
use http::{Request, Response};
use orq_core::{
    Client, Timer, async_trait,
    retry::NoRetry,
    transport::{Body, CallContext, HttpTransport, Operation, TransportError},
};
use orq_testkit::ManualTimer;
use serde_json::Value;
use tempfile::TempDir;

/// The live key of every recording.
const KEY: &str = "sk-orq-live/0123456789+AZ";

/// A path for one cassette, in a folder of its own that is removed at the end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn cassette(&self) -> PathBuf {
        self.0.path().join("cassettes").join("test.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.cassette()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// All files in it.
    fn files(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.0.path().join("cassettes")) else {
            return Vec::new();
        };
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    fn write(&self, text: &str) {
        fs::create_dir_all(self.0.path().join("cassettes")).unwrap();
        fs::write(self.cassette(), text).unwrap();
    }
}

type Answer = Result<Response<Body>, TransportError>;

/// The real transport of these tests.
#[derive(Clone)]
struct Real {
    timer: ManualTimer,
    answer: Arc<dyn Fn(Request<Bytes>) -> Answer + Send + Sync>,
}

impl Real {
    fn new(answer: impl Fn(Request<Bytes>) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            timer: ManualTimer::new(),
            answer: Arc::new(answer),
        }
    }

    /// Answers each request with these chunks.
    fn chunks(chunks: &[&'static [u8]]) -> Self {
        let chunks = chunks.to_vec();
        Self::new(move |_| Ok(Response::new(body(&chunks))))
    }
}

#[async_trait]
impl HttpTransport for Real {
    async fn send(&self, request: Request<Bytes>) -> Answer {
        (self.answer)(request)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }

    fn name(&self) -> &str {
        "real"
    }
}

impl fmt::Debug for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Real")
    }
}

fn body(chunks: &[&'static [u8]]) -> Body {
    let chunks: Vec<_> = chunks
        .iter()
        .map(|chunk| Ok(Bytes::from_static(chunk)))
        .collect();
    Body::from_stream(stream::iter(chunks))
}

fn client(transport: impl HttpTransport + 'static, key: &str) -> Client {
    let builder = Client::builder(transport).api_key(key);
    builder.retry(NoRetry).build().unwrap()
}

/// An `invoke` with this body, and with the live key in its place.
fn request(body: impl Into<Bytes>) -> Request<Bytes> {
    request_with_key(KEY, body)
}

fn request_with_key(key: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut request = Request::post("https://my.orq.ai/v2/deployments/invoke")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap();
    let context = CallContext::new(Operation::Invoke, Some("chat"));
    request.extensions_mut().insert(context);
    request
}

fn send(transport: &impl HttpTransport, request: Request<Bytes>) -> Answer {
    block_on(transport.send(request))
}

/// The chunks of a body, and the error at its end.
fn read(answer: Answer) -> (Vec<Bytes>, Option<TransportError>) {
    let mut body = answer.unwrap().into_body();
    let mut chunks = Vec::new();
    loop {
        match block_on(body.next()) {
            Some(Ok(chunk)) => chunks.push(chunk),
            Some(Err(error)) => return (chunks, Some(error)),
            None => return (chunks, None),
        }
    }
}

/// The message of the panic that `test` ends in.
fn failure(test: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(test)).expect_err("the test should fail");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().unwrap().to_string(),
    }
}
