//! A call as the double saw it.

use std::{borrow::Cow, fmt, sync::Arc};

use http::StatusCode;
use orq_core::transport::{Operation, TransportError};

use crate::{reply::Fault, request::RecordedRequest};

/// A request that a [`FakeOrq`](crate::FakeOrq) got, and what became of it up to now:
/// [`calls`](crate::FakeOrq::calls) gives them.
///
/// `Debug` and `Display` show no key.
///
/// ```
/// use futures::executor::block_on;
/// use orq_core::DeploymentRequest;
/// use orq_testkit::{FakeCallEnd, FakeOrq};
/// use serde_json::json;
///
/// let fake = FakeOrq::new();
/// let request = DeploymentRequest::new("chat").input("firstname", "Jane");
/// let mut stream = block_on(fake.client().deployments().stream(&request))?;
/// block_on(stream.next_text())?;
/// drop(stream);
///
/// let calls = fake.calls();
/// assert_eq!(calls[0].to_string(), "1 POST /v2/deployments/stream 200 chat, dropped after 1 chunk");
/// assert_eq!(calls[0].end(), FakeCallEnd::Dropped);
/// calls[0].request().assert_json_contains(json!({"inputs": {"firstname": "Jane"}}));
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FakeCall {
    pub(crate) request: Arc<RecordedRequest>,
    pub(crate) state: CallState,
}

/// What became of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallState {
    pub(crate) api_key: Option<usize>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) chunks: usize,
    pub(crate) end: FakeCallEnd,
}

/// How the answer to a [`FakeCall`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FakeCallEnd {
    /// It goes on: the head isn't there yet, or the body is read, or stands still.
    Open,
    /// The body came to its end, which a script or a fault may have brought about early. An answer that is no stream
    /// leaves as a whole with its head, and counts as read.
    Read,
    /// The reader went away before the end, or before the head if there is no status.
    Dropped,
    /// The connection broke: before the head if there is no status, otherwise in the body.
    Broken(Fault),
    /// There was an error in place of a head: [`Reply::failed`](crate::Reply::failed).
    Failed,
}

impl FakeCall {
    /// Its place among all requests of the double, counted from 1.
    pub fn number(&self) -> usize {
        self.request.number()
    }

    /// The request.
    pub fn request(&self) -> &RecordedRequest {
        &self.request
    }

    /// What was called.
    pub fn operation(&self) -> Operation {
        self.request.operation()
    }

    /// The key of the deployment, whether there is such a one or not.
    pub fn deployment(&self) -> Option<Cow<'_, str>> {
        self.request.deployment()
    }

    /// Which of the double's API keys it came with: its index, in the order in which they were added. `None` is none
    /// of them.
    pub fn api_key(&self) -> Option<usize> {
        self.state.api_key
    }

    /// The status that was answered. `None` as long as there is no head, and if there never was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.state.status
    }

    /// How many chunks of the body were handed out. An event of a stream is a chunk, `[DONE]` is one too.
    pub fn chunks(&self) -> usize {
        self.state.chunks
    }

    /// How the answer ended.
    pub fn end(&self) -> FakeCallEnd {
        self.state.end
    }
}

/// One line: the number, the method and the path, the status, the deployment, and how it ended.
impl fmt::Display for FakeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.request;
        let path = request.redacted(request.path());
        write!(f, "{} {} {path}", self.number(), request.method())?;
        if let Some(status) = self.status() {
            write!(f, " {}", status.as_u16())?;
        }
        if let Some(deployment) = request.deployment() {
            write!(f, " {}", request.redacted(&deployment).escape_debug())?;
        }
        let chunks = self.chunks();
        let plural = if chunks == 1 { "" } else { "s" };
        match (self.end(), self.status()) {
            (FakeCallEnd::Read, _) => Ok(()),
            (FakeCallEnd::Failed, _) => f.write_str(", failed"),
            (end, None) => write!(f, ", {end} before the head"),
            (end, Some(_)) => write!(f, ", {end} after {chunks} chunk{plural}"),
        }
    }
}

impl FakeCallEnd {
    /// The end that this error makes.
    pub(crate) fn of(error: &TransportError) -> Self {
        Fault::of(error).map_or(Self::Failed, Self::Broken)
    }
}

/// In a word or two: `dropped`, `reset`.
impl fmt::Display for FakeCallEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Dropped => "dropped",
            Self::Broken(fault) => fault.as_str(),
            Self::Failed => "failed",
        })
    }
}
