//! Listing the versions of a deployment: the request, and versions of odd shapes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use futures::TryStreamExt;
use orq_core::{
    ErrorKind,
    model::{DeploymentVersion, ModelType, TemplateEngine, VersionPage, VersionStatus},
    transport::Operation,
};
use orq_testkit::MemoryTransport;
use serde_json::{Value, json};

fn page(ids: &[&str], has_more: bool) -> Value {
    let data: Vec<_> = ids.iter().map(|id| json!({ "_id": id })).collect();
    json!({ "object": "list", "data": data, "has_more": has_more })
}

#[tokio::test]
async fn one_page_with_every_parameter() {
    let memory = MemoryTransport::new();
    memory.reply_json(page(&["b", "a"], true));
    let versions = memory.client().deployments().versions("a b/ü?");
    let versions = versions.limit(2).starting_after("c").variant_id("v&w");
    let page = versions.await.unwrap();
    assert_eq!(page.data[1].id.as_deref(), Some("a"));
    assert!(page.has_more);

    let sent = memory.requests().remove(0);
    assert_eq!(sent.method(), "GET");
    assert_eq!(
        sent.uri().path_and_query().unwrap().as_str(),
        "/v2/deployments/a%20b%2F%C3%BC%3F/versions?limit=2&starting_after=c&variant_id=v%26w"
    );
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert!(sent.body().is_empty());
    assert_eq!(sent.operation(), Operation::Versions);
    assert_eq!(sent.deployment().as_deref(), Some("a b/ü?"));
}

#[tokio::test]
async fn items_of_all_pages() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(page(&["d", "c"], true))
        .reply_json(page(&["b", "a"], false));
    let items = memory.client().deployments().versions("chat").items();
    let ids: Vec<_> = items
        .map_ok(|item| item.id.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["d", "c", "b", "a"]);
    let uri = memory.requests()[1].uri().to_string();
    assert!(
        uri.ends_with("/v2/deployments/chat/versions?starting_after=c"),
        "{uri}"
    );
}

#[tokio::test]
async fn a_key_that_is_no_segment_of_a_path_is_refused() {
    for key in ["", ".", ".."] {
        let memory = MemoryTransport::new();
        let error = memory.client().deployments().versions(key).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{key:?}");
        assert_eq!(error.field(), Some("key"), "{key:?}");
        assert!(memory.requests().is_empty(), "{key:?}");
    }
}

const WHOLE: &str = concat!(
    r#"{"_id":"01J","deployment_id":"d","variant_id":"v","#,
    r#""prompt_config":{"model":"gpt-4o","model_type":"chat","model_parameters":{"maxTokens":5},"provider":"openai","#,
    r#""messages":[{"role":"system","content":"Hi {{name}}"}],"model_db_id":"m","integration_id":null},"#,
    r#""fallbacks":[{"model":"small","messages":[]}],"#,
    r#""tools":[{"type":"function","function":{"name":"f"},"id":1}],"#,
    r#""variables":[{"key":"name","value":"you","is_pii":false,"description":"a name"}],"#,
    r#""timestamp":"2026-01-01T00:00:00.000Z","version":"2","description":"d","status":"live","user_id":null,"#,
    r#""notes":"n","retry_count":3,"#,
    r#""knowledge_bases":[{"knowledge_id":"k","configuration":{"type":"query","query":"{{topic}}"},"id":"i"}],"#,
    r#""settings":{"engine":"jinja","guardrailBehaviour":"retry","cache":{"enabled":false}},"later":1}"#,
);

#[tokio::test]
async fn every_field_is_read_and_written_as_it_came() {
    let version: DeploymentVersion = serde_json::from_str(WHOLE).unwrap();
    assert_eq!(serde_json::to_string(&version).unwrap(), WHOLE);
    assert_eq!(version.raw(), Some(WHOLE));
    assert!(version.is_live());
    let config = version.prompt_config.unwrap();
    assert_eq!(config.model_type, Some(ModelType::Chat));
    let engine = version.settings.unwrap().engine;
    assert_eq!(engine, Some(TemplateEngine::Jinja));
    let base = version.knowledge_bases.unwrap().remove(0);
    assert_eq!(
        base.configuration.unwrap().query.as_deref(),
        Some("{{topic}}")
    );
    assert_eq!(version.variables[0].key.as_deref(), Some("name"));
}

#[tokio::test]
async fn odd_shapes_are_warnings_and_lose_only_themselves() {
    let memory = MemoryTransport::new();
    memory.reply_json(json!({ "data": [
        { "id": 7, "version": 3, "status": "retired", "variables": [{ "key": "a" }, 7], "prompt_config": null },
        { "_id": "b", "settings": [], "retry_count": "many", "promptConfig": { "modelType": "chat" } },
    ] }));
    let page = memory.client().deployments().versions("chat").await;
    let page = page.unwrap();
    let [first, second] = page.data.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!(first.id.as_deref(), Some("7"));
    assert_eq!(first.version.as_deref(), Some("3"));
    assert_eq!(first.status, Some(VersionStatus::from("retired")));
    assert!(!first.is_live());
    assert_eq!(first.variables.len(), 1);
    assert_eq!((&second.settings, second.retry_count), (&None, None));
    assert!(second.prompt_config.is_some());
    let warnings: Vec<_> = page.meta().warnings().iter().map(|it| &it.path).collect();
    assert_eq!(
        warnings,
        [
            "data[0].id",
            "data[0].variables[1]",
            "data[1].retry_count",
            "data[1].settings",
        ]
    );
}

#[tokio::test]
async fn what_is_no_page_is_an_error() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(json!({}))
        .reply_json(json!({ "message": "No" }))
        .reply_status(
            404,
            r#"{"error":{"code":"deployment_not_found","message":"No"}}"#,
        );
    let deployments = memory.client().deployments();
    let kind = async || deployments.versions("chat").await.unwrap_err().kind();
    assert_eq!(kind().await, ErrorKind::Decode);
    assert_eq!(kind().await, ErrorKind::Api);
    let error = deployments.versions("chat").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(VersionPage::default().data, []);
}
