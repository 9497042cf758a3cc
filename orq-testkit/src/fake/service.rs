//! From a request to its answer.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use orq_core::{
    Timer,
    transport::{Body, TransportError},
};
use serde_json::Value;

use super::{
    answer_body::AnswerBody,
    auth::ApiKeys,
    limit::{limiter::Limiter, rate_limit::FakeRateLimit},
    log::{
        call::{FakeCall, FakeCallEnd},
        calls::Calls,
    },
    model::{deployment::FakeDeployment, workspace::Workspace},
    plan::{Outcome, Plan},
    response_headers::ResponseHeaders,
};
use crate::{
    shape::{Completion, Stamp},
    time::TimeSource,
};

/// What a double is made of.
pub(super) struct Setup {
    /// The oldest first.
    pub(super) deployments: Vec<FakeDeployment>,
    pub(super) api_keys: Vec<String>,
    pub(super) rate_limit: Option<FakeRateLimit>,
    pub(super) keep_calls: usize,
    pub(super) clock: TimeSource,
}

/// Everything that the clones of a double share.
pub(super) struct Service {
    pub(super) workspace: Workspace,
    pub(super) keys: ApiKeys,
    pub(super) limiter: Limiter,
    clock: TimeSource,
    calls: Arc<Calls>,
}

impl Service {
    pub(super) fn new(setup: Setup) -> Self {
        let limiter = setup.rate_limit.map(Limiter::enforcing);
        Self {
            workspace: Workspace::new(setup.deployments),
            keys: ApiKeys::new(setup.api_keys),
            limiter: limiter.unwrap_or_else(Limiter::advertised),
            clock: setup.clock,
            calls: Calls::new(setup.keep_calls),
        }
    }

    pub(super) fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(self.clock.timer())
    }

    pub(super) fn api_key(&self) -> &str {
        self.keys.first()
    }

    pub(super) fn calls(&self) -> Vec<FakeCall> {
        self.calls.kept()
    }

    pub(super) async fn answer(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, TransportError> {
        self.clock.stir();
        let call = self.calls.begin(request, self.clock.timer().now());
        let stamp = Stamp {
            number: u64::try_from(call.request().number()).unwrap_or(u64::MAX),
            at: self.clock.date(),
        };
        let mut headers = ResponseHeaders::default();
        let plan = self.decide(&call, stamp, &mut headers);
        let plan = plan.unwrap_or_else(Plan::refusal);
        if !plan.latency.is_zero() {
            self.clock.timer().sleep(plan.latency).await;
            self.clock.stir();
        }
        let verbatim = matches!(plan.outcome, Outcome::Script(_));
        let given = match plan.outcome {
            Outcome::Json(status, body) => Ok(json_response(status, &body)),
            Outcome::Events(completion) => Ok(self.event_stream(*completion, plan.pace)),
            Outcome::Break(fault) => Err(fault.before_head()),
            Outcome::Script(script) => {
                let played = script.play(&self.clock, ()).await;
                played.map(|response| response.map(Body::from_stream))
            }
        };
        let mut response = match given {
            Ok(response) => response,
            Err(error) => {
                call.over(FakeCallEnd::of(&error));
                return Err(error);
            }
        };
        if !verbatim {
            headers.tell(&mut response, stamp);
        }
        response.extensions_mut().insert(headers.served);
        call.answered(response.status());
        if let Some(end_at) = plan.cutoff {
            response = response.map(|body| end_at.of(body, || ()));
        }
        if let Some(chunks) = response.body().size_hint().1 {
            // It stays in hand, so that a server can tell its length.
            (0..chunks).for_each(|_| call.chunk());
            call.over(FakeCallEnd::Read);
            return Ok(response);
        }
        let watched = |body| AnswerBody::new(body, call, self.clock.clone());
        Ok(response.map(|body| Body::from_stream(watched(body))))
    }

    fn event_stream(&self, completion: Completion, pace: Duration) -> Response<Body> {
        let timer = self.timer();
        let events = stream::iter(completion.into_events()).then(move |event| {
            let wait = (!pace.is_zero()).then(|| timer.sleep(pace));
            async move {
                if let Some(wait) = wait {
                    wait.await;
                }
                Ok(event)
            }
        });
        let mut response = Response::new(Body::from_stream(events));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

/// Without the API keys.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("workspace", &self.workspace)
            .field("timer", &self.clock.timer())
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
