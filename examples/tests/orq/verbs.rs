//! What each verb writes, as text and as JSON.

use serde_json::Value;

use crate::{
    program::{TRANSPORTS, end, orq, run},
    server::Server,
};

/// Runs with each transport, and gives what is the same with both.
#[track_caller]
fn with_both(arguments: &[&str]) -> String {
    let [one, other] = TRANSPORTS.map(|transport| {
        // A double counts its answers: a new one for each.
        let server = Server::fake();
        let arguments = arguments.iter().copied().chain(["--transport", transport]);
        run(&server.url, arguments).good().to_owned()
    });
    let without_dates = |text: &str| {
        let lines = text.lines().map(|line| match serde_json::from_str(line) {
            Ok(Value::Object(mut fields)) => {
                fields.remove("created");
                fields.remove("finalized");
                Value::Object(fields).to_string()
            }
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(without_dates(&one), without_dates(&other));
    one
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
fn an_answer_is_its_text() {
    for verb in ["invoke", "stream"] {
        let text = with_both(&[verb, "chat", "--message", "hi"]);
        assert_eq!(text, "You said: hi\n", "{verb}");
        let text = with_both(&[verb, "chat", "--mock-response", "- a\n\n"]);
        assert_eq!(
            text, "- a\n\n",
            "{verb}: what ends a line is not ended again"
        );
    }
}

#[test]
fn what_is_no_text_is_marked() {
    for verb in ["invoke", "stream"] {
        let tool = with_both(&[verb, "tools", "--message", "w", "--input", "city=Oslo"]);
        let expected = "[tool call call_1_0] get_weather {\"city\":\"Oslo\"}\n";
        assert_eq!(tool, expected, "{verb}");

        let image = with_both(&[verb, "image"]);
        assert_eq!(image, "[image] https://example.com/image.png\n", "{verb}");

        let reasoning = with_both(&[verb, "reasoning", "--message", "x", "--include-usage"]);
        let expected = "[reasoning] The user wrote: x. I should think about it.\n\
            I thought about: x\n\
            [usage] 6 tokens in, 13 out, 19 in all\n";
        assert_eq!(reasoning, expected, "{verb}");

        let passages = with_both(&[verb, "rag", "--message", "q", "--include-retrievals"]);
        let expected = "The handbook says on q: Returns are free within 30 days.\n\
            [retrieval] handbook.pdf, page 12: Returns are free within 30 days.\n\
            [retrieval] shipping.md: Parcels arrive within two days.\n";
        assert_eq!(passages, expected, "{verb}");
    }
}

#[test]
fn choices_parts_and_refusals_are_marked_and_ends_are_noted() {
    let answer = r#"{"choices": [
        {"index": 0, "finish_reason": "length", "message": {"content": [
            {"type": "text", "text": "one "}, {"type": "text", "text": "two"},
            {"type": "image_url", "image_url": {"url": "https://x"}}, {"type": "novel", "n": 1}]}},
        {"index": 1, "finish_reason": "stop", "message": {"content": "three", "refusal": "no"}}
    ]}"#;
    let server = Server::content("application/json", answer);
    let run = run(&server.url, ["invoke", "chat"]);
    let expected = "one two\n[image] https://x\n[part] {\"type\": \"novel\", \"n\": 1}\n\
        [choice 1] three\n[choice 1] [refusal] no\n";
    assert_eq!((run.code, &*run.stdout), (0, expected));
    assert_eq!(run.stderr, "note: the answer ended by `length`\n");
}

#[test]
fn pieces_of_several_choices_and_calls_are_kept_apart() {
    let events = [
        r#"{"choices":[{"index":0,"message":{"content":"a"}},{"index":1,"message":{"content":"b"}}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":"c"}}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":"d","tool_calls":[
            {"index":0,"id":"x","function":{"name":"f","arguments":"{"}},
            {"index":1,"id":"y","function":{"name":"g","arguments":"{}"}},
            {"index":0,"function":{"arguments":"}"}}]}}]}"#,
        "[DONE]",
    ];
    let events = events.map(|event| format!("data: {}\n\n", event.replace('\n', "")));
    let server = Server::content("text/event-stream", &events.concat());
    let text = run(&server.url, ["stream", "chat"]);
    let expected =
        "a\n[choice 1] b\ncd\n[tool call x] f {\n[tool call y] g {}\n[tool call, more] }\n";
    assert_eq!(text.good(), expected);
}

#[test]
fn a_part_that_cannot_be_read_is_warned_of() {
    let server = Server::content("application/json", r#"{"telemetry": 7, "choices": []}"#);
    let run = run(&server.url, ["invoke", "chat"]);
    assert_eq!((run.code, &*run.stdout), (0, ""));
    let warning =
        "warning: left out of the answer: telemetry: expected an object, found a number\n";
    assert_eq!(run.stderr, warning);
}

#[test]
fn json_is_what_the_server_sent_on_one_line() {
    let body =
        "{\r\n  \"zeta\": 1.10,\n  \"choices\": [ ],\n  \"messages\": [],  \"alpha\": \"\\n\"\n}\n";
    let server = Server::content("application/json", body);
    for transport in TRANSPORTS {
        for arguments in [
            &["invoke", "chat"],
            &["stream", "chat"],
            &["config", "chat"],
        ] {
            let global = ["--output", "json", "--transport", transport];
            let run = run(&server.url, arguments.iter().copied().chain(global));
            let expected =
                "{  \"zeta\": 1.10,  \"choices\": [ ],  \"messages\": [],  \"alpha\": \"\\n\"}\n";
            assert_eq!(run.good(), expected, "{arguments:?} {transport}");
        }
    }
    let body = "{\"data\": [\n{\"id\":\"1\", \"b\":2, \"a\":1.0},\n{\"a\": 2}\n]\n}";
    let server = Server::content("application/json", body);
    let page = run(&server.url, ["list", "--output", "json"]);
    let expected = "{\"data\": [{\"id\":\"1\", \"b\":2, \"a\":1.0},{\"a\": 2}]}\n";
    assert_eq!(page.good(), expected);
    let items = run(&server.url, ["list", "--all", "--output", "json"]);
    assert_eq!(
        items.good(),
        "{\"id\":\"1\", \"b\":2, \"a\":1.0}\n{\"a\": 2}\n"
    );
}

#[test]
fn an_event_stream_for_an_answer_is_assembled() {
    let events = "data: {\"choices\":[{\"message\":{\"content\":\"a\"}}]}\n\n\
        data: {\"choices\":[{\"message\":{\"content\":\"b\"}}]}\n\ndata: [DONE]\n\n";
    let server = Server::content("text/event-stream", events);
    let json = run(&server.url, ["invoke", "chat", "--output", "json"]);
    let json = lines(json.good());
    assert_eq!(json.len(), 1);
    assert_eq!(json[0]["choices"][0]["message"]["content"], "ab");
}

#[test]
fn a_stream_is_a_chunk_a_line() {
    let chunks = lines(&with_both(&[
        "stream",
        "chat",
        "--message",
        "a b",
        "--output",
        "json",
    ]));
    let content = |chunk: &Value| chunk["choices"][0]["message"]["content"].clone();
    let pieces: Vec<_> = chunks.iter().map(content).collect();
    assert_eq!(pieces, ["You", " said:", " a", " b"]);
    assert_eq!(chunks[3]["is_final"], true);
}

#[test]
fn a_configuration_is_summed_up() {
    let summary = with_both(&["config", "chat", "--input", "firstname=Jane"]);
    assert_eq!(
        summary,
        "deployment  chat
id          00000000-0000-4000-8000-000000000005
version     1
provider    openai
model       gpt-4o
type        chat
parameters  temperature 0.7, maxTokens 1024
message     system: You are the assistant of {{company}}.
message     user: Hello, I am Jane.
"
    );
    let json = with_both(&["config", "tools", "--output", "json"]);
    assert_eq!(
        lines(&json)[0]["tools"][0]["function"]["name"],
        "get_weather"
    );
}

#[test]
fn a_list_is_a_table() {
    let keys = |table: &str| {
        let mut lines = table
            .lines()
            .map(|line| line.split(' ').next().unwrap().to_owned());
        assert_eq!(lines.next().as_deref(), Some("KEY"));
        lines.collect::<Vec<_>>()
    };
    let all = ["chat", "tools", "image", "reasoning", "rag"];
    assert_eq!(keys(&with_both(&["list"])), all);
    assert_eq!(keys(&with_both(&["list", "--all", "--limit", "2"])), all);

    let server = Server::fake();
    let first = run(&server.url, ["list", "--limit", "2"]);
    assert_eq!(
        (first.code, keys(&first.stdout)),
        (0, all[..2].iter().copied().map(str::to_owned).collect())
    );
    assert_eq!(first.stderr, "note: there are more; --all lists them\n");

    let items = lines(&with_both(&[
        "list", "--all", "--limit", "2", "--output", "json",
    ]));
    let items: Vec<_> = items
        .iter()
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    assert_eq!(items, all);
}

#[test]
fn a_list_goes_both_ways_from_a_cursor() {
    let server = Server::fake();
    let id = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    let page = |arguments: &[&str]| {
        let global = ["--output", "json"];
        let run = run(&server.url, arguments.iter().copied().chain(global));
        let page = lines(run.good()).remove(0);
        let items = page["data"].as_array().unwrap().iter();
        let keys = items.map(|item| item["key"].as_str().unwrap().to_owned());
        (keys.collect::<Vec<_>>(), page["has_more"] == true)
    };
    let (keys, more) = page(&["list", "--limit", "1", "--starting-after", &id(4)]);
    assert_eq!((keys, more), (vec!["image".to_owned()], true));
    let (keys, more) = page(&["list", "--ending-before", &id(4)]);
    assert_eq!((keys, more), (vec!["chat".to_owned()], false));
}

#[test]
fn a_request_comes_from_a_file_too() {
    let server = Server::fake();
    let request = r#"{"key":"chat","messages":[{"role":"user","content":"from the file"}]}"#;
    let mut command = orq(["stream", "--json", "-", "--base-url", &server.url]);
    assert_eq!(
        end(&mut command, request).good(),
        "You said: from the file\n"
    );
    let mut command = orq(["invoke", "rag", "--json", "-", "--base-url", &server.url]);
    let answer = end(&mut command, request);
    assert!(
        answer
            .good()
            .starts_with("The handbook says on from the file")
    );
}
