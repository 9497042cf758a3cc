//! Listing: the query, the cursors, and servers that would make an endless loop.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use futures::{StreamExt, TryStreamExt};
use orq_core::{Error, ErrorKind};
use orq_testkit::MemoryTransport;
use serde_json::{Value, json};

fn page(ids: &[&str], has_more: bool) -> Value {
    let data: Vec<_> = ids
        .iter()
        .map(|id| json!({ "id": id, "key": format!("key-{id}") }))
        .collect();
    json!({ "object": "list", "data": data, "has_more": has_more })
}

fn queries(memory: &MemoryTransport) -> Vec<String> {
    memory
        .requests()
        .iter()
        .map(|request| request.uri().query().unwrap_or("").to_owned())
        .collect()
}

#[tokio::test]
async fn one_page() {
    let memory = MemoryTransport::new();
    memory.reply_json(page(&["a", "b"], true));
    let page = memory
        .client()
        .deployments()
        .list()
        .limit(2)
        .starting_after("ü&x")
        .await
        .unwrap();
    assert_eq!(page.data[1].key.as_deref(), Some("key-b"));
    assert!(page.has_more);
    assert_eq!(queries(&memory), ["limit=2&starting_after=%C3%BC%26x"]);
}

#[tokio::test]
async fn onwards_to_older_ones() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(page(&["d", "c"], true))
        .reply_json(page(&["b", "a"], false));
    let list = memory.client().deployments().list().limit(2);
    let ids: Vec<_> = list
        .items()
        .map_ok(|item| item.id.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["d", "c", "b", "a"]);
    assert_eq!(queries(&memory), ["limit=2", "limit=2&starting_after=c"]);
}

#[tokio::test]
async fn back_to_newer_ones() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(page(&["c", "b"], true))
        .reply_json(page(&["e", "d"], false));
    let list = memory.client().deployments().list().ending_before("a");
    let pages: Vec<_> = list
        .pages()
        .map_ok(|page| page.data.len())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages, [2, 2]);
    assert_eq!(queries(&memory), ["ending_before=a", "ending_before=c"]);
}

#[tokio::test]
async fn a_page_is_fetched_when_it_is_asked_for() {
    let memory = MemoryTransport::new();
    memory.reply_json(page(&["b", "a"], true));
    let mut items = memory.client().deployments().list().items();
    assert!(memory.requests().is_empty());
    items.next().await.unwrap().unwrap();
    items.next().await.unwrap().unwrap();
    assert_eq!(memory.requests().len(), 1);
}

async fn walk(pages: &[Value]) -> (usize, Option<Error>) {
    let memory = MemoryTransport::new();
    for page in pages {
        memory.reply_json(page);
    }
    let items: Vec<_> = memory.client().deployments().list().items().collect().await;
    let count = items.iter().filter(|item| item.is_ok()).count();
    (count, items.into_iter().find_map(Result::err))
}

#[tokio::test]
async fn a_walk_that_gets_nowhere_ends_with_an_error() {
    let (count, error) = walk(&[page(&["a"], true), page(&["a"], true)]).await;
    assert_eq!((count, error.unwrap().kind()), (2, ErrorKind::Decode));
    let (count, error) = walk(&[page(&[], true)]).await;
    assert_eq!((count, error.unwrap().kind()), (0, ErrorKind::Decode));
    let (count, error) = walk(&[json!({ "data": [{ "key": "k" }], "has_more": true })]).await;
    assert_eq!((count, error.unwrap().kind()), (1, ErrorKind::Decode));
}

#[tokio::test]
async fn an_empty_page_with_a_message_is_a_page_and_a_message_alone_an_error() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(json!({ "object": "list", "data": [], "has_more": false, "message": "None" }))
        .reply_json(json!({ "detail": "No" }));
    let deployments = memory.client().deployments();
    assert!(deployments.list().await.unwrap().data.is_empty());
    let error = deployments.list().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Api, Some("No"))
    );
}

#[tokio::test]
async fn a_walk_goes_on_in_other_spellings() {
    for first in [
        json!({ "data": [{ "id": "a" }], "hasMore": true }),
        json!({ "data": [{ "id": "a" }], "has_more": null, "hasMore": true }),
        json!({ "data": [{ "_id": 7 }], "has_more": true }),
        json!({ "data": [{ "id": "", "_id": "a" }], "has_more": true }),
    ] {
        let (count, error) = walk(&[first.clone(), page(&["b"], false)]).await;
        assert!(error.is_none(), "{first}: {error:?}");
        assert_eq!(count, 2, "{first}");
    }
}

#[tokio::test]
async fn an_error_ends_the_walk() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(page(&["b"], true))
        .reply_status(500, r#"{"message":"Oops"}"#);
    let mut pages = memory.client().deployments().list().pages();
    assert!(pages.next().await.unwrap().is_ok());
    assert_eq!(
        pages.next().await.unwrap().unwrap_err().message(),
        Some("Oops")
    );
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn ids_and_prompt_configs_under_either_name() {
    let memory = MemoryTransport::new();
    memory.reply_json(json!({ "object": "list", "has_more": false, "data": [
        { "_id": "a", "promptConfig": { "model": "m", "modelType": "chat", "modelParameters": { "maxTokens": 7.0 } } },
        { "id": "b", "prompt_config": { "model": "m", "model_type": "chat", "model_parameters": { "maxTokens": 7 } } },
    ] }));
    let page = memory.client().deployments().list().await.unwrap();
    assert_eq!(page.data[0].id.as_deref(), Some("a"));
    let configs: Vec<_> = page
        .data
        .iter()
        .map(|item| item.prompt_config.as_ref().unwrap())
        .collect();
    assert_eq!(configs[0], configs[1]);
    assert_eq!(
        configs[0]
            .model_parameters
            .as_ref()
            .unwrap()
            .max_tokens
            .unwrap()
            .as_u64(),
        Some(7)
    );
}

#[tokio::test]
async fn a_listing_has_settings_of_its_own_for_every_page() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(page(&["b"], true))
        .reply_status(503, "")
        .no_answer();
    let client = orq_core::Client::new(memory.handle(), "test-key").unwrap();
    let list = client.deployments().list().header("x-team", "a");
    let mut items = list.retry(orq_core::retry::NoRetry).items();
    assert!(items.next().await.unwrap().is_ok());
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.attempts().len()),
        (503, 1)
    );
    assert!(
        memory
            .requests()
            .iter()
            .all(|sent| sent.header("x-team") == Some("a"))
    );

    let second = std::time::Duration::from_secs(1);
    let list = client.deployments().list().head_timeout(second);
    let mut call = list.retry(orq_core::retry::NoRetry);
    assert!(futures::poll!(&mut call).is_pending());
    memory.timer().advance(second);
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Timeout);

    let refused = client
        .deployments()
        .list()
        .header("authorization", "x")
        .await
        .unwrap_err();
    assert_eq!(
        (refused.kind(), refused.field()),
        (ErrorKind::Argument, Some("header"))
    );
}
