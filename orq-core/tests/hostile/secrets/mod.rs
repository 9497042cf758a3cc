//! The key is nowhere to be seen, whatever fails and however the server repeats it.

mod echo;
mod shown;
mod view;

use std::{cell::RefCell, collections::BTreeSet, pin::pin, task::Poll, time::Duration};

use futures::{StreamExt, TryStreamExt, poll};
use http::Method;
use orq_core::{
    Client, Error, Limits,
    model::Document,
    retry::{FailedAttempt, RetryDecision, RetryPolicy},
};
use orq_testkit::{MemoryTransport, Reply};

use self::{
    echo::Outcome,
    view::{leaks, views},
};
use super::{DONE, HEL, request};

/// Holds characters that JSON may escape, or must.
const KEY: &str = r#"sk-orq-Zq7vT2/pXw9"LmR4\bNc8HyJ6"#;

#[derive(Clone, Copy, Debug)]
enum Verb {
    Invoke,
    Stream,
    List,
    GetConfig,
    Request,
}

const VERBS: [Verb; 5] = [
    Verb::Invoke,
    Verb::Stream,
    Verb::List,
    Verb::GetConfig,
    Verb::Request,
];

/// Repeats once, whatever happened: the second error tells of the first.
#[derive(Debug)]
struct Twice;

impl RetryPolicy for Twice {
    fn decide(&self, _: &Error, earlier: &[FailedAttempt]) -> RetryDecision {
        match earlier {
            [] => RetryDecision::repeat(Duration::ZERO),
            _ => RetryDecision::stop("twice is enough"),
        }
    }
}

impl Verb {
    /// Calls, reads the answer to its end, and returns the failure and the warnings before it. Time passes as the
    /// client asks for it.
    async fn fails(self, memory: &MemoryTransport) -> (Error, Vec<String>) {
        let mut limits = Limits::default();
        limits.error_body = 600;
        (limits.response_body, limits.event, limits.completion) = (4000, 4000, 2000);
        let builder = Client::builder(memory.handle()).api_key(KEY).limits(limits);
        let client = builder.retry(Twice).build().unwrap();
        let warnings = RefCell::default();
        let mut call = pin!(self.call(&client, &warnings));
        let outcome = loop {
            match poll!(&mut call) {
                Poll::Ready(outcome) => break outcome,
                Poll::Pending => memory.timer().advance_to_next_sleep().unwrap(),
            };
        };
        (outcome.unwrap_err(), warnings.take())
    }

    async fn call(self, client: &Client, warnings: &RefCell<Vec<String>>) -> Result<(), Error> {
        let deployments = client.deployments();
        match self {
            Self::Invoke => deployments.invoke(&request()).await.map(drop),
            Self::Stream => {
                let mut stream = deployments.stream(&request()).await?;
                while let Some(chunk) = stream.next().await {
                    let shown = stream.meta().warnings().iter().map(ToString::to_string);
                    warnings.replace(shown.collect());
                    chunk?;
                }
                stream.finish().await.map(drop)
            }
            Self::List => {
                deployments
                    .list()
                    .items()
                    .try_for_each(|_| async { Ok(()) })
                    .await
            }
            Self::GetConfig => deployments.get_config(&request()).await.map(drop),
            Self::Request => {
                let answer = client.request(Method::GET, "/v2/prompts").await?;
                answer.json::<[u8; 2]>().map(drop)
            }
        }
    }
}

/// What is refused before anything is sent.
async fn refusals() -> Vec<Error> {
    let memory = MemoryTransport::new();
    let client = Client::new(memory.handle(), KEY).unwrap();
    let builder = || Client::builder(memory.handle()).api_key(KEY);
    let broken = format!("{KEY}\n");
    let mut errors = vec![
        Client::new(memory.handle(), &broken).unwrap_err(),
        client.with_api_key(format!("{KEY} {KEY}")).unwrap_err(),
        builder().base_url(KEY).build().unwrap_err(),
        builder().contact_id(&*broken).build().unwrap_err(),
        builder().header("x-echo", &*broken).build().unwrap_err(),
        builder().header(&*broken, "x").build().unwrap_err(),
        builder().header("authorization", KEY).build().unwrap_err(),
    ];
    for url in [
        "https://KEY@orq.ai",
        "http://orq.ai/KEY",
        "https://orq.ai?KEY",
    ] {
        let url = url.replace("KEY", &KEY[..13]);
        errors.push(builder().base_url(url).build().unwrap_err());
    }
    let deployments = client.deployments();
    let document = request().input("key", KEY).document(Document::new(""));
    let call = client.request(Method::GET, "/v2/prompts");
    let query = client.request(Method::GET, "/v2/prompts").query("key", KEY);
    errors.extend([
        deployments.invoke(&document).await.unwrap_err(),
        call.header("x-echo", &*broken).await.unwrap_err(),
        query.header("authorization", KEY).await.unwrap_err(),
        client.request(Method::GET, KEY).await.unwrap_err(),
        client
            .request(Method::GET, format!("/ {KEY}"))
            .await
            .unwrap_err(),
    ]);
    errors
}

#[tokio::test]
async fn the_key_is_in_no_failure_however_the_server_repeats_it() {
    let mut kinds = BTreeSet::new();
    let mut found = BTreeSet::new();
    let mut search = |error: &Error, warnings: Vec<String>| {
        kinds.insert(error.kind().as_str());
        let warnings = warnings.into_iter().map(|warning| ("warning", warning));
        for (view, text) in views(error).into_iter().chain(warnings) {
            if let Some(piece) = leaks(KEY, &text) {
                found.insert(format!("{piece} in {view}: {text}"));
            }
        }
    };
    for error in refusals().await {
        search(&error, Vec::new());
    }
    for verb in VERBS {
        let of_verb = || {
            let replies = echo::answers().into_iter().chain(match verb {
                Verb::Invoke | Verb::Stream => echo::streams(),
                Verb::List => echo::pages(),
                Verb::GetConfig | Verb::Request => Vec::new(),
            });
            replies.map(Outcome::Reply).chain(echo::failures())
        };
        for (first, second) in of_verb().zip(of_verb()) {
            let memory = MemoryTransport::new();
            first.script(memory.allow_unused());
            second.script(&memory);
            let (error, warnings) = verb.fails(&memory).await;
            search(&error, warnings);
        }
    }
    assert_eq!(found, BTreeSet::new());
    let all = [
        "api",
        "argument",
        "closed",
        "config",
        "connect",
        "decode",
        "no_content",
        "other",
        "protocol",
        "stream_error",
        "timeout",
        "tls",
        "too_large",
        "truncated",
    ];
    assert_eq!(kinds, BTreeSet::from(all));
}

#[tokio::test]
async fn the_key_is_in_no_debug_of_what_holds_it_nor_of_a_good_answer() {
    let memory = MemoryTransport::new();
    let builder = Client::builder(memory.handle()).api_key(KEY);
    let mut shown = vec![format!("{builder:?}")];
    let client = builder.build().unwrap();
    let deployments = client.deployments();
    shown.extend([
        format!("{client:?} {deployments:?} {:?}", deployments.list()),
        format!("{:?}", deployments.invoke(&request())),
        format!("{:?}", client.request(Method::GET, "/v2/prompts")),
    ]);
    memory.reply(Reply::json_text(HEL).header("x-orq-trace-id", KEY));
    let answer = deployments.invoke(&request()).await.unwrap();
    shown.push(format!("{answer:?} {:?}", answer.meta().headers()));
    memory.reply(Reply::sse([HEL, DONE]).header("x-echo", KEY));
    let stream = deployments.stream(&request()).await.unwrap();
    shown.push(format!("{stream:?} {:?}", stream.meta().headers()));
    shown.push(format!("{:?}", memory.requests()));
    for text in shown {
        assert_eq!(leaks(KEY, &text), None, "{text}");
    }
}

#[tokio::test]
async fn a_key_that_is_a_word_of_the_error_costs_no_field_of_it() {
    let memory = MemoryTransport::new();
    memory.reply_json_text(r#"{"error":{"code":"rate","message":"Slow down"}}"#);
    let client = Client::new(memory.handle(), "code").unwrap();
    let error = client.deployments().invoke(&request()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Some("rate"), Some("Slow down"))
    );
}
