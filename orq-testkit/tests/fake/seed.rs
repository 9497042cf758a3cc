use orq_testkit::{FakeDeployment, FakeOrq};
use serde_json::json;

use super::{invoke, post, text};

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
