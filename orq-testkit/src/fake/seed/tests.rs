use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    Fault, Reply,
    fake::{fault::FakeFault, reply::FakeReply},
};

#[test]
fn a_seed_says_what_the_builders_say() {
    let seed = read(
        r#"{"deployments": [{
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
        .reply(FakeReply::image("https://x"))
        .tool_reply("So {{tool_result}}")
        .variant(FakeVariant::when("locale", "nl").reply("Hoi"));
    let seed = seed.unwrap();
    assert_eq!(format!("{:?}", seed.deployments), format!("{:?}", [built]));
    assert!(!seed.builtins);
}

#[test]
fn a_bad_seed_is_refused_with_the_place() {
    let cases = [
        ("{", "line 1 column 1"),
        (r#"{"deployment": []}"#, "unknown field `deployment`"),
        (r#"{"deployments": [1]}"#, "line 1 column 18"),
        (
            r#"{"deployments": [{}]}"#,
            "deployments[0].key: is required",
        ),
        (
            r#"{"deployments": [{"key": 1}]}"#,
            "deployments[0].key: invalid type",
        ),
        (
            r#"{"deployments": [{"key": "a", "modle": "x"}]}"#,
            "deployments[0]: unknown field `modle`",
        ),
        (
            r#"{"deployments": [{"key": "a"}, {"key": "a"}]}"#,
            r#"deployments[1].key: "a" is there twice"#,
        ),
        (
            r#"{"deployments": [{"key": "a", "replies": [1]}]}"#,
            "a reply is a string or an object",
        ),
        (
            r#"{"deployments": [{"key": "a", "messages": [{"content": ""}]}]}"#,
            "deployments[0].messages[0].role: is required",
        ),
        (
            r#"{"deployments": [{"key": "a", "tools": [{"type": "function"}]}]}"#,
            "deployments[0].tools[0].function: is required",
        ),
        (
            r#"{"deployments": [{"key": "a", "retrievals": [{"document": "d"}]}]}"#,
            "deployments[0].retrievals[0].metadata: is required",
        ),
        (
            r#"{"deployments": [{"key": "a", "variants": [{}]}]}"#,
            "deployments[0].variants[0].when: is required",
        ),
        (
            r#"{"deployments": [{"key": "a", "variants": [{"when": {"x": 1}, "key": "b"}]}]}"#,
            "deployments[0].variants[0]: unknown field `key`",
        ),
    ];
    for (json, expected) in cases {
        let error = read(json).err().unwrap().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn bad_days_are_what_the_builders_say() {
    let seed = read(
        r#"{
            "api_keys": ["one", "two"],
            "rate_limit": {"requests": 60},
            "deployments": [{
                "key": "a", "latency_ms": 800, "pace_ms": 30,
                "rate_limit": {"requests": 2, "window_ms": 1500},
                "variants": [{"when": {"x": 1}, "latency_ms": 0, "pace_ms": 1, "scripts": [{"status": 502}]}],
                "faults": [
                    {"before_head": "early_close"},
                    {"nth": 2, "fail_at": 100},
                    {"every": 3, "fail_at": 0, "fault": "garbage"},
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
                    {"before_head": "reset", "head_after_ms": 5},
                    {"body": [{"chunk": "abc"}], "fail_at": 3, "fault": "early_close"},
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
        .fault(FakeFault::before_head(Fault::EarlyClose))
        .fault(FakeFault::fail_at(100, Fault::Reset).nth(2))
        .fault(FakeFault::fail_at(0, Fault::Garbage).every(3))
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
        .script(Reply::broken(Fault::Reset).head_after(ms(5)))
        .script(Reply::status(200, "abc").fail_at(3, Fault::EarlyClose))
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

#[test]
fn a_value_that_cannot_be_is_refused_with_the_place() {
    let whole_seeds = [
        (
            json!({"api_keys": "sk-secret"}),
            "api_keys: expected an array",
        ),
        (
            json!({"api_keys": ["a", ""]}),
            "api_keys[1]: expected visible ASCII",
        ),
        (
            json!({"api_keys": ["sk secret"]}),
            "api_keys[0]: expected visible ASCII",
        ),
        (
            json!({"api_keys": ["a", "a"]}),
            "api_keys[1]: is there twice",
        ),
        (json!({"api_keys": [1]}), "api_keys[0]: expected a string"),
        (json!({"rate_limit": 60}), "rate_limit: expected an object"),
        (
            json!({"rate_limit": {}}),
            "rate_limit.requests: is required",
        ),
        (
            json!({"rate_limit": {"requests": 0}}),
            "rate_limit.requests: expected a whole number from 1",
        ),
        (
            json!({"rate_limit": {"requests": -1}}),
            "rate_limit.requests: expected a whole number",
        ),
        (
            json!({"rate_limit": {"requests": 1, "window_ms": 0}}),
            "rate_limit.window_ms: must not be 0",
        ),
        (
            json!({"rate_limit": {"requests": 1, "per": 1}}),
            "rate_limit: unknown field `per`",
        ),
    ];
    let deployments = [
        (
            json!({"latency_ms": -1}),
            "latency_ms: expected whole milliseconds",
        ),
        (
            json!({"latency_ms": 1.5}),
            "latency_ms: expected whole milliseconds",
        ),
        (
            json!({"latency_ms": 1e30}),
            "latency_ms: expected whole milliseconds",
        ),
        (
            json!({"latency_ms": "1"}),
            "latency_ms: expected whole milliseconds",
        ),
        (
            json!({"pace_ms": 86_400_001}),
            "pace_ms: expected whole milliseconds, at most 86400000",
        ),
        (
            json!({"pace_ms": u64::MAX}),
            "pace_ms: expected whole milliseconds",
        ),
        (
            json!({"rate_limit": {"requests": 1.5}}),
            "rate_limit.requests: expected a whole number",
        ),
        (json!({"faults": {}}), "faults: expected an array"),
        (json!({"faults": [1]}), "faults[0]: expected an object"),
        (
            json!({"faults": [{}]}),
            "faults[0]: expected one of before_head",
        ),
        (
            json!({"faults": [{"nth": 1}]}),
            "faults[0]: expected one of before_head",
        ),
        (
            json!({"faults": [{"cut_at": 1, "before_head": "reset"}]}),
            "faults[0]: expected one of before_head",
        ),
        (
            json!({"faults": [{"cut_at": 1, "stall_at": 1}]}),
            "faults[0]: expected only one of fail_at",
        ),
        (
            json!({"faults": [{"cut_at": 1, "nth": 0}]}),
            "faults[0].nth: expected a whole number from 1",
        ),
        (
            json!({"faults": [{"cut_at": 1, "every": 0}]}),
            "faults[0].every: expected a whole number from 1",
        ),
        (
            json!({"faults": [{"cut_at": 1, "nth": 1, "first": 1}]}),
            "faults[0]: expected only one of nth",
        ),
        (
            json!({"faults": [{"cut_at": -1}]}),
            "faults[0].cut_at: expected a whole number of bytes",
        ),
        (
            json!({"faults": [{"before_head": "boom"}]}),
            "faults[0].before_head: expected one of reset, early_close",
        ),
        (
            json!({"faults": [{"cut_at": 1, "fault": "reset"}]}),
            "faults[0].fault: belongs to fail_at",
        ),
        (
            json!({"faults": [{"cut_at": 1, "when": 2}]}),
            "faults[0]: unknown field `when`",
        ),
        (
            json!({"faults": [{"error": {"status": 200, "code": "x"}}]}),
            "faults[0].error.status: expected a status from 400",
        ),
        (
            json!({"faults": [{"error": {"status": 70_000, "code": "x"}}]}),
            "faults[0].error.status: expected a status",
        ),
        (
            json!({"faults": [{"error": {"status": 500}}]}),
            "faults[0].error.code: is required",
        ),
        (
            json!({"faults": [{"script": {"status": 99}}]}),
            "faults[0].script.status: expected a status from 200",
        ),
        (
            json!({"scripts": [{"stat": 1}]}),
            "scripts[0]: unknown field `stat`",
        ),
        (
            json!({"scripts": [{"never": false}]}),
            "scripts[0].never: expected true",
        ),
        (
            json!({"scripts": [{"never": true, "status": 200}]}),
            "scripts[0]: unknown field `status`",
        ),
        (
            json!({"scripts": [{"never": true, "before_head": "reset"}]}),
            "scripts[0].never: can't be combined",
        ),
        (
            json!({"scripts": [{"json": 1, "body": []}]}),
            "scripts[0].json: can't be combined with body",
        ),
        (
            json!({"scripts": [{"headers": {"a b": "c"}}]}),
            "scripts[0].headers.a b: HTTP has no such name",
        ),
        (
            json!({"scripts": [{"headers": {"a": "b\nc"}}]}),
            "scripts[0].headers.a: HTTP doesn't allow",
        ),
        (
            json!({"scripts": [{"headers": {"a": 1}}]}),
            "scripts[0].headers.a: expected a string",
        ),
        (
            json!({"scripts": [{"body": "x"}]}),
            "scripts[0].body: expected an array",
        ),
        (
            json!({"scripts": [{"body": ["x"]}]}),
            "scripts[0].body[0]: expected an object",
        ),
        (
            json!({"scripts": [{"body": [{}]}]}),
            "scripts[0].body[0]: expected one of event",
        ),
        (
            json!({"scripts": [{"body": [{"chunk": "a"}, {"evnt": ""}]}]}),
            "scripts[0].body[1]: unknown field `evnt`",
        ),
        (
            json!({"scripts": [{"body": [{"chunk": "a", "after_ms": 1}]}]}),
            "scripts[0].body[0]: a step is one thing",
        ),
        (
            json!({"scripts": [{"body": [{"bytes": [256]}]}]}),
            "scripts[0].body[0].bytes: ",
        ),
        (
            json!({"scripts": [{"body": [{"break": "x"}]}]}),
            "scripts[0].body[0].break: expected one of reset",
        ),
        (
            json!({"scripts": [{"body": [{"chunk": "abc"}], "fail_at": 4}]}),
            "scripts[0].fail_at: this body has 3 bytes",
        ),
        (
            json!({"scripts": [{"json": 1, "cut_at": u64::MAX}]}),
            "scripts[0].cut_at: this body has 1 bytes",
        ),
        (
            json!({"variants": [{"when": {"x": 1}, "scripts": [{"a": 1}]}]}),
            "variants[0].scripts[0]: unknown field `a`",
        ),
        (
            json!({"variants": [{"when": {"x": 1}, "faults": []}]}),
            "variants[0]: unknown field `faults`",
        ),
    ];
    let in_a_deployment = |(mut fields, place): (Value, &str)| {
        fields["key"] = json!("a");
        (
            json!({"deployments": [fields]}),
            format!("deployments[0].{place}"),
        )
    };
    let cases = whole_seeds.map(|(seed, place)| (seed, place.to_owned()));
    for (seed, place) in cases.into_iter().chain(deployments.map(in_a_deployment)) {
        let error = read(&seed.to_string()).err().map(|error| error.to_string());
        let error = error.unwrap_or_else(|| panic!("{seed} passed"));
        assert!(error.starts_with(&place), "{seed}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let nan = read(r#"{"deployments": [{"key": "a", "latency_ms": NaN}]}"#);
    assert!(nan.is_err());
}
