//! A client that is built from another.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use orq_core::{
    Client, ErrorKind, HttpTransport, Limits, Timer,
    error::Clock,
    http,
    observe::{CallReport, Observer, Outcome},
    retry::NoRetry,
    transport::{Body, TransportError},
};
use orq_testkit::{MemoryTransport, RecordedRequest};

use super::{answer, expired, replying, request, secs};

/// A layer that adds a header.
#[derive(Debug)]
struct Tagged(Arc<dyn HttpTransport>, &'static str);

#[async_trait::async_trait]
impl HttpTransport for Tagged {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        let tag = http::HeaderValue::from_static(self.1);
        request.headers_mut().append("x-layer", tag);
        self.0.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.0.timer()
    }
}

#[derive(Clone, Debug, Default)]
struct Counter(Arc<AtomicUsize>);

impl Observer for Counter {
    fn call_ended(&self, _: &CallReport, _: Outcome<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A client with everything set.
fn client(memory: &MemoryTransport) -> Client {
    let builder = Client::builder(memory.handle()).api_key("key-1");
    let builder = builder.base_url("http://orq.internal:8080/base");
    let builder = builder.allow_http().environment("staging");
    let builder = builder.contact_id("contact-1").header("x-team", "a");
    let builder = builder.header("user-agent", "app/1").retry(NoRetry);
    let builder = builder.head_timeout(secs(9));
    let builder = builder.limits(Limits::default().error_body(7));
    builder.layer(|inner| Tagged(inner, "1")).build().unwrap()
}

async fn sent(memory: &MemoryTransport, client: &Client) -> RecordedRequest {
    memory.reply(answer());
    client.deployments().invoke(&request()).await.unwrap();
    memory.requests().pop().unwrap()
}

#[tokio::test]
async fn a_copy_sends_what_its_original_sends() {
    let memory = MemoryTransport::new();
    let original = client(&memory);
    let copy = original.to_builder().build().unwrap();
    assert!(Arc::ptr_eq(original.transport(), copy.transport()));
    assert_eq!(copy.base_url(), "http://orq.internal:8080/base");

    let first = sent(&memory, &original).await;
    let second = sent(&memory, &copy).await;
    assert_eq!(first.uri(), second.uri());
    assert_eq!(first.headers(), second.headers());
    assert_eq!(first.text(), second.text());
    for (name, value) in [
        ("x-team", "a"),
        ("user-agent", "app/1"),
        ("x-layer", "1"),
        ("x-orq-contact-id", "contact-1"),
        ("authorization", "Bearer key-1"),
    ] {
        assert_eq!(second.header(name), Some(value));
    }
    let environments = &second.json()["context"]["environments"];
    assert_eq!(environments, "staging");
}

#[tokio::test]
async fn a_copy_has_the_timeouts_the_policy_and_the_limits() {
    let memory = MemoryTransport::new();
    memory.no_answer().reply_status(429, "0123456789");
    let copy = client(&memory).to_builder().build().unwrap();
    let call = || copy.deployments().invoke(&request());
    let error = call().await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Head, Some(secs(9))));
    let error = call().await.unwrap_err();
    assert_eq!(error.attempts().len(), 1);
    assert_eq!(error.body().unwrap(), "0123456");
}

#[tokio::test]
async fn a_copy_reports_to_the_same_observer() {
    let counter = Counter::default();
    let memory = replying(2, &answer());
    let original = client(&memory).to_builder().observer(counter.clone());
    let original = original.build().unwrap();
    let copy = original.to_builder().build().unwrap();
    for client in [original, copy] {
        client.deployments().list().await.unwrap();
    }
    assert_eq!(counter.0.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_is_set_anew_changes_in_the_copy_alone() {
    let memory = MemoryTransport::new();
    let original = client(&memory);
    let builder = original.to_builder().api_key("key-2");
    let builder = builder.base_url("https://eu.orq.ai").header("x-team", "b");
    let builder = builder.environment("production").contact_id("contact-2");
    let builder = builder.layer(|inner| Tagged(inner, "2"));
    let changed = builder.header("x-more", "c").build().unwrap();

    let before = sent(&memory, &original).await;
    let after = sent(&memory, &changed).await;
    assert_eq!(after.uri(), "https://eu.orq.ai/v2/deployments/invoke");
    for (name, old, new) in [
        ("authorization", Some("Bearer key-1"), "Bearer key-2"),
        ("x-team", Some("a"), "b"),
        ("x-more", None, "c"),
        ("x-orq-contact-id", Some("contact-1"), "contact-2"),
    ] {
        assert_eq!((before.header(name), after.header(name)), (old, Some(new)));
    }
    let layers = |sent: &RecordedRequest| sent.headers().get_all("x-layer").iter().count();
    assert_eq!((layers(&before), layers(&after)), (1, 2));
    assert_eq!(after.json()["context"]["environments"], "production");

    let again = sent(&memory, &original).await;
    assert_eq!(again.uri(), before.uri());
    assert_eq!(again.headers(), before.headers());
    assert_eq!(again.text(), before.text());
}

#[tokio::test]
async fn timeouts_and_limits_set_anew_change_in_the_copy_alone() {
    let memory = MemoryTransport::new();
    memory
        .no_answer()
        .reply_status(400, "0123456789")
        .no_answer();
    let original = client(&memory);
    let builder = original.to_builder().head_timeout(secs(2));
    let changed = builder.limits(Limits::default().error_body(3));
    let changed = changed.build().unwrap();
    let invoke = |client: &Client| client.deployments().invoke(&request());
    let error = invoke(&changed).await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Head, Some(secs(2))));
    assert_eq!(invoke(&changed).await.unwrap_err().body().unwrap(), "012");
    let error = invoke(&original).await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Head, Some(secs(9))));
}

#[tokio::test]
async fn plain_http_is_allowed_for_the_url_that_it_was_allowed_for() {
    let memory = MemoryTransport::new();
    let original = client(&memory);
    let other = || original.to_builder().base_url("http://other.internal");
    assert_eq!(other().build().unwrap_err().kind(), ErrorKind::Config);
    assert!(other().allow_http().build().is_ok());
}

#[tokio::test]
async fn a_copy_that_cannot_be_built_leaves_the_original_as_it_is() {
    let memory = MemoryTransport::new();
    let original = client(&memory);
    for builder in [
        original.to_builder().api_key(""),
        original.to_builder().base_url("ftp://orq.ai"),
        original.to_builder().header("host", "x"),
        original.to_builder().contact_id("two\nlines"),
    ] {
        assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);
    }
    assert_eq!(sent(&memory, &original).await.bearer(), Some("key-1"));
}
