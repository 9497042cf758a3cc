//! One exchange: from the request to the head of a good response, or to all that is known of a bad one.

use std::{future::poll_fn, task::Poll, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header, response::Parts};

use super::{
    clocks::{Alarm, Timing, ran_out, within},
    prepared::Prepared,
    retry::FailedAttempt,
};
use crate::{
    auth::ApiKey,
    client::Client,
    error::{Clock, Error, ErrorBody, ErrorKind, retry_after},
    transport::{Body, Delivery, Operation, Phase},
};

/// What a call needs on its way from the request to the answer.
pub(crate) struct Exchange {
    pub(crate) client: Client,
    pub(crate) operation: Operation,
    pub(crate) timing: Timing,
    /// The clock on the whole call.
    pub(crate) call_alarm: Option<Alarm>,
    /// The attempts before this one.
    pub(crate) earlier: Vec<FailedAttempt>,
}

const READ_OF_ERROR_BODY: usize = 1024 * 1024;
const WAIT_FOR_ERROR_BODY: Duration = Duration::from_secs(5);

/// How a whole body ended.
enum Ending {
    Complete,
    TooLarge,
    Failed(Error),
}

impl Exchange {
    pub(crate) fn new(prepared: &Prepared, timing: &Timing, earlier: &[FailedAttempt]) -> Self {
        Self {
            client: prepared.client.clone(),
            operation: prepared.context.operation(),
            timing: timing.clone(),
            call_alarm: timing.start(Clock::Call),
            earlier: earlier.to_vec(),
        }
    }

    /// Sends the request and judges the status: `Ok` is a 2xx that has content.
    pub(crate) async fn send(
        &mut self,
        request: http::Request<Bytes>,
    ) -> Result<(Parts, Body), Error> {
        let client = self.client.clone();
        let sent = client.inner().transport.send(request);
        let head_alarm = self.timing.start(Clock::Head);
        let response = within(sent, &mut self.call_alarm, head_alarm, Phase::Headers).await??;
        let (mut parts, body) = response.into_parts();
        // Whatever is made of this response, the key is not in it.
        parts.headers = redacted_headers(self.client.key(), parts.headers);
        let modelled = self.operation != Operation::Other;
        if parts.status == StatusCode::NO_CONTENT && modelled {
            let error = Error::new(ErrorKind::NoContent)
                .with_message("the server answered without content");
            return Err(error.with_response(parts.status, parts.headers));
        }
        if parts.status.is_success() {
            return Ok((parts, body));
        }
        // What has arrived of the body is worth having, however the rest of it failed. It is read further than it is
        // kept, for its code and message; but a retry doesn't wait for it long.
        let limit = self
            .client
            .inner()
            .limits
            .error_body
            .max(READ_OF_ERROR_BODY);
        let timing = self.timing.clone().with_idle_at_most(WAIT_FOR_ERROR_BODY);
        let (body, _) = self.read(body, limit, &timing).await;
        Err(self.api_error(parts.status, parts.headers, body))
    }

    /// Reads a good response's whole body.
    pub(crate) async fn collect(&mut self, parts: &Parts, body: Body) -> Result<Bytes, Error> {
        let limit = self.client.inner().limits.response_body;
        let timing = self.timing.clone();
        let (bytes, ending) = self.read(body, limit, &timing).await;
        let error = match ending {
            Ending::Complete => return Ok(bytes),
            Ending::TooLarge => Error::new(ErrorKind::TooLarge)
                .with_message(format!("the response's body is larger than {limit} bytes"))
                .with_reach(Phase::Body, Delivery::Answered),
            Ending::Failed(error) => error,
        };
        Err(error
            .with_response(parts.status, parts.headers.clone())
            .with_body(self.excerpt(&bytes)))
    }

    /// Waits for the first bytes of a body, and puts them back.
    pub(crate) async fn peek(&mut self, mut body: Body) -> Result<(Bytes, Body), Error> {
        let idle_alarm = self.timing.start(Clock::Idle);
        let next = within(body.next(), &mut self.call_alarm, idle_alarm, Phase::Body).await?;
        let first = next.transpose()?.unwrap_or_default();
        let whole = stream::iter([Ok(first.clone())]).chain(body);
        Ok((first, Body::from_stream(whole)))
    }

    async fn read(&mut self, mut body: Body, limit: usize, timing: &Timing) -> (Bytes, Ending) {
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        let ending = loop {
            // A body that is always ready would never let this clock be seen.
            if let Some(error) = self.call_ran_out().await {
                break Ending::Failed(error);
            }
            let idle_alarm = timing.start(Clock::Idle);
            match within(body.next(), &mut self.call_alarm, idle_alarm, Phase::Body).await {
                Err(error) => break Ending::Failed(error),
                Ok(Some(Err(error))) => break Ending::Failed(error.into()),
                Ok(None) => break Ending::Complete,
                Ok(Some(Ok(chunk))) => {
                    let room = limit - all.len().max(first.len());
                    let fits = chunk.len().min(room);
                    if first.is_empty() && all.is_empty() {
                        // Most bodies arrive in one piece, which then needs no copy.
                        first = chunk.slice(..fits);
                    } else {
                        if all.is_empty() {
                            all.extend_from_slice(&std::mem::take(&mut first));
                        }
                        all.extend_from_slice(&chunk[..fits]);
                    }
                    if chunk.len() > room {
                        break Ending::TooLarge;
                    }
                }
            }
        };
        (if all.is_empty() { first } else { all.freeze() }, ending)
    }

    async fn call_ran_out(&mut self) -> Option<Error> {
        let alarm = &mut self.call_alarm;
        let error = poll_fn(|cx| Poll::Ready(ran_out(cx, [&mut *alarm], Phase::Body))).await?;
        self.call_alarm = None;
        Some(error)
    }

    /// The error that a response with a bad status, or with an error for an answer, stands for.
    pub(crate) fn api_error(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let key = self.client.key();
        let said = ErrorBody::parse(&body, key);
        let body = self.excerpt(&body);
        let mut error = Error::new(ErrorKind::Api)
            .with_retry_after(retry_after(&headers, self.timing.wall()))
            .with_error_body(said);
        if let Some(to) = redirect_target(status, &headers) {
            error = error.with_message(format!("not followed: a redirect to {to}"));
        }
        error.with_response(status, headers).with_body(body)
    }

    /// A good response that isn't what the operation answers with.
    pub(crate) fn unreadable(
        &self,
        kind: ErrorKind,
        parts: &Parts,
        body: &[u8],
        why: impl Into<String>,
    ) -> Error {
        Error::new(kind)
            .with_message(why)
            .with_response(parts.status, parts.headers.clone())
            .with_body(self.excerpt(body))
    }

    /// As much of a body as an error keeps, without the key.
    fn excerpt(&self, body: &[u8]) -> Bytes {
        self.client
            .key()
            .excerpt(body, self.client.inner().limits.error_body)
    }
}

fn redirect_target(status: StatusCode, headers: &HeaderMap) -> Option<&str> {
    let location = headers.get(header::LOCATION)?;
    status.is_redirection().then(|| location.to_str().ok())?
}

/// The headers as an error keeps them: without the key, should the server have repeated it.
fn redacted_headers(key: &ApiKey, mut headers: HeaderMap) -> HeaderMap {
    for value in headers.values_mut() {
        if let Some(redacted) = key.redact(value.as_bytes()) {
            *value =
                HeaderValue::try_from(redacted).unwrap_or(HeaderValue::from_static("[redacted]"));
        }
    }
    headers
}
