//! ^C, as the signal that it is.
#![cfg(unix)]

use std::{
    io::{Read, Write},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::channel,
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    chat::{BEGUN, HEAD, asked},
    program::{TRANSPORTS, orq},
    server::Server,
};

fn chat(server: &Server, transport: &str) -> Child {
    let mut command = orq(["chat", "chat", "--transport", transport]);
    command
        .env("ORQ_BASE_URL", &server.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn interrupt(child: &Child) {
    let mut kill = Command::new("kill");
    let status = kill.args(["-INT", &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

fn reads(stdout: &mut ChildStdout, expected: &str) {
    let mut bytes = vec![0; expected.len()];
    stdout.read_exact(&mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn it_ends_the_answer_and_not_the_program() {
    for transport in TRANSPORTS {
        let (tell, hung_up) = channel();
        let server = Server::scripted(move |mut socket| {
            let tell = tell.clone();
            async move {
                socket.write_all(HEAD.as_bytes()).await.unwrap();
                socket.write_all(BEGUN.as_bytes()).await.unwrap();
                // No end: only the client can end it.
                let _ = socket.read(&mut [0]).await;
                tell.send(()).unwrap();
            }
        });
        let mut child = chat(&server, transport);
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        for question in ["one\n", "two\n"] {
            stdin.write_all(question.as_bytes()).unwrap();
            reads(&mut stdout, "Hel");
            interrupt(&child);
            // The line break comes after the end of the answer. What the program does next is to ask for a line.
            reads(&mut stdout, "\n");
            hung_up.recv().unwrap();
        }
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let note = "note: left out of the conversation: it was interrupted\n";
        assert_eq!((output.status.code(), stderr), (Some(0), note.repeat(2)));
        assert_eq!(asked(&server), [["user: one"], ["user: two"]]);
    }
}

#[test]
fn at_the_prompt_it_ends_the_program() {
    let server = Server::fake();
    let mut child = chat(&server, "reqwest");
    // The pipe stays open: the input doesn't end.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"hi\n").unwrap();
    reads(child.stdout.as_mut().unwrap(), "You said: hi\n");
    // One that comes before the program waits for the next line is none of its business.
    while child.try_wait().unwrap().is_none() {
        interrupt(&child);
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
}
