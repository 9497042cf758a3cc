//! Global flags: where they stand, and what they win over.

use crate::{
    program::{TRANSPORTS, end, orq, run},
    server::Server,
};

#[test]
fn global_flags_stand_before_and_after_the_verb() {
    let server = Server::fake();
    for transport in TRANSPORTS {
        let global = [
            "--base-url",
            &server.url,
            "--transport",
            transport,
            "--environment",
            "staging",
            "--contact-id",
            "c",
            "--timeout",
            "20",
            "--head-timeout",
            "20.5",
            "--idle-timeout",
            "2e1",
            "--connect-timeout",
            "5",
            "--retries",
            "0",
            "--allow-http",
            "--output",
            "text",
        ];
        let verb = ["stream", "chat", "--message", "hi"];
        let before = end(&mut orq(global.into_iter().chain(verb)), "");
        let after = end(&mut orq(verb.into_iter().chain(global)), "");
        for run in [before, after] {
            assert_eq!(run.good(), "Staging heard: hi\n");
        }
    }
}

#[test]
fn a_flag_after_the_verb_wins_over_the_same_before_it() {
    let server = Server::fake();
    let arguments = [
        "--environment",
        "x",
        "invoke",
        "chat",
        "--environment",
        "staging",
        "--message",
        "hi",
    ];
    assert_eq!(run(&server.url, arguments).good(), "Staging heard: hi\n");
}

#[test]
fn a_flag_wins_over_its_variable_and_a_variable_over_the_default() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let sent = |flags: &[&str]| {
        let arguments = ["invoke", "chat"].iter().chain(flags).copied();
        let mut command = orq(arguments);
        command.env("ORQ_BASE_URL", &server.url);
        command.env("ORQ_ENVIRONMENT", "of the variable");
        command.env("ORQ_CONTACT_ID", "of-the-variable");
        end(&mut command, "").good();
        let request = server.requests().pop().unwrap();
        let contact = request.header("x-orq-contact-id").unwrap().to_owned();
        (request.body, contact)
    };
    let (body, contact) = sent(&[]);
    assert_eq!(
        body,
        r#"{"key":"chat","context":{"environments":"of the variable"}}"#
    );
    assert_eq!(contact, "of-the-variable");

    let (body, contact) = sent(&[
        "--environment",
        "of the flag",
        "--contact-id",
        "of-the-flag",
    ]);
    assert_eq!(
        body,
        r#"{"key":"chat","context":{"environments":"of the flag"}}"#
    );
    assert_eq!(contact, "of-the-flag");

    let (body, _) = sent(&["--context", "environments=of the request"]);
    assert_eq!(
        body,
        r#"{"key":"chat","context":{"environments":"of the request"}}"#
    );

    let mut elsewhere = orq(["invoke", "chat", "--base-url", &server.url]);
    let elsewhere = elsewhere.env("ORQ_BASE_URL", "http://127.0.0.1:1");
    end(elsewhere, "").good();
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    let mut command = orq(["invoke", "chat", "--base-url", &server.url]);
    for variable in ["ORQ_BASE_URL", "ORQ_ENVIRONMENT", "ORQ_CONTACT_ID"] {
        command.env(variable, "");
    }
    end(&mut command, "").good();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.body, r#"{"key":"chat"}"#);
    assert_eq!(request.header("x-orq-contact-id"), None);
}

#[test]
fn the_transport_is_the_one_named() {
    let server = Server::content("application/json", r#"{"choices":[]}"#);
    for transport in TRANSPORTS {
        run(&server.url, ["--transport", transport, "invoke", "chat"]).good();
        let request = server.requests().pop().unwrap();
        let agent = request.header("user-agent").unwrap();
        assert!(agent.ends_with(&format!("({transport})")), "{agent}");
    }
}

#[test]
fn a_command_line_that_cannot_be_used_is_status_2() {
    let bad: [&[&str]; 16] = [
        &[],
        &["unheard-of"],
        &["invoke"],
        &["stream", "--message", "hi"],
        &["invoke", "chat", "more"],
        &["invoke", "chat", "--input", "no-value"],
        &["invoke", "chat", "--context", "=x"],
        &["invoke", "chat", "--limit", "1"],
        &["list", "chat"],
        &["list", "--limit", "many"],
        &["list", "--timeout", "-1"],
        &["list", "--timeout", "soon"],
        &["list", "--retries", "-1"],
        &["list", "--transport", "pigeon"],
        &["list", "--output", "xml"],
        &["list", "--environment", ""],
    ];
    for arguments in bad {
        let run = run("http://127.0.0.1:1", arguments.iter().copied());
        assert_eq!((run.code, &*run.stdout), (2, ""), "{arguments:?} {run:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn help_names_every_flag() {
    for arguments in [&["--help"][..], &["stream", "--help"]] {
        let help = run("http://127.0.0.1:1", arguments.iter().copied());
        for flag in [
            "--base-url",
            "--transport",
            "--environment",
            "--contact-id",
            "--timeout",
            "--head-timeout",
            "--idle-timeout",
            "--connect-timeout",
            "--retries",
            "--allow-http",
            "--output",
        ] {
            assert!(
                help.good().contains(&format!("{flag} "))
                    || help.good().contains(&format!("{flag}\n")),
                "{flag}"
            );
        }
    }
}
