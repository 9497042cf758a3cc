//! Pages that lead nowhere, or aren't pages.

use futures::{StreamExt, TryStreamExt};
use orq_core::{Error, ErrorKind};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::json;

use super::{eager, request};

#[tokio::test]
async fn pages_and_items_stay_ended() {
    let memory = MemoryTransport::new();
    let deployments = memory.client().deployments();
    let last = || Reply::json(json!({ "data": [{ "id": "a" }], "has_more": false }));

    memory.reply(last());
    let mut pages = deployments.list().pages();
    assert!(pages.next().await.unwrap().is_ok());
    memory.reply(last());
    let mut items = deployments.list().items();
    assert!(items.next().await.unwrap().is_ok());
    memory.reply_status(400, "");
    let mut failed = deployments.list().items();
    assert!(failed.next().await.unwrap().is_err());
    for _ in 0..3 {
        assert!(pages.next().await.is_none());
        assert!(items.next().await.is_none());
        assert!(failed.next().await.is_none());
    }
}

/// How many items are handed out before the walk over this one page fails, and how it fails.
async fn walk(page: &'static str) -> (usize, Error) {
    let memory = MemoryTransport::new();
    memory.reply(Reply::json_text(page).header("x-orq-trace-id", "t"));
    let items: Vec<_> = memory.client().deployments().list().items().collect().await;
    let count = items.iter().filter(|item| item.is_ok()).count();
    (count, items.into_iter().find_map(Result::err).unwrap())
}

#[tokio::test]
async fn a_misshapen_page_does_not_end_the_walk_in_silence() {
    for (page, items, why) in [
        (
            r#"{"data":[{"id":"a"}],"has_more":"true"}"#,
            1,
            "has_more: expected a boolean, found a string",
        ),
        (
            r#"{"data":[{"id":"a"}],"has_more":1}"#,
            1,
            "has_more: expected a boolean, found a number",
        ),
        (
            r#"{"data":[{"id":"a"}],"has_more":null}"#,
            1,
            "has_more: expected a boolean, found null",
        ),
        (
            r#"{"data":{"items":[]},"has_more":false}"#,
            0,
            "data: expected an array, found an object",
        ),
        (
            r#"{"data":[{"id":"a"},"b"],"has_more":false}"#,
            1,
            "data[1]: expected an object, found a string",
        ),
    ] {
        let (count, error) = walk(page).await;
        assert_eq!((count, error.kind()), (items, ErrorKind::Decode), "{page}");
        let message = format!("the page can't be followed: {why}");
        assert_eq!(error.message(), Some(message.as_str()));
    }
}

/// A page of a hundred items with an odd field each, and these after them.
fn odd_page(items: &str, has_more: &str) -> Reply {
    let odd = r#"{"id":"a","key":7},"#.repeat(100);
    Reply::json_text(format!(
        r#"{{"data":[{odd}{items}],"has_more":{has_more}}}"#
    ))
}

#[tokio::test]
async fn many_odd_fields_inside_items_do_not_end_the_walk() {
    let memory = MemoryTransport::new();
    memory.reply(odd_page(r#"{"id":"b"}"#, "true"));
    memory.reply_json(json!({ "data": [{ "id": "c" }], "has_more": false }));
    let items = memory.client().deployments().list().items();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(items.len(), 102);
    memory.reply(odd_page(r#"{"id":"b"}"#, "false"));
    let page = memory.client().deployments().list().await.unwrap();
    assert_eq!(
        (page.meta().warnings().len(), page.meta().omitted_warnings()),
        (64, 36)
    );
}

#[tokio::test]
async fn an_item_that_is_lost_after_many_odd_fields_still_ends_the_walk() {
    for (items, has_more, why) in [
        (
            r#"{"id":"b"},"c""#,
            "false",
            "data[101]: expected an object, found a string",
        ),
        (
            r#"{"id":"b"}"#,
            "7",
            "has_more: expected a boolean, found a number",
        ),
    ] {
        let memory = MemoryTransport::new();
        memory.reply(odd_page(items, has_more));
        let items: Vec<_> = memory.client().deployments().list().items().collect().await;
        assert_eq!(items.len(), 102);
        let error = items.into_iter().find_map(Result::err).unwrap();
        let message = format!("the page can't be followed: {why}");
        assert_eq!(error.message(), Some(message.as_str()));
    }
}

#[tokio::test]
async fn a_walk_that_is_stuck_tells_of_the_page_that_it_is_stuck_at() {
    let (_, error) = walk(r#"{"data":[],"has_more":true}"#).await;
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.trace_id(), Some("t"));
    assert_eq!(error.attempts().len(), 1);
}

#[tokio::test]
async fn a_circle_of_pages_is_found_whatever_its_length_and_direction() {
    for length in [2, 3, 5, 8] {
        for backwards in [false, true] {
            let memory = MemoryTransport::new();
            for number in 0..4 * length {
                memory.reply_json(
                    json!({ "data": [{ "id": (number % length).to_string() }], "has_more": true }),
                );
            }
            let list = memory.allow_unused().client().deployments().list();
            let list = if backwards {
                list.ending_before("start")
            } else {
                list
            };
            let error = list.items().try_collect::<Vec<_>>().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert_eq!(
                error.message(),
                Some("the page has more, but ends where it began")
            );
        }
    }
}

#[tokio::test]
async fn an_error_with_a_status_of_200_is_neither_an_empty_list_nor_an_empty_configuration() {
    for (body, code) in [
        (r#"{"error":{"code":"x","message":"boom"}}"#, Some("x")),
        (r#"{"message":"boom"}"#, None),
    ] {
        let memory = MemoryTransport::new();
        memory.reply_json_text(body).reply_json_text(body);
        let deployments = memory.client().deployments();
        let listed = deployments.list().items().try_collect::<Vec<_>>().await;
        let fetched = deployments.get_config(&request()).await;
        for error in [listed.unwrap_err(), fetched.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Api, "{body}");
            assert_eq!((error.code(), error.message()), (code, Some("boom")));
        }
    }
}

#[tokio::test]
async fn a_page_whose_json_was_cut_is_fetched_again() {
    let memory = MemoryTransport::new();
    memory
        .reply_json_text(r#"{"data":[{"id":"a"}"#)
        .reply_json_text(r#"{"data":[],"has_more":false}"#);
    let page = eager(&memory).deployments().list().await.unwrap();
    assert_eq!(page.meta().failed_attempts().len(), 1);
    assert_eq!(page.meta().failed_attempts()[0].kind, ErrorKind::Truncated);
}
