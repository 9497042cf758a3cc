//! Checking the inputs of a request: which versions count, how many calls it takes, and how it fails.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use orq_core::{
    Client, DeploymentRequest, Error, ErrorKind, Message,
    check::{InputReport, Mismatch},
    transport::Operation,
};
use orq_testkit::{FakeDeployment, FakeOrq, FakeVariant, FakeVersion, MemoryTransport};
use serde_json::{Value, json};

fn request() -> DeploymentRequest {
    DeploymentRequest::new("greeter")
}

/// A deployment with three variables, and others in its drafts and older versions.
fn greeter() -> FakeDeployment {
    FakeDeployment::new("greeter")
        .version("2")
        .message("system", "You speak for {{company}}.")
        .message("user", "Greet {{firstname}} from {{ city }}.")
        .other_version(FakeVersion::new("3", "draft").message("user", "{{firstname}} {{draft}}"))
        .other_version(FakeVersion::new("4", "pending").message("user", "{{pending}}"))
        .other_version(FakeVersion::new("1", "published").message("user", "{{older}}"))
}

async fn check(fake: &FakeOrq, request: &DeploymentRequest) -> InputReport {
    fake.client().deployments().check(request).await.unwrap()
}

fn names(list: &[Mismatch]) -> Vec<(&str, Option<&str>)> {
    let pair = |it| {
        let Mismatch { name, nearest, .. }: &Mismatch = it;
        (name.as_str(), nearest.as_deref())
    };
    list.iter().map(pair).collect()
}

#[tokio::test]
async fn one_is_missing_one_is_misspelt_and_one_call_is_enough() {
    let fake = FakeOrq::builder().deployment(greeter()).build();
    let request = request()
        .input("company", "Acme")
        .input("fristname", "Jane");
    let report = check(&fake, &request).await;
    assert!(!report.is_ok());
    assert_eq!(
        names(&report.missing),
        [("firstname", Some("fristname")), ("city", None)]
    );
    assert_eq!(names(&report.unused), [("fristname", Some("firstname"))]);
    assert_eq!(report.versions, ["2"]);

    let calls = fake.calls();
    let operations: Vec<_> = calls.iter().map(|call| call.operation()).collect();
    assert_eq!(operations, [Operation::Versions]);
    assert_eq!(calls[0].request().uri().query(), Some("limit=50"));
}

#[tokio::test]
async fn the_variables_of_drafts_and_older_versions_dont_count() {
    let fake = FakeOrq::builder().deployment(greeter()).build();
    let whole =
        request().inputs(json!({ "company": "Acme", "firstname": "Jane", "city": "Utrecht" }));
    assert!(check(&fake, &whole).await.is_ok());
    for other in ["draft", "pending", "older"] {
        let report = check(&fake, &whole.clone().input(other, 1)).await;
        assert_eq!(names(&report.unused), [(other, None)]);
        assert!(report.missing.is_empty());
    }
}

#[tokio::test]
async fn the_live_versions_of_all_variants_count() {
    let dutch = FakeVariant::when("locale", "nl").message("user", "Groet {{voornaam}}.");
    let fake = FakeOrq::builder()
        .deployment(greeter().variant(dutch))
        .build();
    let english =
        request().inputs(json!({ "company": "Acme", "firstname": "Jane", "city": "Utrecht" }));
    let report = check(&fake, &english).await;
    assert_eq!(names(&report.missing), [("voornaam", None)]);
    assert_eq!(report.versions.len(), 2);

    let deployments = fake.client().deployments();
    let page = deployments.versions("greeter").await.unwrap();
    let variant = page.data.iter().rfind(|it| it.is_live());
    let variant = variant.and_then(|it| it.variant_id.as_deref()).unwrap();
    let versions = deployments.versions("greeter").variant_id(variant);
    assert!(versions.check(&english).await.unwrap().is_ok());
}

fn version(id: usize, status: &str, text: &str) -> Value {
    json!({
        "_id": id.to_string(), "variant_id": "v", "status": status, "version": id,
        "prompt_config": { "messages": [{ "role": "user", "content": text }] },
    })
}

fn replying(pages: &[Value]) -> MemoryTransport {
    let memory = MemoryTransport::new();
    for page in pages {
        memory.reply_json(page);
    }
    memory
}

#[tokio::test]
async fn all_pages_are_read_and_the_newest_live_version_counts() {
    let pages = [
        json!({ "data": [version(3, "draft", "{{a}}")], "has_more": true }),
        json!({ "data": [version(2, "live", "{{b}}"), version(1, "live", "{{c}}")], "has_more": false }),
    ];
    let memory = replying(&pages);
    let report = memory.client().deployments().check(&request()).await;
    assert_eq!(names(&report.unwrap().missing), [("b", None)]);
    assert_eq!(memory.requests().len(), 2);
}

#[tokio::test]
async fn one_variant_is_read_up_to_its_live_version() {
    let memory = replying(&[json!({ "data": [version(2, "live", "{{b}}")], "has_more": true })]);
    let versions = memory
        .client()
        .deployments()
        .versions("greeter")
        .variant_id("v");
    let report = versions.check(&request().input("b", 1)).await.unwrap();
    assert!(report.is_ok(), "{report}");
    assert_eq!(memory.requests().len(), 1);
}

#[tokio::test]
async fn a_deployment_that_isnt_live_is_not_ok() {
    let memory = replying(&[json!({ "data": [version(1, "draft", "{{a}}")], "has_more": false })]);
    let report = memory
        .client()
        .deployments()
        .check(&request())
        .await
        .unwrap();
    assert!(!report.is_ok());
    assert_eq!(report.to_string(), "no version is live");
}

#[tokio::test]
async fn an_input_for_the_requests_own_messages_is_used() {
    let memory = replying(&[json!({ "data": [version(1, "live", "{{a.b}}")], "has_more": false })]);
    let request = request()
        .inputs(json!({ "a": { "b": 1 }, "c": 1, "d": 1, "e": 1 }))
        .prefix_message(Message::system("{{c}}"))
        .message(Message::user("{{ d }} e"));
    let report = memory.client().deployments().check(&request).await.unwrap();
    assert_eq!(report.to_string(), "unused inputs: `e`");
}

#[tokio::test]
async fn it_fails_as_its_calls_do() {
    let check = async |memory: &MemoryTransport, key: &str| -> Error {
        let client: Client = memory.client();
        let request = DeploymentRequest::new(key);
        client.deployments().check(&request).await.unwrap_err()
    };
    let memory = MemoryTransport::new();
    memory.reply_status(
        404,
        r#"{"error":{"code":"deployment_not_found","message":"No"}}"#,
    );
    assert!(check(&memory, "greeter").await.is_not_found());
    let error = check(&MemoryTransport::new(), "").await;
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Argument, Some("key"))
    );
    let misread = replying(&[json!({ "data": [7], "has_more": false })]);
    assert_eq!(check(&misread, "greeter").await.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn it_can_be_spawned_and_has_the_settings_of_its_list() {
    let memory = replying(&[json!({ "data": [version(1, "live", "")], "has_more": false })]);
    let versions = memory.client().deployments().versions("greeter");
    let versions = versions
        .timeout(Duration::from_secs(5))
        .header("x-test", "yes");
    let report = tokio::spawn(versions.check(&request()))
        .await
        .unwrap()
        .unwrap();
    assert!(report.is_ok());
    assert_eq!(memory.requests()[0].header("x-test"), Some("yes"));
}
