//! `tower_stack`, run as a program.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::Command;

const OUTPUT: &str = r#"sent: stream for Some("acme")
stream: Some("You")
invoke: connect error while connecting, request not sent: service overloaded; a retry is Safe
stream: Some("You said: Hello")
sent: invoke for Some("acme")
invoke: Some("You said: Hello")
"#;

#[test]
fn a_stream_counts_until_its_end() {
    let output = Command::new(env!("CARGO_BIN_EXE_tower_stack")).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), OUTPUT);
}
