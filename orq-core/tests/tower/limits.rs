//! Limits on the calls at a time.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::poll;
use orq_core::{
    ErrorKind, HttpTransport, RetryAdvice,
    tower::ServiceTransport,
    transport::{Delivery, Phase},
};
use orq_testkit::{MemoryTransport, fixture};
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;

use super::{chat, facts, failed, tower_errors};

type Wrap = fn(Arc<dyn HttpTransport>) -> Arc<dyn HttpTransport>;

/// A limit of one, alone and within other layers.
const LIMITED: [Wrap; 3] = [
    |inner| {
        let layers = ServiceBuilder::new().concurrency_limit(1);
        Arc::new(ServiceTransport::layered(inner, layers))
    },
    |inner| {
        let layers = ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .timeout(Duration::from_secs(60))
            .concurrency_limit(1)
            .map_err(|error: orq_core::transport::TransportError| error);
        Arc::new(ServiceTransport::layered(inner, layers))
    },
    |inner| {
        let layers = ServiceBuilder::new()
            .boxed_clone_sync()
            .buffer(4)
            .concurrency_limit(1);
        Arc::new(ServiceTransport::layered(inner, layers))
    },
];

#[tokio::test]
async fn a_permit_is_held_until_the_stream_has_ended_or_is_dropped() {
    for wrap in LIMITED {
        for is_read in [true, false] {
            let memory = MemoryTransport::new();
            memory.reply(fixture::transcript("Hello Jane"));
            memory.reply(fixture::transcript("Hello John"));
            memory.allow_unread();
            let client = memory.client_builder().layer(wrap).build().unwrap();
            let deployments = client.deployments();
            let mut first = deployments.stream(&chat()).await.unwrap();
            assert_eq!(first.next_text().await.unwrap(), Some("Hello"));
            let mut second = pin!(deployments.stream(&chat()).into_future());
            assert!(poll!(&mut second).is_pending());
            assert_eq!(memory.requests().len(), 1, "read: {is_read}");
            if is_read {
                let whole = first.finish().await.unwrap();
                assert_eq!(whole.text().as_deref(), Some("Hello Jane"));
            } else {
                drop(first);
            }
            let second = second.await.unwrap().finish().await.unwrap();
            assert_eq!(second.text().as_deref(), Some("Hello John"));
            assert_eq!(memory.requests().len(), 2);
        }
    }
}

#[tokio::test]
async fn waiting_for_a_permit_is_unsent_when_it_takes_too_long() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::transcript("Hello Jane"));
    memory.allow_unread();
    let client = memory.client_builder().layer(LIMITED[0]).build().unwrap();
    let deployments = client.deployments();
    let _first = deployments.stream(&chat()).await.unwrap();
    let second = deployments.invoke(&chat());
    let error = second
        .head_timeout(Duration::from_secs(5))
        .await
        .unwrap_err();
    let (phase, delivery) = (Some(Phase::Connect), Some(Delivery::NotSent));
    let expected = (ErrorKind::Timeout, phase, delivery, RetryAdvice::Safe);
    assert_eq!(facts(&error), expected);
    assert_eq!(memory.requests().len(), 1);
}

#[tokio::test]
async fn what_is_shed_was_not_sent() {
    let memory = MemoryTransport::new();
    let layers = ServiceBuilder::new().load_shed().concurrency_limit(0);
    let error = failed(&memory, layers).await;
    let (phase, delivery) = (Some(Phase::Connect), Some(Delivery::NotSent));
    let expected = (ErrorKind::Connect, phase, delivery, RetryAdvice::Safe);
    assert_eq!(facts(&error), expected);
    assert!(memory.requests().is_empty());
}

/// Retries of the client go on until there is room again.
#[tokio::test]
async fn what_is_shed_is_sent_by_a_later_attempt() {
    let memory = MemoryTransport::new();
    memory.reply(fixture::transcript("Hello Jane"));
    memory.reply(fixture::completion("Hello John"));
    memory.allow_unread();
    let layers = ServiceBuilder::new().load_shed().concurrency_limit(1);
    let builder = memory.client_builder().max_attempts(2);
    let builder = builder
        .layer(|inner| ServiceTransport::layered(inner, layers).classify_errors(tower_errors));
    let deployments = builder.build().unwrap().deployments();
    let first = deployments.stream(&chat()).await.unwrap();
    let mut second = pin!(deployments.invoke(&chat()).into_future());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    let answer = second.await.unwrap();
    assert_eq!(answer.text().as_deref(), Some("Hello John"));
    assert_eq!(answer.meta().failed_attempts().len(), 1);
}
