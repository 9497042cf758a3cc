//! Failures: the exit status, and what is said on stderr.

use serde_json::json;

use crate::{
    program::{KEY, TRANSPORTS, end, expected, fails, orq, run},
    server::Server,
};

#[test]
fn the_fields_are_exactly_these_and_in_this_order() {
    let run = run(
        "http://127.0.0.1:1",
        ["list", "--limit", "51", "--output", "json"],
    );
    assert_eq!(
        run.stderr,
        "error[argument]: in limit: it must be between 1 and 50\n\
        {\"error\":{\"kind\":\"argument\",\"phase\":null,\"delivery\":null,\"timeout\":null,\"waited_ms\":null,\
        \"status\":null,\"code\":null,\"message\":\"limit: it must be between 1 and 50\",\"trace_id\":null,\
        \"attempts\":0,\"retry_after_ms\":null,\"partial_text\":null}}\n"
    );
    assert_eq!((run.code, &*run.stdout), (1, ""));
}

#[test]
fn as_text_a_failure_is_one_line() {
    let server = Server::fake();
    let run = run(&server.url, ["invoke", "nope"]);
    assert_eq!((run.code, &*run.stdout), (1, ""));
    assert_eq!(
        run.stderr,
        "error[api]: 404 [deployment_not_found]: Deployment with key 'nope' was not found. \
        (trace 00000000000000000000000000000001)\n"
    );
}

#[test]
fn without_a_key_nothing_is_sent() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    for key in [None, Some("")] {
        let mut command = orq(["invoke", "chat", "--output", "json"]);
        command
            .env("ORQ_BASE_URL", &server.url)
            .env_remove("ORQ_API_KEY");
        if let Some(key) = key {
            command.env("ORQ_API_KEY", key);
        }
        let error = end(&mut command, "").error();
        let message = "no API key: set ORQ_API_KEY";
        assert_eq!(
            error,
            expected(json!({"kind": "config", "message": message}))
        );
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_key_that_no_header_can_carry_is_not_shown() {
    let mut bad = vec![
        std::ffi::OsString::from(format!("{KEY}\nb")),
        format!("{KEY}é").into(),
    ];
    #[cfg(unix)]
    bad.push(std::os::unix::ffi::OsStringExt::from_vec(
        [KEY.as_bytes(), b"\xff"].concat(),
    ));
    for key in bad {
        for format in ["text", "json"] {
            let mut command = orq([
                "list",
                "--output",
                format,
                "--base-url",
                "http://127.0.0.1:1",
            ]);
            let run = end(command.env("ORQ_API_KEY", &key), "");
            assert_eq!((run.code, &*run.stdout), (1, ""));
            assert!(run.stderr.starts_with("error[config]: "), "{run:?}");
        }
    }
}

#[test]
fn a_key_that_the_server_repeats_is_not_shown() {
    let body =
        format!(r#"{{"error":{{"code":"invalid_api_key","message":"{KEY} is not known"}}}}"#);
    let head = format!("HTTP/1.1 401 Unauthorized\r\nx-orq-trace-id: {KEY}\r\n");
    let server = Server::bytes(format!(
        "{head}content-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let run = run(&server.url, ["list", "--output", "json"]);
    // That it isn't there is checked for every run.
    assert_eq!(run.error()["message"], "[redacted] is not known");
}

#[test]
fn arguments_are_refused_before_anything_is_sent() {
    let server = Server::content("application/json", "{}");
    let refused: [(&[&str], &str); 6] = [
        (
            &["list", "--limit", "51"],
            "limit: it must be between 1 and 50",
        ),
        (
            &["list", "--limit", "0"],
            "limit: it must be between 1 and 50",
        ),
        (
            &["list", "--starting-after", "a", "--ending-before", "b"],
            "ending_before: it can't be set together with starting_after",
        ),
        (&["invoke", ""], "key: it is empty"),
        (
            &["invoke", "chat", "--json", "-"],
            "stdin is no request: EOF while parsing a value at line 1 column 0",
        ),
        (
            &["invoke", "--json", "no/such/file"],
            "can't read no/such/file: No such file or directory (os error 2)",
        ),
    ];
    for (arguments, message) in refused {
        fails(
            &server.url,
            arguments,
            json!({"kind": "argument", "message": message}),
        );
    }
    assert!(server.requests().is_empty());
}

#[test]
fn the_servers_own_refusals() {
    let server = Server::bytes("HTTP/1.1 204 No Content\r\n\r\n");
    let none = json!({
        "kind": "no_content", "delivery": "answered", "status": 204, "attempts": 1,
        "message": "the server answered without content",
    });
    for verb in ["invoke", "stream", "config"] {
        fails(&server.url, &[verb, "chat"], none.clone());
    }
    let body = r#"{"error":{"code":"invalid_api_key","message":"No."}}"#;
    let head = "HTTP/1.1 401 Unauthorized\r\nx-orq-trace-id: t\r\ncontent-length: 52\r\n\r\n";
    let server = Server::bytes(format!("{head}{body}"));
    let unknown = json!({
        "kind": "api", "delivery": "answered", "status": 401, "code": "invalid_api_key", "message": "No.",
        "trace_id": "t", "attempts": 1,
    });
    for arguments in [
        &["invoke", "chat"][..],
        &["stream", "chat"],
        &["config", "chat"],
        &["list"],
    ] {
        fails(&server.url, arguments, unknown.clone());
    }
    let [one, other] = TRANSPORTS.map(|transport| {
        let server = Server::fake();
        let arguments = [
            "invoke",
            "nope",
            "--output",
            "json",
            "--transport",
            transport,
        ];
        run(&server.url, arguments).error()
    });
    assert_eq!(one, other);
    let fields = json!({
        "kind": "api", "delivery": "answered", "status": 404, "code": "deployment_not_found", "attempts": 1,
        "message": "Deployment with key 'nope' was not found.", "trace_id": "00000000000000000000000000000001",
    });
    assert_eq!(one, expected(fields));
}

#[test]
fn retries_are_as_many_as_asked_for() {
    for (arguments, attempts) in [
        (&["--retries", "0"][..], 1),
        (&["--retries", "1"], 2),
        (&[], 3),
    ] {
        let busy =
            "HTTP/1.1 503 Service Unavailable\r\nretry-after-ms: 1\r\ncontent-length: 0\r\n\r\n";
        let server = Server::bytes(busy);
        let arguments = ["invoke", "chat", "--output", "json"]
            .iter()
            .chain(arguments);
        let error = run(&server.url, arguments.copied()).error();
        assert_eq!(
            (&error["attempts"], &error["retry_after_ms"]),
            (&json!(attempts), &json!(1))
        );
        assert_eq!(server.requests().len(), attempts);
    }
}

#[test]
fn nobody_listens() {
    let fields =
        json!({"kind": "connect", "phase": "connect", "delivery": "not_sent", "attempts": 1});
    fails("http://127.0.0.1:1", &["list", "--retries", "0"], fields);
}

#[test]
fn plain_http_to_another_machine_is_refused_unless_allowed() {
    let server = Server::fake();
    // Not a loopback address by its name, but where the server can be reached on Unix.
    let url = server.url.replace("127.0.0.1", "0.0.0.0");
    let refused = run(
        &url,
        ["invoke", "chat", "--message", "hi", "--output", "json"],
    );
    assert_eq!(refused.error()["kind"], "config");
    if cfg!(unix) {
        let allowed = run(&url, ["invoke", "chat", "--message", "hi", "--allow-http"]);
        assert_eq!(allowed.good(), "You said: hi\n");
    }
}

#[test]
fn a_list_that_breaks_off_shows_what_it_has() {
    // The second page is the first one again: the server goes round in circles.
    let page = r#"{"data":[{"id":"1","key":"a"}],"has_more":true}"#;
    let server = Server::content("application/json", page);
    let run = run(&server.url, ["list", "--all"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("\na "), "{run:?}");
    assert!(run.stderr.starts_with("error[decode]: "), "{run:?}");
}
