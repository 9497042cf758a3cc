//! `--json` sends what it was given.

use std::fs;

use orq_core::model::RawJson;

use crate::{
    program::{TRANSPORTS, end, orq, run},
    server::Server,
};

/// Messages of every role, with every part; every operator, several on one field; nulls, empty maps and lists,
/// numbers to the ends of 64 bits, Unicode, and fields that nobody knows, everywhere.
const EVERYTHING: &str = r#"{
    "key": "chat",
    "inputs": {"zeta":{"y":1,"b":[{"d":null,"c":0.10}]},"alpha":18446744073709551615,"π":"日本語 \u0000 🦀","n":null,"e":{}},
    "context": {"environments":["b","a"],"low":-9223372036854775808,"z":1e2},
    "prefix_messages": [
        {"role": "system", "content": "s", "name": "n", "novel": {"z": 1, "a": 2}},
        {"role": "developer", "content": [
            {"type": "text", "text": "", "cache_control": {"type": "ephemeral", "ttl": "1h", "novel": 1}}]}
    ],
    "messages": [
        {"role": "user", "name": "Ünï", "content": [
            {"type": "text", "text": "a\"b\\c\r\n\t\u2028"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "auto", "novel": []}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "file", "file": {"file_data": "data:,x", "uri": "u", "mimeType": "text/plain", "filename": "f"},
             "cache_control": {"type": "ephemeral", "ttl": "5m"}},
            {"type": "novel", "z": 1, "a": {"y": 2, "b": 18446744073709551615}}
        ]},
        {"role": "assistant", "content": null, "refusal": null, "audio": null, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"z\": 1, \"a\": 2}"},
             "thought_signature": "s", "novel": true},
            {"id": "c2", "type": "function", "function": {"name": "g", "arguments": "{}"},
             "extra_content": {"google": {"thought_signature": "s"}}}
        ]},
        {"role": "tool", "content": "18 °C", "tool_call_id": "c1", "cache_control": {"type": "ephemeral"}},
        {"role": "tool", "content": [{"type": "text", "text": "x"}], "tool_call_id": null},
        {"role": "assistant", "audio": {"id": "a"}, "reasoning_content": "r", "content": [
            {"type": "text", "text": "t"},
            {"type": "refusal", "refusal": "no"},
            {"type": "reasoning", "reasoning": "r", "signature": "s"},
            {"type": "redacted_reasoning", "data": "d"}
        ]},
        {"role": "novel", "content": {"z": 1, "a": 2}},
        {"role": "user", "content": "plain"},
        {"role": "user", "content": []}
    ],
    "identity": {"id": "i", "display_name": "J", "email": "a@b.c", "logo_url": "https://l", "tags": [],
        "metadata": [{"z":1,"a":2}, {}], "novel": null},
    "file_ids": ["f1", "f2"],
    "metadata": {},
    "extra_params": {"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"z":{},"a":{}}}}}],"seed":9223372036854775807},
    "documents": [{"text": "t", "metadata": {"file_name": "n", "file_type": "md", "page_number": 18446744073709551615}}],
    "invoke_options": {"include_retrievals": false, "include_usage": true, "mock_response": "", "novel": 0},
    "thread": {"id": "t", "tags": ["x", "é"]},
    "knowledge_filter": {
        "year": {"gt": 1, "gte": 2, "lt": 18446744073709551615, "lte": -9223372036854775808, "eq": 2.5, "ne": "x"},
        "tag": {"in": ["a", 1, true], "nin": []},
        "pinned": {"eq": true}
    },
    "novel": {"z": null, "a": [18446744073709551615, -1, 1.5e-7]}
}"#;

const JOINED: [&str; 4] = [
    r#"{"key":"chat","knowledge_filter":{"and":[{"year":{"gte":2020,"lt":2026}},{"tag":{"nin":["a"]}}]}}"#,
    r#"{"key":"chat","knowledge_filter":{"or":[{"year":{"ne":18446744073709551615}},{"a":{"eq":"b"},"c":{"gt":0}}]}}"#,
    r#"{"key":"chat","inputs":{},"context":{},"messages":[],"prefix_messages":[],"documents":[],"file_ids":[]}"#,
    r#"{"key":"chat"}"#,
];

/// What must be there to the letter: the order of keys in free-form data, at every depth, and its digits.
const TO_THE_LETTER: [&str; 8] = [
    r#"{"zeta":{"y":1,"b":[{"d":null,"c":0.10}]},"alpha":18446744073709551615,"#,
    r#""low":-9223372036854775808,"z":1e2}"#,
    r#"{"z": 1, "a": 2}"#,
    r#"{"y": 2, "b": 18446744073709551615}"#,
    r#"[{"z":1,"a":2},{}]"#,
    r#""properties":{"z":{},"a":{}}"#,
    r#""seed":9223372036854775807"#,
    r#""novel":{"z": null, "a": [18446744073709551615, -1, 1.5e-7]}"#,
];

fn json(text: &str) -> RawJson {
    RawJson::from_text(text).unwrap()
}

#[test]
fn json_is_sent_as_it_was_given() {
    let server = Server::content("application/json", r#"{"choices":[],"messages":[]}"#);
    let folder = tempdir("fidelity");
    for (number, given) in [EVERYTHING].iter().chain(&JOINED).enumerate() {
        let file = folder.join(format!("{number}.json"));
        fs::write(&file, given).unwrap();
        for verb in ["invoke", "stream", "config"] {
            for transport in TRANSPORTS {
                let arguments = [
                    verb,
                    "--json",
                    file.to_str().unwrap(),
                    "--transport",
                    transport,
                ];
                run(&server.url, arguments).good();
                let sent = server.requests().pop().unwrap();
                assert_eq!(json(&sent.body), json(given), "{verb} {transport}");
                let length = sent.header("content-length").map(str::to_owned);
                assert_eq!(length, Some(sent.body.len().to_string()));
                if *given == EVERYTHING {
                    for text in TO_THE_LETTER {
                        assert!(sent.body.contains(text), "{text}\n{}", sent.body);
                    }
                }
            }
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_verb_decides_how_to_call() {
    let server = Server::content("application/json", r#"{"choices":[],"messages":[]}"#);
    for (verb, path) in [
        ("invoke", "invoke"),
        ("stream", "stream"),
        ("config", "get_config"),
    ] {
        for stream in ["true", "false"] {
            let mut command = orq([verb, "--json", "-", "--base-url", &server.url]);
            let given = format!(r#"{{"key":"chat","stream":{stream}}}"#);
            end(&mut command, &given).good();
            let sent = server.requests().pop().unwrap();
            assert!(
                sent.head
                    .starts_with(&format!("POST /v2/deployments/{path} "))
            );
            assert_eq!(sent.body, r#"{"key":"chat"}"#);
        }
    }
}

#[test]
fn flags_are_put_into_the_json() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let given = r#"{"key":"a","inputs":{"z":1,"a":2},"messages":[{"role":"system","content":"s"}],"novel":1}"#;
    let arguments = [
        "invoke",
        "b",
        "--json",
        "-",
        "--input",
        "z=[1, 2]",
        "--input",
        "name=Jane",
        "--context",
        "locale=nl",
        "--message",
        "one",
        "--message",
        "-2",
        "--include-usage",
        "--include-retrievals",
        "--mock-response",
        "m",
    ];
    let mut command = orq(arguments);
    end(command.env("ORQ_BASE_URL", &server.url), given).good();
    let expected = r#"{"key":"b","inputs":{"z":[1, 2],"a":2,"name":"Jane"},"context":{"locale":"nl"},
        "messages":[{"role":"system","content":"s"},{"role":"user","content":"one"},{"role":"user","content":"-2"}],
        "invoke_options":{"include_usage":true,"include_retrievals":true,"mock_response":"m"},"novel":1}"#;
    assert_eq!(json(&server.requests()[0].body), json(expected));
}

/// A new folder of the test with this name, inside of the build's.
pub(crate) fn tempdir(test: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = folder.join(format!("orq-{test}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}
