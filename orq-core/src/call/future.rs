//! The future of one call.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use sync_wrapper::SyncWrapper;

use super::template::RequestTemplate;
use crate::{
    error::Error,
    maybe_send::BoxFuture,
    options::{CallOptions, option_setters},
};

/// In a box, so that a large result is moved once.
type CallFuture<T> = BoxFuture<'static, Result<Box<T>, Error>>;

/// Returns the future that runs a call.
type Start<T> = fn(Box<RequestTemplate>) -> CallFuture<T>;

/// One call: a future that can be awaited, spawned and joined, with setters for timeouts, retries and headers.
///
/// The request is validated and serialized when the call is created, so a call borrows nothing. An error of that is
/// returned when the call is awaited. Nothing is sent before the first poll. Dropping the call cancels it.
///
/// A setter that is called after the first poll fails the call with
/// [`ErrorKind::Argument`](crate::ErrorKind::Argument). A call that has returned its result returns `Pending` when it
/// is polled again.
///
/// ```
/// use std::time::Duration;
///
/// use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::MemoryTransport;
/// # futures::executor::block_on(async {
/// # let memory = MemoryTransport::new();
/// # for _ in 0..3 { memory.reply_json(serde_json::json!({ "choices": [] })); }
/// # let client = Client::new(memory.handle(), "my-key")?;
/// let request = DeploymentRequest::new("greeter");
/// client.deployments().invoke(&request).timeout(Duration::from_secs(20)).await?;
///
/// let calls = (0..2).map(|n| client.deployments().invoke(&request.clone().input("n", n)));
/// for answer in futures::future::join_all(calls).await {
///     answer?;
/// }
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a call does nothing unless awaited"]
pub struct Call<T>(State<T>);

enum State<T> {
    Ready(Box<RequestTemplate>, Start<T>),
    Refused(Error),
    /// Wrapped so that a call is `Sync`.
    Running(SyncWrapper<CallFuture<T>>),
    Done,
}

impl<T: 'static> Call<T> {
    pub(crate) fn new(template: Result<RequestTemplate, Error>, start: Start<T>) -> Self {
        Self(match template {
            Ok(template) => State::Ready(Box::new(template), start),
            Err(error) => State::Refused(error),
        })
    }

    /// Changes the request, unless an error was found before.
    pub(crate) fn change(
        self,
        change: impl FnOnce(&mut RequestTemplate) -> Result<(), Error>,
    ) -> Self {
        Self(match self.0 {
            State::Ready(mut template, start) => match change(&mut template) {
                Ok(()) => State::Ready(template, start),
                Err(error) => State::Refused(error),
            },
            State::Running(_) | State::Done => State::Refused(Error::argument(
                "call",
                "a setting was changed after the call had begun",
            )),
            refused @ State::Refused(_) => refused,
        })
    }

    pub(crate) fn with_options(self, set: impl FnOnce(&mut CallOptions)) -> Self {
        self.change(|template| {
            set(&mut template.options);
            match template.options.refused.take() {
                Some(why) => Err(Error::argument("header", why)),
                None => Ok(()),
            }
        })
    }
}

option_setters!([<T: 'static>] Call<T>);

impl<T: 'static> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut running = match mem::replace(&mut self.0, State::Done) {
            State::Ready(template, start) => SyncWrapper::new(start(template)),
            State::Refused(error) => return Poll::Ready(Err(error)),
            State::Running(running) => running,
            State::Done => return Poll::Pending,
        };
        let polled = running.get_mut().as_mut().poll(cx);
        if polled.is_pending() {
            self.0 = State::Running(running);
        }
        polled.map_ok(|result| *result)
    }
}

impl<T> Unpin for Call<T> {}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Call");
        if let State::Ready(template, ..) = &self.0 {
            debug
                .field("method", &template.method)
                .field("uri", &template.uri);
        }
        debug.finish_non_exhaustive()
    }
}
