//! From a request to its answer.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

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
use serde::Serialize;

use super::{
    answer_body::watched,
    log::{call::FakeCallEnd, calls::Calls},
    plan::{Outcome, Plan},
    response_headers::ResponseHeaders,
    seed::{self, Seed, SeedError},
    world::World,
};
use crate::{
    reply::Playback,
    shape::{Completion, Stamp},
    time::TimeSource,
};

/// Everything that the clones of a double share.
pub(super) struct Service {
    world: RwLock<Arc<World>>,
    /// The keys that it was built with, which stay when a seed replaces the rest.
    api_keys: Vec<String>,
    clock: TimeSource,
    pub(super) calls: Arc<Calls>,
}

impl Service {
    pub(super) fn new(seed: Seed, keep_calls: usize, clock: TimeSource) -> Self {
        Self {
            api_keys: seed.api_keys.clone(),
            world: RwLock::new(Arc::new(World::new(seed))),
            clock,
            calls: Calls::new(keep_calls),
        }
    }

    pub(super) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts what a seed says in the place of what there is; the calls that have begun stay what they are.
    ///
    /// # Errors
    ///
    /// If the seed can't be used. Then nothing changes.
    pub(super) fn replace(&self, json: &[u8]) -> Result<(), SeedError> {
        let mut seed = seed::read(json)?;
        seed.api_keys.splice(..0, self.api_keys.iter().cloned());
        let world = Arc::new(World::new(seed));
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = world;
        Ok(())
    }

    pub(super) fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(self.clock.timer())
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
        let plan = self.world().decide(&call, stamp, &mut headers);
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
                played.map(|response| response.map(Playback::into_body))
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
        Ok(response.map(|body| watched(body, call, self.clock.clone())))
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
            .field("workspace", &self.world().workspace)
            .field("timer", &self.clock.timer())
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

pub(super) fn json_response(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Body::from(Bytes::from(body)));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
