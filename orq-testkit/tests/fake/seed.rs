use orq_testkit::{FakeDeployment, FakeOrq};
use serde_json::json;

use super::{invoke, post, request, send, text};

const SEED: &str = r#"{"deployments": [{"key": "greeter", "replies": ["Hello {{name}}!"]}]}"#;

#[test]
fn a_seed_replaces_the_built_in_deployments() {
    let fake = FakeOrq::builder().seed_json(SEED).unwrap().build();
    let jane = json!({"key": "greeter", "inputs": {"name": "Jane"}});
    assert_eq!(text(&invoke(&fake, &jane)), "Hello Jane!");
    assert_eq!(post(&fake, "invoke", &json!({"key": "chat"})).status, 404);
}

#[test]
fn the_built_in_deployments_can_stay() {
    let seeded = SEED.replacen('{', r#"{"builtins": true, "#, 1);
    for fake in [
        FakeOrq::builder().seed_json(&seeded).unwrap().build(),
        FakeOrq::builder()
            .builtins()
            .seed_json(SEED)
            .unwrap()
            .build(),
    ] {
        assert_eq!(
            post(&fake, "invoke", &json!({"key": "greeter"})).status,
            200
        );
        assert_eq!(post(&fake, "invoke", &json!({"key": "chat"})).status, 200);
    }
}

#[test]
fn a_built_in_deployment_can_be_replaced() {
    let fake = FakeOrq::builder()
        .builtins()
        .deployment(FakeDeployment::new("chat").reply("mine"))
        .build();
    assert_eq!(text(&invoke(&fake, &json!({"key": "chat"}))), "mine");
    assert_eq!(post(&fake, "invoke", &json!({"key": "tools"})).status, 200);
}

#[test]
fn a_seed_has_keys_and_a_limit_for_each() {
    let seed = r#"{"api_keys": ["seeded"], "rate_limit": {"requests": 1}}"#;
    let fake = FakeOrq::builder().api_key("given").seed_json(seed).unwrap();
    let fake = fake.build();
    let statuses = ["given", "seeded", "sk-orq-test", "seeded"].map(|key| {
        let mut request = request("GET", "/v2/deployments", "");
        let value = format!("Bearer {key}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
        send(&fake, request).status
    });
    assert_eq!(statuses, [200, 200, 401, 429]);
}
