use serde_json::{Value, json};

use super::super::read;

#[test]
fn a_bad_seed_is_refused_with_the_place() {
    let cases = [
        ("{", "line 1 column 1"),
        (r#"{"deployment": []}"#, "unknown field `deployment`"),
        (r#"{"deployments": [1]}"#, "line 1 column 18"),
        (
            r#"{"deployments": [{}]}"#,
            "deployments[0]: missing field `key`",
        ),
        (
            r#"{"deployments": [{"key": 1}]}"#,
            "deployments[0].key: invalid type",
        ),
        (
            r#"{"deployments": [{"key": "a", "modle": "x"}]}"#,
            "deployments[0].modle: unknown field `modle`",
        ),
        (
            r#"{"deployments": [{"key": "a"}, {"key": "a"}]}"#,
            "deployments[1].key: is a duplicate",
        ),
        (
            r#"{"deployments": [{"key": "a", "replies": [1]}]}"#,
            "deployments[0].replies[0]: invalid type: integer `1`, expected a reply, which is a string or an object",
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
            "deployments[0].variants[0]: missing field `when`",
        ),
        (
            r#"{"deployments": [{"key": "a", "variants": [{"when": {"x": 1}, "key": "b"}]}]}"#,
            "deployments[0].variants[0].key: unknown field `key`",
        ),
    ];
    for (json, expected) in cases {
        let error = read(json.as_bytes()).err().unwrap().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn a_value_that_cannot_be_is_refused_with_the_place() {
    let whole_seeds = [
        (
            json!({"api_keys": "sk-secret"}),
            "api_keys: expected an array of strings",
        ),
        (
            json!({"api_keys": ["a", ""]}),
            "api_keys[1]: expected an array of strings, each of visible ASCII",
        ),
        (
            json!({"api_keys": ["sk secret"]}),
            "api_keys[0]: expected an array of strings, each of visible ASCII",
        ),
        (
            json!({"api_keys": ["a", "a"]}),
            "api_keys[1]: is a duplicate",
        ),
        (
            json!({"api_keys": [1]}),
            "api_keys[0]: expected an array of strings",
        ),
        (
            json!({"rate_limit": 60}),
            "rate_limit: invalid type: integer `60`, expected an object",
        ),
        (
            json!({"rate_limit": {}}),
            "rate_limit: missing field `requests`",
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
            "rate_limit.window_ms: expected a whole number from 1 to 86400000",
        ),
        (
            json!({"rate_limit": {"requests": 1, "per": 1}}),
            "rate_limit.per: unknown field `per`",
        ),
    ];
    let deployments = [
        (
            json!({"latency_ms": -1}),
            "latency_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"latency_ms": 1.5}),
            "latency_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"latency_ms": 1e30}),
            "latency_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"latency_ms": "1"}),
            "latency_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"pace_ms": 86_400_001}),
            "pace_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"pace_ms": u64::MAX}),
            "pace_ms: expected a whole number from 0 to 86400000",
        ),
        (
            json!({"rate_limit": {"requests": 1.5}}),
            "rate_limit.requests: expected a whole number",
        ),
        (
            json!({"faults": {}}),
            "faults: invalid type: map, expected a sequence",
        ),
        (
            json!({"faults": [1]}),
            "faults[0]: invalid type: integer `1`, expected an object",
        ),
        (
            json!({"faults": [{}]}),
            "faults[0]: expected one of break_before_head",
        ),
        (
            json!({"faults": [{"nth": 1}]}),
            "faults[0]: expected one of break_before_head",
        ),
        (
            json!({"faults": [{"cut_at": 1, "break_before_head": "reset"}]}),
            "faults[0]: expected only one of break_before_head",
        ),
        (
            json!({"rate_limit": [1, 1000]}),
            "rate_limit: invalid type: sequence, expected an object",
        ),
        (
            json!({"scripts": [{"body": [["x"]]}]}),
            "scripts[0].body[0]: invalid type: sequence, expected an object",
        ),
        (
            json!({"faults": [{"cut_at": 1, "stall_at": 1}]}),
            "faults[0]: expected only one of break_at",
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
            "faults[0].cut_at: expected a whole number from 0 to",
        ),
        (
            json!({"faults": [{"break_before_head": "boom"}]}),
            "faults[0].break_before_head: expected one of reset, early_close",
        ),
        (
            json!({"faults": [{"cut_at": 1, "fault": "reset"}]}),
            "faults[0].fault: belongs to break_at",
        ),
        (
            json!({"faults": [{"cut_at": 1, "when": 2}]}),
            "faults[0].when: unknown field `when`",
        ),
        (
            json!({"faults": [{"error": {"status": 200, "code": "x"}}]}),
            "faults[0].error.status: expected a whole number from 400 to 599",
        ),
        (
            json!({"faults": [{"error": {"status": 70_000, "code": "x"}}]}),
            "faults[0].error.status: expected a whole number from 400 to 599",
        ),
        (
            json!({"faults": [{"error": {"status": 500}}]}),
            "faults[0].error: missing field `code`",
        ),
        (
            json!({"faults": [{"script": {"status": 99}}]}),
            "faults[0].script.status: expected a whole number from 200 to 599",
        ),
        (
            json!({"scripts": [{"stat": 1}]}),
            "scripts[0].stat: unknown field `stat`",
        ),
        (
            json!({"scripts": [{"never": false}]}),
            "scripts[0].never: expected true",
        ),
        (
            json!({"scripts": [{"never": true, "status": 200}]}),
            "scripts[0]: break_before_head and never go with head_after_ms alone",
        ),
        (
            json!({"scripts": [{"never": true, "break_before_head": "reset"}]}),
            "scripts[0]: expected only one of break_before_head, never",
        ),
        (
            json!({"scripts": [{"json": 1, "body": []}]}),
            "scripts[0]: expected only one of json, quirk, body",
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
            "scripts[0].body: invalid type: string \"x\", expected a sequence",
        ),
        (
            json!({"scripts": [{"body": ["x"]}]}),
            "scripts[0].body[0]: invalid type: string \"x\", expected an object",
        ),
        (
            json!({"scripts": [{"body": [{}]}]}),
            "scripts[0].body[0]: expected one of event",
        ),
        (
            json!({"scripts": [{"body": [{"chunk": "a"}, {"evnt": ""}]}]}),
            "scripts[0].body[1].evnt: unknown field `evnt`",
        ),
        (
            json!({"scripts": [{"body": [{"chunk": "a", "after_ms": 1}]}]}),
            "scripts[0].body[0]: expected only one of event",
        ),
        (
            json!({"scripts": [{"body": [{"bytes": [256]}]}]}),
            "scripts[0].body[0].bytes[0]: ",
        ),
        (
            json!({"scripts": [{"body": [{"break": "x"}]}]}),
            "scripts[0].body[0].break: expected one of reset",
        ),
        (
            json!({"variants": [{"when": {"x": 1}, "scripts": [{"a": 1}]}]}),
            "variants[0].scripts[0].a: unknown field `a`",
        ),
        (
            json!({"variants": [{"when": {"x": 1}, "faults": []}]}),
            "variants[0].faults: unknown field `faults`",
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
        let error = read(seed.to_string().as_bytes())
            .err()
            .map(|error| error.to_string());
        let error = error.unwrap_or_else(|| panic!("{seed} passed"));
        assert!(error.starts_with(&place), "{seed}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let nan = read(br#"{"deployments": [{"key": "a", "latency_ms": NaN}]}"#);
    assert!(nan.is_err());
}
