//! Why the program fails, for people and for programs.

use std::{io, time::Duration};

use orq_core::{
    Error, ErrorKind,
    error::{Clock, Timeout},
};
use serde::Serialize;

use crate::{
    args::{Format, Global},
    output::tell,
};

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call failed, or was refused by the client.
    Call(Error),
    /// The request can't be read.
    Argument(String),
    /// This machine is to blame.
    Io(String),
    /// Nobody reads the output any more. No error.
    ClosedPipe,
    /// What is wrong was written already: calls of a conversation that failed, or what a check found.
    Reported,
}

impl Failure {
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::Argument(message.into())
    }

    pub(crate) fn io(what: &str, error: io::Error) -> Self {
        Self::Io(format!("{what}: {error}"))
    }

    /// Says it on stderr: a line for people, and with `--output json` one for programs.
    pub(crate) fn report(&self, global: &Global) {
        tell(&format!("error[{}]: {}", self.kind(), self.text()));
        if global.output == Format::Json
            && let Ok(json) = serde_json::to_string(&self.document(global.connect_timeout))
        {
            tell(&json);
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Call(error) => error.kind(),
            Self::Argument(_) => ErrorKind::Argument,
            Self::Io(_) | Self::ClosedPipe | Self::Reported => ErrorKind::Other,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Call(error) => without_kind(error),
            Self::Argument(message) | Self::Io(message) => message.clone(),
            Self::ClosedPipe => "the output was closed".to_owned(),
            Self::Reported => "what was written before".to_owned(),
        }
    }

    fn document(&self, connect_timeout: Duration) -> Document {
        let fields = match self {
            Self::Call(error) => Fields::of_call(error, connect_timeout),
            _ => Fields::default(),
        };
        Document {
            error: Fields {
                kind: self.kind().as_str(),
                message: fields.message.or_else(|| Some(self.text())),
                ..fields
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// An error's line without its kind, which is said before it.
fn without_kind(error: &Error) -> String {
    let line = error.to_string();
    let rest = line.strip_prefix(&format!("{} error", error.kind()));
    match rest.map(|rest| rest.trim_start_matches([':', ' '])) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => line,
    }
}

#[derive(Serialize)]
struct Document {
    error: Fields,
}

/// What is known of a failure; null where it doesn't apply.
#[derive(Default, Serialize)]
struct Fields {
    kind: &'static str,
    phase: Option<&'static str>,
    delivery: Option<&'static str>,
    timeout: Option<&'static str>,
    waited_ms: Option<u64>,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    trace_id: Option<String>,
    attempts: usize,
    retry_after_ms: Option<u64>,
    partial_text: Option<String>,
}

impl Fields {
    fn of_call(error: &Error, connect_timeout: Duration) -> Self {
        let timeout = error.timeout();
        let partial = error.partial().and_then(|partial| partial.text());
        Self {
            kind: error.kind().as_str(),
            phase: error.phase().map(|phase| phase.as_str()),
            delivery: error.delivery().map(|delivery| delivery.as_str()),
            timeout: timeout.map(|timeout| timeout.clock.as_str()),
            waited_ms: timeout
                .and_then(|timeout| waited(timeout, connect_timeout))
                .map(milliseconds),
            status: error.status().map(|status| status.as_u16()),
            code: error.code().map(str::to_owned),
            message: message(error),
            trace_id: error.trace_id().map(str::to_owned),
            attempts: error.attempts().len(),
            retry_after_ms: error.retry_after().map(milliseconds),
            partial_text: partial.map(|text| text.into_owned()),
        }
    }
}

/// The server's message, or the client's with the argument that it is about.
fn message(error: &Error) -> Option<String> {
    let message = error.message()?;
    Some(match error.field() {
        Some(field) => format!("{field}: {message}"),
        None => message.to_owned(),
    })
}

/// How long the clock ran. The one on connecting is the transport's, but it was set here.
fn waited(timeout: Timeout, connect_timeout: Duration) -> Option<Duration> {
    let connecting = (timeout.clock == Clock::Connect).then_some(connect_timeout);
    timeout.waited.or(connecting)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
