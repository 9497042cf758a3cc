//! One attempt: sends the request and returns a 2xx response, or an error.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use super::{
    template::RequestTemplate,
    timed_body::{Ending, TimedBody},
};
use crate::{
    clocks::{Timing, within},
    error::{Clock, Error, ErrorKind, page},
    headers,
    observe::Recorder,
    response::ResponseMeta,
    secret::{ApiKey, KeySource},
    shared::Shared,
    transport::{Delivery, Phase},
};

/// The parts of an attempt that are needed to read its response.
pub(crate) struct Exchange {
    pub(crate) shared: Arc<Shared>,
    pub(crate) key: ApiKey,
    pub(crate) recorder: Recorder,
}

const READ_OF_ERROR_BODY: usize = 1024 * 1024;

impl Exchange {
    /// Sends the request of the attempt with this number, from 1; those before had these `keys`. Returns a 2xx response
    /// whose body is still to be read. If the operation has a result, a 204 is an error.
    pub(crate) async fn begin(
        template: &RequestTemplate,
        timing: &Timing,
        number: u32,
        keys: &mut Vec<HeaderValue>,
        recorder: &Recorder,
    ) -> Result<(Self, ResponseMeta, Box<TimedBody>), Error> {
        recorder.attempt();
        let mut call_alarm = timing.start(Clock::Call);
        let key = match &template.key {
            KeySource::Fixed(key) => key.clone(),
            KeySource::Provider(provider) => {
                let head_alarm = timing.start(Clock::Head);
                let key = provider.api_key();
                let mut key = within(key, &mut call_alarm, head_alarm, Phase::Connect)
                    .await
                    .map_err(|error| error.with_reach(Phase::Connect, Delivery::NotSent))?
                    .map_err(Error::config)?;
                key.follow(keys);
                key
            }
        };
        let exchange = Self {
            shared: template.shared.clone(),
            key,
            recorder: recorder.clone(),
        };
        let context = match number {
            1 => template.context.clone(),
            _ => template.context.clone().with_attempt(number),
        };
        let mut request = template.request(&context, &exchange.key);
        let spans = &exchange.shared.spans;
        let span = recorder.attempt_span(spans, number, &mut request, &exchange.key);
        let sent = span.inside(exchange.shared.transport.send(request));
        let head_alarm = timing.start(Clock::Head);
        let response = within(sent, &mut call_alarm, head_alarm, Phase::Headers).await;
        let response = match response {
            Ok(response) => response.map_err(Error::from),
            Err(error) if context.is_unsent() => {
                Err(error.with_reach(Phase::Connect, Delivery::NotSent))
            }
            Err(error) => Err(error),
        };
        span.end(&response);
        let response = response?;
        let (mut parts, body) = response.into_parts();
        // A server may repeat the key in a header. Redacted here, it can't appear in a response or an error.
        exchange.key.redact_headers(&mut parts.headers);
        let meta = ResponseMeta::new(parts.status, parts.headers);
        recorder.head(&meta);
        let has_result = template.context.operation().has_result();
        if meta.status == StatusCode::NO_CONTENT && has_result {
            let error = Error::new(ErrorKind::NoContent)
                .with_message("the server answered without content");
            return Err(error.with_response(meta.status, meta.headers));
        }
        let body = TimedBody::new(body, context, timing, call_alarm, recorder.clone());
        let mut body = Box::new(body);
        if meta.status.is_success() {
            return Ok((exchange, meta, body));
        }
        // What arrives of the body is worth having, even if the rest fails. More is read than is kept, for the code
        // and the message, but not for long: a retry may be waiting.
        body.end_soon();
        let limit = exchange.shared.limits.error_body.max(READ_OF_ERROR_BODY);
        let (body, _) = body.collect(limit, 0).await;
        Err(exchange.api_error(meta, &body))
    }

    /// Reads the whole body of a 2xx response.
    pub(crate) async fn collect(
        &self,
        meta: &ResponseMeta,
        body: &mut TimedBody,
    ) -> Result<Bytes, Error> {
        let limit = self.shared.limits.response_body;
        let announced = headers::text(&meta.headers, header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.parse().ok());
        let (bytes, ending) = body.collect(limit, announced.unwrap_or(0)).await;
        let error = match ending {
            Ending::Complete => return Ok(bytes),
            Ending::TooLarge => Error::new(ErrorKind::TooLarge)
                .with_message(format!("the response's body is larger than {limit} bytes"))
                .with_reach(Phase::Body, Delivery::Answered),
            Ending::Failed(error) => error,
        };
        Err(error
            .with_response(meta.status, meta.headers.clone())
            .with_body(self.excerpt(&bytes)))
    }

    /// Returns the error for a response with a status other than 2xx, or with an error in its body.
    pub(crate) fn api_error(&self, meta: ResponseMeta, body: &[u8]) -> Error {
        Error::of_response(meta.status, meta.headers, body, Some(&self.key))
            .with_body(self.excerpt(body))
    }

    /// Returns the error for a 2xx response that can't be deserialized, or not to its end.
    pub(crate) fn decode_error(
        &self,
        kind: ErrorKind,
        meta: &ResponseMeta,
        body: &[u8],
        mut why: String,
    ) -> Error {
        if let Some(page) = page(body, &meta.headers, Some(&self.key)) {
            why = format!("{why}: {page}");
        }
        Error::new(kind)
            .with_message(self.key.hide(why))
            .with_response(meta.status, meta.headers.clone())
            .with_body(self.excerpt(body))
    }

    /// Returns the beginning of a body, as an error keeps it, with the key redacted.
    pub(crate) fn excerpt(&self, body: &[u8]) -> Bytes {
        self.key.excerpt(body, self.shared.limits.error_body)
    }
}
