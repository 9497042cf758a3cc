//! What the environment's variables may hold, and what is refused by its name.
//!
//! A process's own environment can't be changed while others may read it, so each row runs in a process of its own.
#![cfg(unix)]

use std::{env, ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};

use orq_core::{Client, Error};
use orq_testkit::{MemoryTransport, Reply};

use super::request;

const VARIABLES: [&str; 4] = [
    "ORQ_API_KEY",
    "ORQ_BASE_URL",
    "ORQ_ENVIRONMENT",
    "ORQ_CONTACT_ID",
];

/// Says how a client is to be made: unset, this test does nothing.
const SETTERS: &str = "ORQ_TEST_SETTERS";

const MARK: &str = "outcome: ";

/// What a call with these variables sends, or why there is none.
fn outcome(setters: &str) -> String {
    let memory = MemoryTransport::new();
    memory.allow_unused();
    memory.reply(Reply::json_text(r#"{"choices":[]}"#));
    let made = || -> Result<Client, Error> {
        match setters {
            "" => Client::from_env(memory.handle()),
            "before" => {
                let builder = Client::builder(memory.handle()).api_key("set");
                let builder = builder.base_url("https://set").environment("set");
                builder.contact_id("set").read_env().build()
            }
            _ => {
                let builder = Client::builder(memory.handle()).read_env().api_key("set");
                let builder = builder.base_url("https://set").environment("set");
                builder.contact_id("set").build()
            }
        }
    };
    let client = match made() {
        Ok(client) => client,
        Err(error) => return error.to_string(),
    };
    futures::executor::block_on(client.deployments().invoke(&request())).unwrap();
    let sent = memory.requests().pop().unwrap();
    let environment = &sent.json()["context"]["environments"];
    let parts = [
        sent.bearer(),
        sent.uri().host(),
        environment.as_str(),
        sent.header("x-orq-contact-id"),
    ];
    parts.map(|part| part.unwrap_or("-")).join(" ")
}

/// Not a test of its own: the others run it in a process whose environment they make.
#[test]
fn outcome_in_this_process() {
    if let Ok(setters) = env::var(SETTERS) {
        println!("{MARK}{}", outcome(&setters));
    }
}

#[track_caller]
fn check(setters: &str, variables: &[(&str, &[u8])], expected: &str) {
    let mut child = Command::new(env::current_exe().unwrap());
    for name in VARIABLES {
        child.env_remove(name);
    }
    for (name, value) in variables {
        child.env(name, OsStr::from_bytes(value));
    }
    child.env(SETTERS, setters);
    child.args(["environment::outcome_in_this_process", "--exact"]);
    let output = child.arg("--nocapture").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let outcome = said.lines().find_map(|line| line.split_once(MARK));
    let shown = variables.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value).into_owned();
        (*name, value)
    });
    let shown: Vec<_> = shown.collect();
    let outcome = outcome.map(|(_, outcome)| outcome);
    assert_eq!(outcome, Some(expected), "{shown:?}: {said}");
}

const KEY: (&str, &[u8]) = ("ORQ_API_KEY", b"sk-orq-secret");

#[test]
fn white_space_around_a_value_is_none_of_it() {
    let plain: [(&str, &[u8]); 4] = [
        KEY,
        ("ORQ_BASE_URL", b"https://orq.internal"),
        ("ORQ_ENVIRONMENT", b"production"),
        ("ORQ_CONTACT_ID", b"contact_1"),
    ];
    let expected = "sk-orq-secret orq.internal production contact_1";
    check("", &plain, expected);
    for (before, after) in [
        ("", "\r"),
        ("", "\r\n"),
        (" \t", " "),
        ("\u{a0}", "\u{2003}"),
        // A file with a byte order mark, read by a shell.
        ("\u{feff}", "\n"),
        ("\u{feff} ", "\u{feff}\r"),
    ] {
        let around = plain.map(|(name, value)| {
            let value = [before.as_bytes(), value, after.as_bytes()].concat();
            (name, value)
        });
        let around = around.each_ref().map(|(name, value)| (*name, &value[..]));
        check("", &around, expected);
    }
    // White space and letters of any script within a value that goes into JSON are the caller's.
    let inner: [(&str, &[u8]); 2] = [KEY, ("ORQ_ENVIRONMENT", "pré prod".as_bytes())];
    check("", &inner, "sk-orq-secret my.orq.ai pré prod -");
}

#[test]
fn a_value_that_cannot_be_meant_is_refused_by_its_name() {
    for (value, why) in [
        (
            &b"\"production\""[..],
            "has quotation marks around its value: remove them",
        ),
        (
            b"'production'\r",
            "has quotation marks around its value: remove them",
        ),
        (b"\"\"", "has quotation marks around its value: remove them"),
        (
            b"\"production",
            "has quotation marks around its value: remove them",
        ),
        (
            b"production'",
            "has quotation marks around its value: remove them",
        ),
        (
            "“production”".as_bytes(),
            "has quotation marks around its value: remove them",
        ),
        (b"pro\rduction", "contains a control character, U+000D"),
        (b"prod\nORQ_X=1", "contains a control character, U+000A"),
        (b"prod\x1b[0m", "contains a control character, U+001B"),
        (b"prod\x7f", "contains a control character, U+007F"),
        (
            "prod\u{200b}uction".as_bytes(),
            "contains an invisible character, U+200B",
        ),
        (
            "production\u{200b}".as_bytes(),
            "contains an invisible character, U+200B",
        ),
        (b"caf\xe9", "is not Unicode"),
        (b"\xff\xfep\x01", "is not Unicode"),
    ] {
        for name in VARIABLES {
            let all = [KEY, (name, value)];
            check("", &all, &format!("config error: {name} {why}"));
            // A setting that is made after it replaces it, and one that was made before is replaced by it.
            check("after", &all, "set set set set");
            check("before", &all, &format!("config error: {name} {why}"));
        }
    }
}

#[test]
fn what_only_one_of_them_cannot_mean_names_it_too() {
    let url = "must begin with https:// or http:// and name a host";
    let plain = "is plain http, which would send the API key unencrypted; ClientBuilder::allow_http permits it";
    for (name, value, why) in [
        ("ORQ_BASE_URL", "my.orq.ai", format!("the base URL {url}")),
        ("ORQ_BASE_URL", "http://my.orq.ai", format!("the base URL {plain}")),
        ("ORQ_BASE_URL", "https://my.orq.ai # ours", "the base URL can't be parsed".into()),
        ("ORQ_API_KEY", "sk orq", "the API key contains white space or a character that is not visible ASCII".into()),
        ("ORQ_API_KEY", "sk-orq-é", "the API key contains white space or a character that is not visible ASCII".into()),
        (
            "ORQ_CONTACT_ID",
            "Zoë",
            "the contact id contains a character that is not ASCII, and servers read those of a header in different \
             ways; name the contact with DeploymentRequest::identity"
                .into(),
        ),
    ] {
        let all = [KEY, (name, value.as_bytes())];
        check("", &all, &format!("config error: {name}: {why}"));
    }
}

#[test]
fn a_blank_variable_counts_as_unset_and_a_blank_key_is_named() {
    for blank in ["", " ", "\r", "\t\r\n", "\u{feff}"] {
        let all = VARIABLES.map(|name| (name, blank.as_bytes()));
        check("", &all, "config error: no API key: ORQ_API_KEY is empty");
        check("before", &all, "set set set set");
        check("after", &all, "set set set set");
        let mut others = all;
        others[0] = KEY;
        check("", &others, "sk-orq-secret my.orq.ai - -");
    }
    let none = "no API key: set one with ClientBuilder::api_key or in ORQ_API_KEY";
    check("", &[], &format!("config error: {none}"));
}
