//! Files and variables that other programs have written: byte order marks, line ends, quotation marks.

use std::fs;

use serde_json::{Value, json};

use crate::{
    fidelity::tempdir,
    program::{TRANSPORTS, end, expected, orq, run},
    server::Server,
};

const MARK: &str = "\u{feff}";

#[test]
fn json_to_send_may_begin_with_a_byte_order_mark() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let folder = tempdir("mark");
    for (number, text) in [
        r#"{"key":"chat","inputs":{"a":1}}"#,
        "\r\n {\"key\":\"chat\",\"inputs\":{\"a\":1}}\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("{MARK}{text}");
        let file = folder.join(format!("{number}.json"));
        fs::write(&file, &text).unwrap();
        let file = file.to_str().unwrap();
        for key in [None, Some("other")] {
            let sent = format!(
                r#"{{"key":"{}","inputs":{{"a":1}}}}"#,
                key.unwrap_or("chat")
            );
            for (source, stdin) in [(file, ""), ("-", &*text)] {
                let arguments = ["invoke", "--json", source, "--base-url", &server.url];
                end(&mut orq(arguments.into_iter().chain(key)), stdin).good();
                assert_eq!(server.requests().pop().unwrap().body, sent, "{source}");
            }
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn json_in_another_encoding_is_refused_by_its_name() {
    let folder = tempdir("encoding");
    let text = r#"{"key":"chat"}"#;
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin = [&b"{\"key\":\"caf"[..], b"\xe9\"}"].concat();
    for (name, bytes, why) in [
        (
            "le",
            [b"\xff\xfe", &little[..]].concat(),
            "it is UTF-16; save it as UTF-8",
        ),
        (
            "be",
            [b"\xfe\xff", &big[..]].concat(),
            "it is UTF-16; save it as UTF-8",
        ),
        ("latin", latin, "it is not UTF-8"),
    ] {
        let file = folder.join(name);
        fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        let run = run(
            "http://127.0.0.1:1",
            ["invoke", "--json", file, "--output", "json"],
        );
        let message = format!("can't read {file}: {why}");
        let fields = json!({"kind": "argument", "message": message});
        assert_eq!(run.error(), expected(fields));
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn json_that_is_printed_begins_with_no_byte_order_mark() {
    let answer = r#"{"choices":[],"messages":[],"data":[{"id":"1"}],"has_more":false}"#;
    let server = Server::content("application/json", &format!("{MARK}{answer}\r\n"));
    for transport in TRANSPORTS {
        for verb in [&["invoke", "chat"][..], &["config", "chat"], &["list"]] {
            let output = ["--output", "json", "--transport", transport];
            let run = run(&server.url, verb.iter().copied().chain(output));
            assert_eq!(run.good(), format!("{answer}\n"), "{verb:?}");
        }
        let output = [
            "list",
            "--all",
            "--output",
            "json",
            "--transport",
            transport,
        ];
        assert_eq!(run(&server.url, output).good(), "{\"id\":\"1\"}\n");
        let stream = [
            "stream",
            "chat",
            "--output",
            "json",
            "--transport",
            transport,
        ];
        for line in run(&server.url, stream).good().lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
    }
    let events = format!("{MARK}data: {answer}\n\ndata: [DONE]\n\n");
    let server = Server::content("text/event-stream", &events);
    let stream = run(&server.url, ["stream", "chat", "--output", "json"]);
    assert_eq!(stream.good(), format!("{answer}\n"));
}

/// Runs with these variables, and the key and the URL unless they name them.
fn with(server: &Server, variables: &[(&str, &str)], flags: &[&str]) -> crate::program::Run {
    let arguments = ["invoke", "chat", "--output", "json"];
    let mut command = orq(arguments.into_iter().chain(flags.iter().copied()));
    command.env("ORQ_BASE_URL", &server.url);
    command.envs(variables.iter().copied());
    end(&mut command, "")
}

#[test]
fn variables_of_an_env_file_with_crlf_are_meant_without_it() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let url = format!("{}\r", server.url);
    let key = format!(" {}\r\n", crate::program::KEY);
    let variables = [
        ("ORQ_API_KEY", &*key),
        ("ORQ_BASE_URL", &*url),
        ("ORQ_ENVIRONMENT", "production\r"),
        ("ORQ_CONTACT_ID", "\tcontact_1\r"),
    ];
    with(&server, &variables, &[]).good();
    let sent = server.requests().pop().unwrap();
    assert_eq!(
        sent.body,
        r#"{"key":"chat","context":{"environments":"production"}}"#
    );
    assert_eq!(sent.header("x-orq-contact-id"), Some("contact_1"));
    let bearer = format!("Bearer {}", crate::program::KEY);
    assert_eq!(sent.header("authorization"), Some(&*bearer));
}

#[test]
fn a_variable_or_a_flag_that_cannot_be_meant_is_refused_by_its_name() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let quoted = format!("\"{}\"", crate::program::KEY);
    let marks = "has quotation marks around its value: remove them";
    let ascii = "the contact id contains a character that is not ASCII, and servers read those of a header in \
                 different ways; name the contact with DeploymentRequest::identity";
    for (variable, flags, message) in [
        (
            ("ORQ_API_KEY", &*quoted),
            &[][..],
            format!("ORQ_API_KEY {marks}"),
        ),
        (
            ("ORQ_API_KEY", "\r"),
            &[],
            "no API key: set ORQ_API_KEY".into(),
        ),
        (
            ("ORQ_ENVIRONMENT", "'production'"),
            &[],
            format!("ORQ_ENVIRONMENT {marks}"),
        ),
        (
            ("ORQ_BASE_URL", "my.orq.ai"),
            &[],
            "ORQ_BASE_URL: the base URL must begin with https:// or http:// and name \
            a host"
                .into(),
        ),
        (
            ("ORQ_CONTACT_ID", "Zoë"),
            &[],
            format!("ORQ_CONTACT_ID: {ascii}"),
        ),
        (("ORQ_X", ""), &["--contact-id", "Zoë"], ascii.to_owned()),
        (
            ("ORQ_X", ""),
            &["--environment", "prod\r"],
            "the environment contains a control character, U+000D".into(),
        ),
    ] {
        let error = with(&server, &[variable], flags).error();
        assert_eq!(
            error,
            expected(json!({"kind": "config", "message": message}))
        );
    }
    // A flag wins over a variable that can't be used, too.
    let quoted = [("ORQ_ENVIRONMENT", "'x'"), ("ORQ_CONTACT_ID", "Zoë")];
    let flags = ["--environment", "x", "--contact-id", "y"];
    with(&server, &quoted, &flags).good();
    assert_eq!(server.requests().len(), 1);
}
