//! Streams the answers of a deployment to a page in a browser, as server-sent events.
//!
//! - `cargo run --bin relay` answers from a double of orq.ai inside this process, without a key or a network. Every third
//!   answer is cut.
//! - `ORQ_API_KEY=… cargo run --bin relay -- DEPLOYMENT_KEY` answers from orq.ai.
//!
//! The page sends `POST /answer` with `{"message": "…"}`. It doesn't use `EventSource`, which sends its request again
//! after every end of the connection, and would pay for another answer. The events are `text`, and at the end `done` or
//! `error`, each with an object as its data. If neither came, the connection to the relay broke. There is no login: add
//! one before others can reach it.
//!
//! Nothing is queued: the response's body polls the stream, so a browser that doesn't read stops the answer. When the
//! browser closes its connection, axum drops the body, which drops the stream, which closes the connection to orq.ai.
//! The same happens while orq.ai is silent. A browser that vanished without closing it is noticed when the comments that
//! keep the connection alive can't be delivered; how long that takes is a setting of the system (`tcp_retries2`).
//!
//! Proxies before it need timeouts above `--keep-alive`, and:
//!
//! - nginx nothing else: the header `X-Accel-Buffering` turns its buffering off, unless `proxy_ignore_headers` names it.
//! - haproxy `option http-no-delay`, without which words wait up to 200 ms for the next ones, and `option abortonclose`,
//!   without which it reads on for a browser that has left until it fails to write. The latter must be in `defaults` or
//!   `listen`: in a `backend` alone, haproxy 2.6 ignores it once the answer has begun.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program that shows things"
)]

use std::{convert::Infallible, error::Error, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::header::{CACHE_CONTROL, HeaderName},
    response::{
        Html, IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
    routing::{get, post},
    serve::ListenerExt,
};
use clap::Parser;
use futures::{StreamExt, stream};
use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, TokioTimer};
use orq_transport_reqwest::{
    client_from_env,
    orq_core::{self, Call, Client, DeploymentRequest, Message, stream::CompletionStream},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Relays a deployment's answers to a page in a browser
#[derive(Parser)]
#[command(name = "relay")]
struct Arguments {
    /// The deployment's key, for which ORQ_API_KEY must be set; without it a double answers
    deployment: Option<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    addr: String,
    /// After how many seconds without an event a comment keeps the connection alive
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    keep_alive: u64,
}

#[derive(Clone)]
struct Relay {
    client: Client,
    deployment: Arc<str>,
    keep_alive: Duration,
}

#[derive(serde::Deserialize)]
struct Question {
    message: String,
}

/// How far an answer has come.
enum Answer {
    Asked(Call<CompletionStream>),
    Begun(CompletionStream),
    Ended,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (client, deployment) = match &arguments.deployment {
        Some(key) => (client_from_env()?, key.as_str()),
        None => (double()?, "demo"),
    };
    let relay = Relay {
        client,
        deployment: deployment.into(),
        keep_alive: Duration::from_secs(arguments.keep_alive),
    };
    let routes = Router::new()
        .route("/", get(|| async { Html(include_str!("page.html")) }))
        .route("/answer", post(answer))
        .with_state(relay);
    let listener = TcpListener::bind(&arguments.addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // Without this an event may wait until the browser has acknowledged the one before.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    Ok(axum::serve(listener, routes).await?)
}

async fn answer(State(relay): State<Relay>, Json(question): Json<Question>) -> impl IntoResponse {
    let request =
        DeploymentRequest::new(&*relay.deployment).message(Message::user(question.message));
    let call = relay.client.deployments().stream(&request);
    let events = stream::unfold(Answer::Asked(call), next_event).map(Ok::<_, Infallible>);
    let headers = [
        (CACHE_CONTROL, "no-cache, no-transform"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let comments = KeepAlive::new().interval(relay.keep_alive);
    (headers, Sse::new(events).keep_alive(comments))
}

/// Waits for the next event. The response's head has been sent by then, so every failure is an event too.
async fn next_event(answer: Answer) -> Option<(Event, Answer)> {
    let started = match answer {
        Answer::Asked(call) => call.await,
        Answer::Begun(stream) => Ok(stream),
        Answer::Ended => return None,
    };
    let mut stream = match started {
        Ok(stream) => stream,
        Err(error) => return Some((failure(&error), Answer::Ended)),
    };
    Some(match stream.next_text().await {
        Ok(Some(text)) => (
            event("text", &json!({ "text": text })),
            Answer::Begun(stream),
        ),
        Ok(None) => {
            let reason = stream.so_far().finish_reason();
            let reason = reason.map(|reason| reason.as_str());
            let done = event("done", &json!({ "finish_reason": reason }));
            (done, Answer::Ended)
        }
        Err(error) => (failure(&error), Answer::Ended),
    })
}

/// Logs the whole error, and tells the browser only what lets its user and the log's reader find each other.
fn failure(error: &orq_core::Error) -> Event {
    eprintln!("{error}");
    let message = match error.partial() {
        Some(_) => "The answer broke off.",
        None => "There is no answer.",
    };
    let (kind, trace_id) = (error.kind().as_str(), error.trace_id());
    event(
        "error",
        &json!({ "message": message, "kind": kind, "trace_id": trace_id }),
    )
}

/// Returns an event. JSON has no line breaks, so its data is one line.
fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

/// Returns the client of a double that answers a word at a time.
fn double() -> Result<Client, orq_core::Error> {
    let demo = FakeDeployment::new("demo")
        .pace(Duration::from_millis(60))
        .reply(
            "You asked: {{last_user_message}}\n\nThis double of orq.ai knows no answer to that, but it can say so word \
             by word, which is all that a relay needs to be tried out.",
        )
        .fault(FakeFault::cut_at(4000).every(3));
    let fake = FakeOrq::builder()
        .timer(TokioTimer::new())
        .deployment(demo)
        .build();
    Client::new(fake, FakeOrq::DEFAULT_API_KEY)
}
