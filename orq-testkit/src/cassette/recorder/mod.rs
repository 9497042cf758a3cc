//! A layer that writes down what really happened.

mod encode;
mod exchange;
mod recorded_body;
mod recording;

use std::{
    sync::{Arc, Mutex},
    thread,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Timer,
    transport::{Body, HttpTransport, TransportError},
};

use self::{exchange::RecordedExchange, recorded_body::RecordedBody, recording::Recording};
use super::{error::CassetteError, file, request::LiveRequest, settings::Cassette};
use crate::{guard::fail, lock::lock};

/// Records the exchanges of a transport to a cassette.
///
/// The client gets a [`handle`](Recorder::handle), which passes everything on unchanged and at once: the request, the
/// head, each chunk, the end or the error, and the timer. The test keeps this value. When it is dropped, the cassette
/// is written, and if that fails, so does the test; [`save`](Recorder::save) does the same and returns the error
/// instead. If the thread is panicking, nothing is written: the recording of a failed test doesn't replace a good one.
/// A test that returns an `Err` doesn't panic, so check what it recorded.
///
/// Interactions are written in the order in which the requests arrived. An unfinished one is written as far as it is
/// recorded. Everything is redacted as the [module](super#what-is-kept-out) describes, when the cassette is written;
/// until then it is in memory unredacted, and in no `Debug` output.
#[derive(Debug)]
#[must_use = "dropping it ends the recording"]
pub struct Recorder {
    recording: Arc<Recording>,
    cassette: Cassette,
    /// `save` has been called.
    saved: bool,
}

impl Recorder {
    /// Creates a recorder for the exchanges of `inner`. `cassette` is a path or a [`Cassette`]; an older file is
    /// replaced when this one is written.
    ///
    /// Times are those of the timer of `inner`. If it has none, everything is recorded without delays.
    pub fn new(inner: impl HttpTransport + 'static, cassette: impl Into<Cassette>) -> Self {
        let timer = inner.timer();
        Self {
            recording: Arc::new(Recording {
                inner: Arc::new(inner),
                timer,
                exchanges: Mutex::default(),
            }),
            cassette: cassette.into(),
            saved: false,
        }
    }

    /// Returns the transport for a client.
    pub fn handle(&self) -> RecorderHandle {
        RecorderHandle(Arc::clone(&self.recording))
    }

    /// Writes the cassette atomically: there is never half a file.
    ///
    /// # Errors
    ///
    /// [`CassetteErrorKind::Secret`](super::CassetteErrorKind::Secret) if a secret would be in the file, and
    /// [`CassetteErrorKind::Write`](super::CassetteErrorKind::Write) if the file can't be written. In both cases an
    /// older file stays as it was.
    pub fn save(mut self) -> Result<(), CassetteError> {
        self.saved = true;
        self.write()
    }

    fn write(&self) -> Result<(), CassetteError> {
        let text = encode::text(
            &lock(&self.recording.exchanges),
            self.recording.now(),
            &self.cassette,
        )?;
        file::write(&self.cassette.path, &text)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.saved || thread::panicking() {
            return;
        }
        if let Err(error) = self.write() {
            fail(&format!("Recorder: {}", error.report()));
        }
    }
}

/// The transport for the client of a [`Recorder`]. Clones record to the same cassette.
#[derive(Clone, Debug)]
pub struct RecorderHandle(Arc<Recording>);

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for RecorderHandle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let recording = &self.0;
        let exchange = RecordedExchange {
            request: LiveRequest(request.clone()),
            began: recording.now(),
            error: None,
            response: None,
        };
        let index = {
            let mut exchanges = lock(&recording.exchanges);
            exchanges.push(exchange);
            exchanges.len() - 1
        };
        let result = recording.inner.send(request).await;
        recording.update(index, |exchange, now| exchange.head(&result, now));
        let response = result?;
        let recording = Arc::clone(recording);
        let recorded = |body| RecordedBody {
            body,
            recording,
            index,
        };
        Ok(response.map(|body| Body::from_stream(recorded(body))))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer.clone()
    }

    fn name(&self) -> &str {
        self.0.inner.name()
    }
}
