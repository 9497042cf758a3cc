//! Versions, checks and annotations.

use serde_json::{Value, json};

use crate::{
    program::{TRANSPORTS, end, orq, run},
    server::Server,
};

const SEED: &str = r#"{"deployments": [{
    "key": "greeter", "version": "3",
    "messages": [{"role": "user", "content": "Greet {{firstname}} of {{city}} in {{language}}."}],
    "other_versions": [{"version": "4", "status": "draft",
        "messages": [{"role": "user", "content": "{{draft_only}}"}]}]
}]}"#;

#[test]
fn versions_are_a_table_with_drafts() {
    for transport in TRANSPORTS {
        let server = Server::seeded(SEED);
        let table = |arguments: &[&str]| {
            let global = ["versions", "greeter", "--transport", transport];
            let run = run(&server.url, global.iter().chain(arguments).copied());
            let lines = run.stdout.lines().map(|line| {
                let words = line.split_whitespace().take(3);
                words.collect::<Vec<_>>().join(" ")
            });
            (run.code, lines.collect::<Vec<_>>(), run.stderr.clone())
        };
        let [header, draft, live] = [
            "VERSION STATUS MODEL",
            "4 draft openai/gpt-4o",
            "3 live openai/gpt-4o",
        ]
        .map(str::to_owned);
        let whole = (0, vec![header.clone(), draft.clone(), live], String::new());
        assert_eq!(table(&[]), whole);
        assert_eq!(table(&["--all", "--limit", "1"]), whole);
        let more = "note: there are more; --all lists them\n".to_owned();
        assert_eq!(table(&["--limit", "1"]), (0, vec![header, draft], more));
    }
}

#[test]
fn versions_are_json_as_it_was_received() {
    let body = "{\"data\": [\n{\"_id\":\"1\", \"b\":1.0},\n{\"_id\": \"2\"}\n]\n}";
    let server = Server::content("application/json", body);
    let page = run(&server.url, ["versions", "k/1", "--output", "json"]);
    assert_eq!(
        page.good(),
        "{\"data\": [{\"_id\":\"1\", \"b\":1.0},{\"_id\": \"2\"}]}\n"
    );
    let all = run(
        &server.url,
        ["versions", "k/1", "--all", "--output", "json"],
    );
    assert_eq!(all.good(), "{\"_id\":\"1\", \"b\":1.0}\n{\"_id\": \"2\"}\n");
    for request in server.requests() {
        assert!(
            request
                .head
                .starts_with("GET /v2/deployments/k%2F1/versions"),
            "{request:?}"
        );
    }
}

#[test]
fn a_check_names_what_is_missing_and_misspelt_and_ends_with_1() {
    let server = Server::seeded(SEED);
    let inputs = [
        "check",
        "greeter",
        "--input",
        "fristname=Jane",
        "--input",
        "city=Oslo",
    ];
    let text = run(&server.url, inputs);
    let expected = "missing inputs: `firstname` (given as `fristname`?), `language`; \
        unused inputs: `fristname`\n";
    assert_eq!((text.code, &*text.stdout, &*text.stderr), (1, expected, ""));

    let global = ["--output", "json"];
    let document = run(&server.url, inputs.iter().copied().chain(global));
    assert_eq!((document.code, &*document.stderr), (1, ""));
    let expected = json!({
        "ok": false, "versions": ["3"],
        "missing": [
            {"name": "firstname", "nearest": "fristname"}, {"name": "language", "nearest": null}],
        "unused": [{"name": "fristname", "nearest": "firstname"}],
    });
    assert_eq!(document.stdout.parse::<Value>().unwrap(), expected);

    let request = r#"{"key":"greeter","inputs":{"firstname":1,"city":2,"language":3}}"#;
    let mut command = orq(["check", "--json", "-", "--base-url", &server.url]);
    let good = end(&mut command, request);
    assert_eq!(
        good.good(),
        "every variable has an input, and every input is used\n"
    );
}

#[test]
fn annotations_are_sent_with_the_types_of_their_values() {
    let server = Server::content("application/json", "");
    let ids = ["annotate", "t", "s", "--identity", "me"];
    let values = [
        "rating=good",
        "score=4.50",
        "solved=true",
        r#"tags=["a","b"]"#,
        "o={}",
    ];
    let none = run(&server.url, ids.into_iter().chain(values));
    assert_eq!(none.good(), "");
    let keys = [
        "--delete", "rating", "--delete", "score", "--output", "json",
    ];
    let none = run(&server.url, ids.into_iter().chain(keys));
    assert_eq!(none.good(), "");

    let requests = server.requests();
    let [create, delete] = &requests[..] else {
        panic!("{requests:?}")
    };
    let path = "/v2/traces/t/spans/s/annotation HTTP/1.1";
    assert!(
        create.head.starts_with(&format!("POST {path}")),
        "{create:?}"
    );
    let annotations = json!([
        {"key": "rating", "value": "good"}, {"key": "score", "value": 4.5},
        {"key": "solved", "value": true}, {"key": "tags", "value": ["a", "b"]},
        {"key": "o", "value": "{}"},
    ]);
    let body = json!({"annotations": annotations, "metadata": {"identity_id": "me"}});
    assert_eq!(create.body.parse::<Value>().unwrap(), body);
    assert!(
        delete.head.starts_with(&format!("DELETE {path}")),
        "{delete:?}"
    );
    let body = json!({"keys": ["rating", "score"], "metadata": {"identity_id": "me"}});
    assert_eq!(delete.body.parse::<Value>().unwrap(), body);

    for arguments in [
        &["annotate", "t", "s"][..],
        &["annotate", "t", "s", "a=1", "--delete", "a"],
    ] {
        assert_eq!(run(&server.url, arguments.iter().copied()).code, 2);
    }
}

#[test]
fn an_answer_is_annotated_by_the_ids_in_its_json() {
    let server = Server::fake();
    let answer = run(&server.url, ["invoke", "chat", "--output", "json"]);
    let answer: Value = answer.good().parse().unwrap();
    let ids = ["trace_id", "span_id"].map(|id| answer["telemetry"][id].as_str().unwrap());
    let create = run(&server.url, ["annotate", ids[0], ids[1], "rating=good"]);
    assert_eq!(create.good(), "");
    let unknown = run(&server.url, ["annotate", ids[0], "nope", "rating=good"]);
    assert!(unknown.stderr.starts_with("error[api]: 404"), "{unknown:?}");
}
