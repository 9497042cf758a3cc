//! What a double does over a socket beside the API: for tests in other languages, and for pages in a browser.

use std::{borrow::Cow, net::IpAddr};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN,
    },
};
use orq_core::transport::{Body, TransportError};
use serde::Serialize;
use serde_json::{json, value::RawValue};

use super::{
    log::call::FakeCall,
    response_headers::set,
    route::{self, Routes},
    service::{Service, json_response},
};

const PREFIX: &str = "/__fake/";

#[derive(Clone, Copy)]
enum Control {
    Health,
    Calls,
    Forget,
    Seed,
}

const CONTROL: &Routes<Control> = &[
    ("GET", "/__fake/health", Control::Health),
    ("GET", "/__fake/calls", Control::Calls),
    ("DELETE", "/__fake/calls", Control::Forget),
    ("PUT", "/__fake/seed", Control::Seed),
];

/// A call as `GET /__fake/calls` tells it.
#[derive(Serialize)]
struct CallJson<'a> {
    number: usize,
    method: &'a str,
    path: Cow<'a, str>,
    query: Option<Cow<'a, str>>,
    deployment: Option<Cow<'a, str>>,
    api_key: Option<usize>,
    status: Option<u16>,
    chunks: usize,
    end: String,
    body: Option<Content<'a>>,
}

/// A body that is JSON stays as it was written.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Json(&'a RawValue),
    Text(Cow<'a, str>),
}

impl<'a> CallJson<'a> {
    fn of(call: &'a FakeCall) -> Self {
        let request = call.request();
        let json = serde_json::from_slice(request.body());
        let body = json.map_or_else(|_| Content::Text(request.text()), Content::Json);
        Self {
            number: call.number(),
            method: request.method().as_str(),
            path: request.redacted(request.path()),
            query: request.uri().query().map(|query| request.redacted(query)),
            deployment: call.deployment(),
            api_key: call.api_key(),
            status: call.status().map(|status| status.as_u16()),
            chunks: call.chunks(),
            end: call.end().to_string(),
            body: (!request.body().is_empty()).then_some(body),
        }
    }
}

impl Service {
    /// Answers a request that came over a socket.
    pub(super) async fn answer_socket(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, TransportError> {
        let is_control = request.uri().path().starts_with(PREFIX);
        // What the program was asked is nothing for a page that a browser on this machine happens to show.
        let origin = request.headers().get(ORIGIN);
        let from_page = origin.is_some_and(|origin| !is_control || is_local(origin));
        let mut response = if from_page && is_preflight(&request) {
            preflight(&request)
        } else if is_control {
            self.control(&request)
        } else {
            self.answer(request).await?
        };
        if from_page {
            let any = || HeaderValue::from_static("*");
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, any());
        }
        Ok(response)
    }

    fn control(&self, request: &Request<Bytes>) -> Response<Body> {
        match route::find(CONTROL, request.method(), request.uri().path()) {
            Ok((Control::Health, _)) => json_response(StatusCode::OK, &json!({"status": "ok"})),
            Ok((Control::Calls, _)) => {
                let calls = self.calls.kept();
                let calls: Vec<_> = calls.iter().map(CallJson::of).collect();
                json_response(StatusCode::OK, &calls)
            }
            Ok((Control::Forget, _)) => {
                self.calls.forget();
                no_content()
            }
            Ok((Control::Seed, _)) => match self.replace(request.body()) {
                Ok(()) => no_content(),
                Err(error) => {
                    let body = json!({"message": error.to_string()});
                    json_response(StatusCode::BAD_REQUEST, &body)
                }
            },
            Err(none) => {
                let mut response = json_response(none.problem.status, &none.problem.body);
                if !none.allow.is_empty() {
                    set(response.headers_mut(), ALLOW.as_str(), none.allow);
                }
                response
            }
        }
    }
}

/// Whether a page comes from this machine.
fn is_local(origin: &HeaderValue) -> bool {
    let origin = origin.to_str().unwrap_or_default().parse::<Uri>();
    let host = origin.as_ref().map_or(None, Uri::host).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a browser asks what it may send ([Fetch](https://fetch.spec.whatwg.org/#cors-preflight-request)).
fn is_preflight(request: &Request<Bytes>) -> bool {
    request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Allows everything. `*` would leave `authorization` out, so the headers are those that were asked for.
fn preflight(request: &Request<Bytes>) -> Response<Body> {
    let mut response = no_content();
    for (asked, allowed) in [
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = request.headers().get(asked) {
            response.headers_mut().insert(allowed, value.clone());
        }
    }
    response
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
