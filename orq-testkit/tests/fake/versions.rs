use futures::executor::block_on;
use orq_core::{DeploymentRequest, ErrorKind, model::VersionStatus, transport::Operation};
use orq_testkit::{FakeDeployment, FakeOrq, FakeVariant, FakeVersion};
use serde_json::Value;

use super::{Answer, request, send};

fn fake() -> FakeOrq {
    let greeter = FakeDeployment::new("greeter")
        .version("2")
        .model("mistral", "large")
        .message("system", "You are of {{company}}. {{ company }}")
        .message("user", "Greet {{firstname}}.")
        .variant(FakeVariant::when("locale", "nl").message("user", "Groet {{voornaam}}."))
        .other_version(FakeVersion::new("3", "draft").message("user", "{{fullname}}"))
        .other_version(FakeVersion::new("1", "published"))
        .other_version(FakeVersion::new("4", "pending").model("openai", "gpt-4o"));
    FakeOrq::builder().deployment(greeter).build()
}

fn list(fake: &FakeOrq, path: &str) -> Answer {
    send(fake, request("GET", &format!("/v2/deployments/{path}"), ""))
}

/// The name and the status of each version, and whether there are more.
fn page(fake: &FakeOrq, query: &str) -> (Vec<String>, bool) {
    let page = list(fake, &format!("greeter/versions{query}")).json();
    assert_eq!(page["object"], "list");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let shown = |item: &Value| text(&item["version"]) + " " + &text(&item["status"]);
    let items = page["data"].as_array().unwrap().iter().map(shown);
    (items.collect(), page["has_more"].as_bool().unwrap())
}

#[test]
fn drafts_are_newer_and_the_published_are_older_than_the_live() {
    let all = ["4 pending", "3 draft", "2 live", "2 live", "1 published"].map(str::to_owned);
    assert_eq!(page(&fake(), ""), (all.to_vec(), false));
}

#[test]
fn a_version_has_what_it_sets_and_the_rest_from_the_deployment() {
    let page = list(&fake(), "greeter/versions").json();
    let [pending, draft, variant, live, published] = page["data"].as_array().unwrap().as_slice()
    else {
        panic!("{page}");
    };
    let names = |version: &Value| -> Vec<String> {
        let variables = version["variables"].as_array().unwrap().iter();
        variables
            .map(|it| it["key"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(live), ["company", "firstname"]);
    assert_eq!(names(variant), ["voornaam"]);
    assert_eq!(names(draft), ["fullname"]);
    assert_eq!(names(published), ["company", "firstname"]);
    assert_eq!(pending["prompt_config"]["model"], "gpt-4o");
    assert_eq!(draft["prompt_config"]["model"], "large");
    assert_eq!(
        live["prompt_config"]["messages"][1]["content"],
        "Greet {{firstname}}."
    );
    assert_eq!(live["variant_id"], draft["variant_id"]);
    assert_ne!(live["variant_id"], variant["variant_id"]);
}

#[test]
fn pages_and_variants() {
    let fake = fake();
    let item = |index: usize, field: &str| {
        let page = list(&fake, "greeter/versions").json();
        page["data"][index][field].as_str().unwrap().to_owned()
    };
    let after = format!("?limit=2&starting_after={}", item(1, "_id"));
    assert_eq!(
        page(&fake, &after),
        (vec!["2 live".into(), "2 live".into()], true)
    );
    let before = format!("?limit=2&ending_before={}", item(4, "_id"));
    assert_eq!(
        page(&fake, &before),
        (vec!["2 live".into(), "2 live".into()], true)
    );
    let variant = format!("?variant_id={}", item(2, "variant_id"));
    assert_eq!(page(&fake, &variant), (vec!["2 live".into()], false));
    assert_eq!(page(&fake, "?variant_id=nobody"), (vec![], false));
    assert_eq!(list(&fake, "greeter/versions?limit=51").status, 400);
    assert_eq!(list(&fake, "greeter/versions?starting_after=x").status, 400);
}

#[test]
fn a_deployment_is_found_by_key_and_by_id() {
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("a b/c"))
        .build();
    let by_key = list(&fake, "a%20b%2Fc/versions");
    assert_eq!(by_key.status, 200);
    let item = send(&fake, request("GET", "/v2/deployments", "")).json();
    let id = item["data"][0]["id"].as_str().unwrap();
    let by_id = list(&fake, &format!("{id}/versions"));
    assert_eq!(by_id.json(), by_key.json());
    let unknown = list(&fake, "nobody/versions");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["error"]["code"], "deployment_not_found");
    let other = send(
        &fake,
        request("POST", "/v2/deployments/nobody/versions", ""),
    );
    assert_eq!(
        (other.status, &other.headers["allow"]),
        (405, &"GET".parse().unwrap())
    );
}

#[test]
fn the_client_reads_them() {
    let fake = fake();
    let versions = block_on(fake.client().deployments().versions("greeter")).unwrap();
    assert_eq!(versions.meta().warnings(), []);
    assert_eq!(versions.data[1].status, Some(VersionStatus::Draft));
    let call = fake.calls().remove(0);
    assert_eq!(call.operation(), Operation::Versions);
    assert_eq!(call.deployment().as_deref(), Some("greeter"));
    let error = block_on(fake.client().deployments().versions("nobody")).unwrap_err();
    assert_eq!((error.kind(), error.is_not_found()), (ErrorKind::Api, true));
}

#[test]
fn only_the_live_one_is_invoked() {
    let fake = fake();
    let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
    let answer = block_on(fake.client().deployments().invoke(&request)).unwrap();
    assert_eq!(answer.text().as_deref(), Some("Greet Jane."));
}

#[test]
fn a_seed_has_them_too() {
    let seed = r#"{"deployments": [{"key": "a", "other_versions": [
        {"version": "2", "status": "draft", "messages": [{"role": "user", "content": "{{x}}"}]}]}]}"#;
    let fake = FakeOrq::builder().seed_json(seed).unwrap().build();
    let page = list(&fake, "a/versions").json();
    assert_eq!(page["data"][0]["status"], "draft");
    assert_eq!(page["data"][0]["variables"][0]["key"], "x");
    assert_eq!(page["data"][1]["version"], "1");
    for (version, why) in [
        (
            r#"{"version": "2"}"#,
            "deployments[0].other_versions[0]: missing field `status`",
        ),
        (
            r#"{"version": "2", "status": "live"}"#,
            "deployments[0].other_versions[0].status: the deployment itself is live",
        ),
        (
            r#"{"version": "2", "status": "draft", "when": {}}"#,
            "deployments[0].other_versions[0].when: unknown field `when`",
        ),
    ] {
        let seed = format!(r#"{{"deployments": [{{"key": "a", "other_versions": [{version}]}}]}}"#);
        let error = FakeOrq::builder().seed_json(&seed).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
}
