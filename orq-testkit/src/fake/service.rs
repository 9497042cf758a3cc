//! From a request to its answer.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE},
};
use orq_core::{Timer, transport::Body};
use serde_json::Value;

use super::{
    answer::Answer, completion::Completion, conversation::Conversation, deployment::FakeDeployment,
    exchange::Exchange, problem::Problem, request::DeploymentRequest, template::Variables,
    workspace::Workspace,
};

/// How many requests the rate limit's headers pretend to allow a minute.
const RATE_LIMIT: u64 = 1000;

/// Everything that the clones of a double share.
pub(super) struct Service {
    workspace: Workspace,
    api_keys: Vec<String>,
    timer: Arc<dyn Timer>,
    exchanges: AtomicU64,
}

/// What a request was about. It is in the response's extensions, for the server's log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    /// The key of the deployment that the body named.
    pub(crate) deployment: Option<String>,
    /// Whether the body said what to answer.
    mocked: bool,
}

/// The operations that the double has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Invoke,
    Stream,
    GetConfig,
    List,
}

impl Endpoint {
    fn of(method: &Method, path: &str) -> Option<Self> {
        match (method.as_str(), path) {
            ("POST", "/v2/deployments/invoke") => Some(Self::Invoke),
            ("POST", "/v2/deployments/stream") => Some(Self::Stream),
            ("POST", "/v2/deployments/get_config") => Some(Self::GetConfig),
            ("GET", "/v2/deployments") => Some(Self::List),
            _ => None,
        }
    }
}

impl Service {
    pub(super) fn new(
        deployments: Vec<FakeDeployment>,
        api_keys: Vec<String>,
        timer: Arc<dyn Timer>,
    ) -> Self {
        Self {
            workspace: Workspace::new(deployments),
            api_keys,
            timer,
            exchanges: AtomicU64::new(0),
        }
    }

    pub(super) fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(&self.timer)
    }

    pub(super) fn answer(&self, request: &Request<Bytes>) -> Response<Body> {
        let exchange = Exchange {
            number: self
                .exchanges
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_add(1),
            at: self.timer.wall(),
        };
        let mut served = Served::default();
        let mut response = self
            .respond(request, exchange, &mut served)
            .unwrap_or_else(|problem| json_response(problem.status, &problem.body));
        let ok = response.status() == StatusCode::OK;
        let headers = response.headers_mut();
        if !served.mocked {
            set(headers, "x-orq-trace-id", exchange.trace_id());
        }
        if ok {
            let left = RATE_LIMIT - 1 - (exchange.number - 1) % RATE_LIMIT;
            set(headers, "x-ratelimit-limit", RATE_LIMIT.to_string());
            set(headers, "x-ratelimit-remaining", left.to_string());
            set(headers, "x-ratelimit-reset", "60s".to_owned());
            // The double costs nothing, so none of the budget is ever used.
            set(headers, "x-ratelimit-limit-cost", "100".to_owned());
            set(headers, "x-ratelimit-remaining-cost", "100".to_owned());
            set(headers, "x-ratelimit-reset-cost", "60s".to_owned());
        }
        response.extensions_mut().insert(served);
        response
    }

    fn respond(
        &self,
        request: &Request<Bytes>,
        exchange: Exchange,
        served: &mut Served,
    ) -> Result<Response<Body>, Problem> {
        let (method, path) = (request.method(), request.uri().path());
        let endpoint = Endpoint::of(method, path).ok_or_else(|| Problem::no_route(method, path))?;
        self.authenticate(request.headers())?;
        if endpoint == Endpoint::List {
            let page = self
                .workspace
                .page(request.uri().query().unwrap_or_default())?;
            return Ok(json_response(StatusCode::OK, &page));
        }

        let request = DeploymentRequest::read(request.body())?;
        served.deployment = Some(request.key().to_owned());
        let entry = self.workspace.find(request.key())?;
        let settings = entry.deployment.resolve(request.context());
        if endpoint == Endpoint::GetConfig {
            let config = entry.config(&request, &settings);
            return Ok(json_response(StatusCode::OK, &config));
        }

        let conversation = Conversation::new(&request, &settings);
        let answer = match request.mock_response() {
            Some(text) => Answer::verbatim(text),
            None => {
                let (user, tool) = (conversation.last_user_message(), conversation.tool_result());
                let reply = match tool {
                    Some(_) => settings.tool_reply(),
                    None => entry.next_reply(&settings),
                };
                let variables = Variables {
                    inputs: request.inputs(),
                    last_user_message: Some(&user),
                    tool_result: tool.as_deref(),
                };
                let tools: Vec<_> = request.tools().iter().chain(settings.tools()).collect();
                Answer::new(&reply, variables, &tools, exchange)
            }
        };
        served.mocked = request.mock_response().is_some();
        let completion = Completion::new(exchange, &settings, &request, &conversation, answer);
        if endpoint == Endpoint::Stream || request.stream() {
            Ok(event_stream(completion))
        } else {
            Ok(json_response(StatusCode::OK, &completion.into_json()))
        }
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let authorization = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, key) = authorization
            .and_then(|value| value.split_once(' '))
            .ok_or_else(Problem::authentication_required)?;
        let key = key.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || key.is_empty() {
            return Err(Problem::authentication_required());
        }
        if !self.api_keys.iter().any(|accepted| accepted == key) {
            return Err(Problem::invalid_api_key());
        }
        Ok(())
    }
}

/// Without the API keys.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("workspace", &self.workspace)
            .field("timer", &self.timer)
            .field("exchanges", &self.exchanges)
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

fn event_stream(completion: Completion) -> Response<Body> {
    let events = stream::iter(completion.into_events());
    let mut response = Response::new(Body::from_stream(events.map(Ok)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn set(headers: &mut HeaderMap, name: &'static str, value: String) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
