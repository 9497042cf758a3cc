//! What servers and gateways are known to send beside the schema, as the program's users see it.

use std::collections::BTreeSet;

use orq_testkit::fixture::Quirk;
use serde_json::{Value, json};

use crate::{
    program::{fails, run},
    server::Server,
};

/// What a run comes to.
enum Outcome {
    /// It prints these lines.
    Prints(&'static str),
    /// It prints this text, and fails with these fields.
    Fails(&'static str, Value),
}
use Outcome::{Fails, Prints};

const TRACE: &str = "00000000000000000000000000000001";

/// Returns the fields of a failure in the body of a response.
fn broken(kind: &str, message: &str) -> Value {
    json!({
        "kind": kind, "phase": "body", "delivery": "answered", "status": 200, "message": message,
        "trace_id": TRACE, "attempts": 1, "partial_text": "Hello",
    })
}

/// Returns the fields of a failure of a whole response.
fn answered(kind: &str, status: u16, message: &str) -> Value {
    json!({
        "kind": kind, "delivery": "answered", "status": status, "message": message, "attempts": 1,
    })
}

fn with(mut fields: Value, name: &str, value: &str) -> Value {
    fields[name] = json!(value);
    fields
}

/// Returns the line for people.
fn line(fields: &Value) -> String {
    let text = |name| fields.get(name).and_then(Value::as_str);
    let code = text("code").map_or_else(String::new, |code| format!(" [{code}]"));
    let trace = text("trace_id").map_or_else(String::new, |id| format!(" (trace {id})"));
    let (kind, message) = (text("kind").unwrap(), text("message").unwrap());
    format!(
        "error[{kind}]: {}{code}: {message}{trace}\n",
        fields["status"]
    )
}

#[test]
fn each_quirk_is_understood_or_named() {
    let outside = "the stream has text outside of its events";
    let cut = "the stream ended before its end mark";
    let spent = "The budget of this workspace is spent.";
    let reported = || {
        with(
            broken("stream_error", spent),
            "code",
            "cost_budget_exceeded",
        )
    };
    let early = "the answer (application/json) can't be read: EOF while parsing a string at line 1 column 256";
    let unknown = "Web server is returning an unknown error";
    let redirect = "not followed: a redirect to https://storage.example/answer";
    let hello = "Hello Jane\n";
    let paris_and_rome = "[tool call ?] get_weather {\"city\":\"Paris\"}\n[tool call ?] get_weather {\"city\":\"Rome\"}\n";
    let paris =
        "[tool call ?] get_weather {}\n[tool call ?, anew] get_weather {\"city\":\"Paris\"}\n";
    let quirks = [
        ("missing_blank_line", "stream", Prints(hello)),
        ("mislabelled_stream", "stream", Prints(hello)),
        ("mislabelled_stream", "invoke", Prints(hello)),
        (
            "inner_byte_order_mark",
            "stream",
            Fails("Hello\n", broken("decode", outside)),
        ),
        (
            "blank_in_field_name",
            "stream",
            Fails("Hello\n", broken("decode", outside)),
        ),
        (
            "unframed_chunk",
            "stream",
            Fails("Hello\n", broken("decode", outside)),
        ),
        ("unframed_answer", "stream", Prints(hello)),
        ("unframed_error", "stream", Fails("Hello\n", reported())),
        ("error_field", "stream", Fails("Hello\n", reported())),
        (
            "unframed_page",
            "stream",
            Fails("Hello\n", broken("truncated", cut)),
        ),
        ("error_in_choice", "stream", Fails("Hello\n", reported())),
        ("empty_values", "stream", Prints(hello)),
        ("calls_with_one_index", "stream", Prints(paris_and_rome)),
        ("placeholder_arguments", "stream", Prints(paris)),
        (
            "empty_arguments",
            "invoke",
            Prints("[tool call call_1_0] get_time \n"),
        ),
        ("byte_order_mark", "invoke", Prints(hello)),
        (
            "truncated_answer",
            "invoke",
            Fails("", answered("truncated", 200, early)),
        ),
        (
            "detail_in_answer",
            "invoke",
            Fails("", answered("api", 200, spent)),
        ),
        (
            "error_beside_choice",
            "invoke",
            Fails("", with(answered("api", 200, spent), "partial_text", "")),
        ),
        (
            "framed_error",
            "invoke",
            Fails(
                "",
                with(answered("api", 429, spent), "code", "cost_budget_exceeded"),
            ),
        ),
        (
            "cloudflare_status",
            "invoke",
            Fails("", answered("api", 520, unknown)),
        ),
        (
            "signed_redirect",
            "invoke",
            Fails("", answered("api", 307, redirect)),
        ),
    ];
    let played: BTreeSet<_> = quirks.iter().map(|(quirk, ..)| *quirk).collect();
    assert_eq!(played.len(), Quirk::ALL.len());
    for (quirk, verb, outcome) in quirks {
        let seed = json!({"deployments": [{"key": quirk, "scripts": [{"quirk": quirk}]}]});
        let server = Server::seeded(&seed.to_string());
        let run = run(&server.url, [verb, quirk]);
        match outcome {
            Prints(lines) => assert_eq!(run.good(), lines, "{quirk}"),
            Fails(text, fields) => {
                let said = (run.code, &*run.stdout, &*run.stderr);
                assert_eq!(said, (1, text, &*line(&fields)), "{quirk}");
                fails(&server.url, &[verb, quirk], fields);
            }
        }
    }
}
