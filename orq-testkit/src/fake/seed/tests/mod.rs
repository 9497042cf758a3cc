mod refused;

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    fake::model::{answer::FakeAnswer, fault::FakeFault, variant::FakeVariant},
    reply::{Fault, Reply},
};

#[test]
fn a_seed_says_what_the_builders_say() {
    let seed = read(
        br#"{"deployments": [{
            "key": "greeter", "description": "Greets", "version": "7",
            "provider": "mistral", "model": "small", "type": "completion",
            "messages": [{"role": "system", "content": "Greet {{firstname}}."}],
            "parameters": {"temperature": 0.2},
            "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {}}}],
            "retrievals": [{"document": "d", "metadata":
                {"file_name": "a.md", "file_type": "md", "page_number": null, "search_score": 0.5}}],
            "replies": ["Hello {{firstname}}!", {"image": "https://x"}],
            "tool_reply": "So {{tool_result}}",
            "variants": [{"when": {"locale": "nl"}, "replies": ["Hoi"]}]
        }]}"#,
    );
    let built = FakeDeployment::new("greeter")
        .description("Greets")
        .version("7")
        .model("mistral", "small")
        .model_type("completion")
        .message("system", "Greet {{firstname}}.")
        .parameter("temperature", json!(0.2))
        .tool("f", "d", json!({}))
        .retrieval("d", "a.md", None, 0.5)
        .reply("Hello {{firstname}}!")
        .reply(FakeAnswer::image("https://x"))
        .tool_reply("So {{tool_result}}")
        .variant(FakeVariant::when("locale", "nl").reply("Hoi"));
    let seed = seed.unwrap();
    assert_eq!(format!("{:?}", seed.deployments), format!("{:?}", [built]));
    assert!(!seed.builtins);
}

#[test]
fn bad_days_are_what_the_builders_say() {
    let seed = read(
        br#"{
            "api_keys": ["one", "two"],
            "rate_limit": {"requests": 60},
            "deployments": [{
                "key": "a", "latency_ms": 800, "pace_ms": 30,
                "rate_limit": {"requests": 2, "window_ms": 1500},
                "variants": [{"when": {"x": 1}, "latency_ms": 0, "pace_ms": 1, "scripts": [{"status": 502}]}],
                "faults": [
                    {"break_before_head": "early_close"},
                    {"nth": 2, "break_at": 100},
                    {"every": 3, "break_at": 0, "fault": "garbage"},
                    {"first": 4, "cut_at": 7},
                    {"stall_at": 8},
                    {"error": {"status": 503, "code": "provider_overloaded"}},
                    {"script": {"never": true}}
                ],
                "scripts": [
                    {"json": {"a": [1]}, "status": 429, "headers": {"x-a": ["1", "2"], "Content-Type": "text/x"}},
                    {"head_after_ms": 5, "pace_ms": 6, "body": [
                        {"event": "x\ny"}, {"event": {"b": null}}, {"chunk": "c"}, {"bytes": [0, 255]},
                        {"after_ms": 7}, {"chunk": "d"}, {"stall": true}
                    ]},
                    {"body": [{"chunk": "a"}, {"cut": true}]},
                    {"body": [{"chunk": "a"}, {"break": "garbage"}]},
                    {"break_before_head": "reset", "head_after_ms": 5},
                    {"body": [{"chunk": "abc"}], "break_at": 3, "fault": "early_close"},
                    {"body": [{"chunk": "abc"}], "cut_at": 2},
                    {"body": [{"chunk": "abc"}], "stall_at": 1}
                ]
            }]
        }"#,
    );
    let ms = Duration::from_millis;
    let built = FakeDeployment::new("a")
        .latency(ms(800))
        .pace(ms(30))
        .rate_limit(FakeRateLimit::new(2, ms(1500)))
        .variant(
            FakeVariant::when("x", 1)
                .latency(ms(0))
                .pace(ms(1))
                .script(Reply::status(502, "")),
        )
        .fault(FakeFault::break_before_head(Fault::EarlyClose))
        .fault(FakeFault::break_at(100, Fault::Reset).nth(2))
        .fault(FakeFault::break_at(0, Fault::Garbage).every(3))
        .fault(FakeFault::cut_at(7).first(4))
        .fault(FakeFault::stall_at(8))
        .fault(FakeFault::error(503, "provider_overloaded"))
        .fault(FakeFault::reply(Reply::never()))
        .script(
            Reply::json(json!({"a": [1]}))
                .with_status(429)
                .header("content-type", "text/x")
                .header("x-a", "1")
                .header("x-a", "2"),
        )
        .script(
            Reply::sse(["x\ny", r#"{"b":null}"#])
                .chunks([&b"c"[..], b"\x00\xff"])
                .after(ms(7))
                .chunk("d")
                .stall()
                .paced(ms(6))
                .head_after(ms(5)),
        )
        .script(Reply::status(200, "a").cut())
        .script(Reply::status(200, "a").break_off(Fault::Garbage))
        .script(Reply::break_before_head(Fault::Reset).head_after(ms(5)))
        .script(Reply::status(200, "abc").break_at(3, Fault::EarlyClose))
        .script(Reply::status(200, "abc").cut_at(2))
        .script(Reply::status(200, "abc").stall_at(1));
    let seed = seed.unwrap();
    assert_eq!(
        format!("{:#?}", seed.deployments),
        format!("{:#?}", [built])
    );
    assert_eq!(seed.api_keys, ["one", "two"]);
    assert_eq!(seed.rate_limit, Some(FakeRateLimit::per_minute(60)));
}
