//! One exchange: from the request to the head of a good response, or to all that is known of a bad one.

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header, response::Parts};

use super::{
    clocks::{Alarm, Timing, within},
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
        let (parts, body) = response.into_parts();
        let modelled = self.operation != Operation::Other;
        if parts.status == StatusCode::NO_CONTENT && modelled {
            let error = Error::new(ErrorKind::NoContent)
                .with_message("the server answered without content");
            return Err(error.with_response(parts.status, parts.headers));
        }
        if parts.status.is_success() {
            return Ok((parts, body));
        }
        let limit = self.client.inner().limits.error_body;
        // What has arrived of the body is worth having, however the rest of it failed.
        let (body, _) = self.read(body, limit).await;
        Err(self.api_error(parts.status, parts.headers, body))
    }

    /// Reads a good response's whole body.
    pub(crate) async fn collect(&mut self, parts: &Parts, body: Body) -> Result<Bytes, Error> {
        let limit = self.client.inner().limits.response_body;
        let (bytes, ending) = self.read(body, limit).await;
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

    async fn read(&mut self, mut body: Body, limit: usize) -> (Bytes, Ending) {
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        let ending = loop {
            let idle_alarm = self.timing.start(Clock::Idle);
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

    /// The error that a response with a bad status, or with an error for an answer, stands for.
    pub(crate) fn api_error(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Error {
        let body = self.excerpt(&body);
        let headers = redacted_headers(self.client.key(), headers);
        let mut error =
            Error::new(ErrorKind::Api).with_retry_after(retry_after(&headers, self.timing.wall()));
        if let Some(to) = redirect_target(status, &headers) {
            error = error.with_message(format!("not followed: a redirect to {to}"));
        }
        error
            .with_error_body(ErrorBody::parse(&body))
            .with_response(status, headers)
            .with_body(body)
    }

    /// A good response that isn't what the operation answers with.
    pub(crate) fn decode_error(&self, parts: &Parts, body: &[u8], why: impl Into<String>) -> Error {
        Error::new(ErrorKind::Decode)
            .with_message(why)
            .with_response(parts.status, parts.headers.clone())
            .with_body(self.excerpt(body))
    }

    /// As much of a body as an error keeps, without the key.
    fn excerpt(&self, body: &[u8]) -> Bytes {
        let kept = match self.client.key().redact(body) {
            Some(redacted) => Bytes::from(redacted),
            None => Bytes::copy_from_slice(&body[..body.len().min(self.limit())]),
        };
        kept.slice(..kept.len().min(self.limit()))
    }

    fn limit(&self) -> usize {
        self.client.inner().limits.error_body
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
