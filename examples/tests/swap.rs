//! `swap`, run as a program: one code, and a transport from a file.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Output};

fn swap(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_swap"));
    command.env_remove("ORQ_API_KEY").args(arguments);
    command.output().unwrap()
}

fn good(arguments: &[&str]) -> String {
    let output = swap(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_environment_has_the_transport_of_its_file() {
    let test = "test over fake-orq: You said: Where is my order?\n";
    let development = "development over reqwest: Staging heard: Where is my order?\n";
    assert_eq!(good(&["test"]), test);
    assert_eq!(good(&["development"]), development);
    assert_eq!(good(&[]), format!("{test}{development}"));
}

#[test]
fn production_needs_a_key_and_is_not_reached_without_one() {
    let output = swap(&["production"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "production: set ORQ_API_KEY\n"
    );
}

#[test]
fn an_environment_without_a_file_is_named() {
    let output = swap(&["nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("nowhere.json"), "{stderr}");
}
