//! One operation, ready to run.

mod answer;
mod attempts;
mod clocks;
mod exchange;
mod prepared;
pub mod retry;
mod unary;

use std::{fmt, future::IntoFuture, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, response::Parts};

use crate::{
    client::checked_header,
    error::Error,
    transport::{Body, BoxFuture},
};

pub(crate) use answer::{Answer, answer};
pub(crate) use clocks::{Alarm, Clocks, Timing, ran_out};
pub(crate) use exchange::Exchange;
pub(crate) use prepared::{EVENT_STREAM, JSON, Prepared};
use retry::RetryPolicy;
pub(crate) use unary::{bytes, completion, decoded, is_event_stream, is_json};

/// The future of a call. It is `Send`, except on `wasm32-unknown-unknown`.
pub type CallFuture<T> = BoxFuture<'static, Result<T, Error>>;

/// Reads a good response as the operation's answer.
pub(crate) type Conclude<T> = fn(Exchange, Parts, Body) -> CallFuture<T>;

/// One operation, ready to run: await it, or make a future of it with [`send`](Call::send).
///
/// The request was checked and serialised when the call was made, so a call borrows nothing and can be
/// spawned; an error found there is held until the call is awaited. Nothing is sent before that. Dropping the
/// future ends the exchange.
///
/// ```
/// # use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::MemoryTransport;
/// # use std::time::Duration;
/// # futures::executor::block_on(async {
/// # let memory = MemoryTransport::new();
/// # for _ in 0..3 { memory.reply_json(serde_json::json!({ "choices": [] })); }
/// # let client = Client::new(memory.handle(), "my-key")?;
/// let request = DeploymentRequest::new("greeter");
/// client.deployments().invoke(&request).timeout(Duration::from_secs(20)).await?;
///
/// let calls = (0..2).map(|n| client.deployments().invoke(&request.clone().input("n", n)).send());
/// for answer in futures::future::join_all(calls).await {
///     answer?;
/// }
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a call does nothing until awaited or sent"]
pub struct Call<T> {
    prepared: Result<Box<Prepared>, Error>,
    conclude: Conclude<T>,
}

impl<T: 'static> Call<T> {
    pub(crate) fn new(prepared: Result<Prepared, Error>, conclude: Conclude<T>) -> Self {
        Self {
            prepared: prepared.map(Box::new),
            conclude,
        }
    }

    /// How long the call may take from its start to its end, instead of the client's setting. `None` means no
    /// limit.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|prepared| {
            prepared.clocks.call.set(timeout);
            Ok(())
        })
    }

    /// How long to wait for the response's head, instead of the client's setting. `None` means no limit.
    pub fn head_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|prepared| {
            prepared.clocks.head.set(timeout);
            Ok(())
        })
    }

    /// How long to wait for the next bytes of the response's body, instead of the client's setting. `None`
    /// means no limit.
    pub fn idle_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|prepared| {
            prepared.clocks.idle.set(timeout);
            Ok(())
        })
    }

    /// How long to wait for a stream's next event, instead of the client's setting. `None` means no limit.
    pub fn event_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|prepared| {
            prepared.clocks.event.set(timeout);
            Ok(())
        })
    }

    /// What to do after a failed attempt, instead of the client's policy.
    pub fn retry(self, policy: impl RetryPolicy + 'static) -> Self {
        self.change(|prepared| {
            prepared.retry = Some(Arc::new(policy));
            Ok(())
        })
    }

    /// A header for this call, instead of the client's of the same name.
    ///
    /// `authorization` belongs to the API key and is refused.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        self.change(|prepared| {
            let (name, value) =
                checked_header(name, value).map_err(|why| Error::argument("header", why))?;
            prepared.headers.insert(name, value);
            Ok(())
        })
    }

    /// The call as a future that borrows nothing, for `spawn` and `join_all`. Nothing is sent until it is
    /// polled.
    pub fn send(self) -> CallFuture<T> {
        Box::pin(async move { attempts::run(*self.prepared?, self.conclude).await })
    }

    pub(crate) fn change(
        mut self,
        change: impl FnOnce(&mut Prepared) -> Result<(), Error>,
    ) -> Self {
        self.prepared = self
            .prepared
            .and_then(|mut prepared| change(&mut prepared).map(|()| prepared));
        self
    }
}

impl<T: 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = CallFuture<T>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Call");
        match &self.prepared {
            Ok(prepared) => debug
                .field("method", &prepared.method)
                .field("uri", &prepared.uri),
            Err(error) => debug.field("error", error),
        };
        debug.finish_non_exhaustive()
    }
}
