//! What reads the output may stop at any time.
#![cfg(unix)]

use std::{fs::File, io::Read, process::Stdio, sync::Arc};

use tokio::{io::AsyncWriteExt, sync::Notify};

use crate::{
    program::{TRANSPORTS, end, orq},
    server::Server,
};

#[test]
fn a_pipe_that_closes_in_mid_stream_ends_it_quietly() {
    for transport in TRANSPORTS {
        for (format, seen) in [("text", "Hello"), ("json", "{\"cho")] {
            let closed = Arc::new(Notify::new());
            let wait = Arc::clone(&closed);
            let server = Server::scripted(move |mut socket| {
                let wait = Arc::clone(&wait);
                async move {
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
                    let event = "data: {\"choices\":[{\"message\":{\"content\":\"Hello\"}}]}\n\n";
                    socket.write_all(head.as_bytes()).await.unwrap();
                    socket.write_all(event.as_bytes()).await.unwrap();
                    wait.notified().await;
                    // No end: only the closed pipe can end the program. One more event may not be enough, since a
                    // process that another test is just starting holds the pipe open for a moment.
                    while socket.write_all(event.as_bytes()).await.is_ok() {}
                }
            });
            // If the first event weren't flushed, the program would end by this clock.
            let arguments = [
                "stream",
                "chat",
                "--idle-timeout",
                "20",
                "--output",
                format,
                "--transport",
                transport,
            ];
            let mut child = orq(arguments)
                .env("ORQ_BASE_URL", &server.url)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdout = child.stdout.take().unwrap();
            let mut five = [0; 5];
            // It is there while the server still holds the rest back: each piece is flushed.
            stdout.read_exact(&mut five).unwrap();
            assert_eq!(str::from_utf8(&five), Ok(seen));
            drop(stdout);
            closed.notify_one();

            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
        }
    }
}

#[test]
fn a_pipe_that_is_closed_from_the_start_is_no_failure() {
    let server = Server::fake();
    for arguments in [
        &["list"][..],
        &["list", "--all", "--output", "json"],
        &["config", "chat"],
        &["invoke", "chat"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = orq(arguments.iter().copied())
            .env("ORQ_BASE_URL", &server.url)
            .stdout(writer)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), &*stderr),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_failure_is_told_to_nobody_without_a_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let arguments = ["list", "--output", "json", "--limit", "51"];
    let status = orq(arguments).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(1));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let server = Server::fake();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = orq(["invoke", "chat", "--output", "json"]);
    let output = command
        .env("ORQ_BASE_URL", &server.url)
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr.starts_with("error[other]: can't write the output: "),
        "{stderr}"
    );
}

#[test]
fn stdin_is_read_to_its_end_only_where_it_is_asked_for() {
    let server = Server::fake();
    let mut child = orq(["invoke", "chat", "--message", "hi"])
        .env("ORQ_BASE_URL", &server.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "You said: hi\n");
    drop(stdin);
    assert!(child.wait().unwrap().success());

    let mut command = orq(["invoke", "--json", "-", "--base-url", &server.url]);
    assert_eq!(
        end(
            &mut command,
            r#"{"key":"chat","inputs":{"firstname":"Jane"}}"#
        )
        .code,
        0
    );
}
