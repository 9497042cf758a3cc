use orq_testkit::{FakeDeployment, FakeOrq, FakeVariant};
use serde_json::{Value, json};

use super::post;

fn config(fake: &FakeOrq, body: &Value) -> Value {
    let answer = post(fake, "get_config", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn the_config_has_the_prompt_with_its_variables_replaced() {
    let fake = FakeOrq::new();
    let body = json!({"key": "chat", "inputs": {"company": "Acme"}, "stream": false});
    let config = config(&fake, &body);
    assert_eq!(config["provider"], "openai");
    assert_eq!(config["model"], "gpt-4o");
    assert_eq!(config["type"], "chat");
    assert_eq!(config["version"], "1");
    assert!(config["id"].is_string());
    let messages = json!([
        {"role": "system", "content": "You are the assistant of Acme."},
        {"role": "user", "content": "Hello, I am {{firstname}}."},
    ]);
    assert_eq!(config["messages"], messages);
    assert_eq!(
        config["parameters"],
        json!({"temperature": 0.7, "maxTokens": 1024})
    );
    assert_eq!(config["tools"], json!([]));
}

#[test]
fn the_config_has_the_tools() {
    let config = config(&FakeOrq::new(), &json!({"key": "tools"}));
    let function = &config["tools"][0]["function"];
    assert_eq!(function["name"], "get_weather");
    assert_eq!(function["parameters"]["required"], json!(["city"]));
}

#[test]
fn the_config_is_the_variants() {
    let fake = FakeOrq::builder()
        .deployment(
            FakeDeployment::new("a")
                .message("system", "Hello")
                .parameter("temperature", json!(1))
                .variant(
                    FakeVariant::when("environments", "staging")
                        .model("mistral", "small")
                        .parameter("seed", json!(3)),
                ),
        )
        .build();
    let staging = config(
        &fake,
        &json!({"key": "a", "context": {"environments": "staging"}}),
    );
    assert_eq!(staging["provider"], "mistral");
    assert_eq!(staging["parameters"], json!({"seed": 3}));
    assert_eq!(staging["messages"][0]["content"], "Hello");
    let plain = config(&fake, &json!({"key": "a"}));
    assert_eq!(plain["parameters"], json!({"temperature": 1}));
}

#[test]
fn parts_are_rendered_and_nothing_else_is() {
    let image = json!({"type": "image_url", "image_url": {"url": "https://x/{{a}}"}});
    let message = json!({"role": "user", "content": [{"type": "text", "text": "{{a}}"}, image]});
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("a").message_json(message))
        .build();
    let config = config(&fake, &json!({"key": "a", "inputs": {"a": "b"}}));
    assert_eq!(
        config["messages"][0]["content"],
        json!([{"type": "text", "text": "b"}, image])
    );
}
