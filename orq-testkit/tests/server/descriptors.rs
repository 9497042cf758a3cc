//! A program that has no file descriptors left.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use super::{program::Program, request};

#[test]
fn a_connection_waits_for_a_descriptor() {
    let limited = "ulimit -n 32; exec \"$0\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_fake-orq")]);
    let program = Program::run(&mut command);
    let health =
        request("GET", "/__fake/health", "").replacen("\r\n", "\r\nconnection: close\r\n", 1);
    let connect = |()| TcpStream::connect(&program.url).unwrap();
    // The system accepts them all, and the program as many as it has descriptors for.
    let mut idle: Vec<_> = [(); 64].map(connect).into();
    let mut waiting = connect(());
    waiting.write_all(health.as_bytes()).unwrap();
    let open = || {
        fs::read_dir(format!("/proc/{}/fd", program.id()))
            .unwrap()
            .count()
    };
    while open() < 32 {
        std::thread::yield_now();
    }
    idle.truncate(8);
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
