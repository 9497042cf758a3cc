//! A call as the double saw it.

use std::{borrow::Cow, fmt, sync::Arc};

use http::StatusCode;
use orq_core::transport::{Operation, TransportError};

use crate::{reply::Fault, request::RecordedRequest};

/// A request to a [`FakeOrq`](crate::FakeOrq), with its answer up to now: an item of [`calls`](crate::FakeOrq::calls).
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
    /// The exchange is in progress: the head wasn't sent yet, or the body is being read, or it stalls.
    Open,
    /// The body was read to its end, which may be an early one of a script or a fault. An answer that isn't a stream is
    /// sent as a whole with its head, and counts as read.
    Read,
    /// The client dropped the exchange before the end, or before the head if there is no status.
    Dropped,
    /// The connection broke: before the head if there is no status, otherwise in the body.
    Broken(Fault),
    /// There was an error instead of a head: [`Reply::failed`](crate::Reply::failed).
    Failed,
}

impl FakeCall {
    /// Returns the call's number among all requests of the double, counted from 1.
    pub fn number(&self) -> usize {
        self.request.number()
    }

    /// Returns the request.
    pub fn request(&self) -> &RecordedRequest {
        &self.request
    }

    /// Returns the operation of the call.
    pub fn operation(&self) -> Operation {
        self.request.operation()
    }

    /// Returns the key of the requested deployment, whether it exists or not.
    pub fn deployment(&self) -> Option<Cow<'_, str>> {
        self.request.deployment()
    }

    /// Returns the index of the API key that the request had, in the order in which the double's keys were added;
    /// `None` if it had none of them.
    pub fn api_key(&self) -> Option<usize> {
        self.state.api_key
    }

    /// Returns the status of the answer; `None` before its head was sent, and if none was.
    pub fn status(&self) -> Option<StatusCode> {
        self.state.status
    }

    /// Returns how many chunks of the body were sent. Each event of a stream is a chunk, `[DONE]` too.
    pub fn chunks(&self) -> usize {
        self.state.chunks
    }

    /// Returns how the answer ended.
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
