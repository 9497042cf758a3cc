//! The program `fake-orq`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream as StdTcpStream,
    process::{Child, Command, Stdio},
};

use serde_json::json;

use super::{request, request_with_key};

pub(super) struct Program {
    child: Child,
    pub(super) url: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_fake-orq")).args(arguments))
    }

    pub(super) fn run(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .strip_prefix("listening on http://")
            .unwrap()
            .trim_end()
            .to_owned();
        Self { child, url }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = StdTcpStream::connect(&self.url).unwrap();
        let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args(["-s", name, &self.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
    }

    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_serves_and_logs_without_keys() {
    let program = Program::start(&["--addr", "127.0.0.1:0"]);
    assert!(program.url.starts_with("127.0.0.1:"));
    let chat = request("POST", "/v2/deployments/invoke", r#"{"key": "chat"}"#);
    assert!(program.ask(&chat).starts_with("HTTP/1.1 200"));
    let stranger = request_with_key("sk-orq-secret", "GET", "/v2/deployments", "");
    assert!(program.ask(&stranger).starts_with("HTTP/1.1 401"));
    let log = program.stop();
    assert_eq!(
        log,
        "POST /v2/deployments/invoke 200 chat\nGET /v2/deployments 401\n"
    );
}

#[test]
fn the_program_takes_keys_and_a_seed() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/seed.json");
    let program = Program::start(&["--seed", seed, "--api-key", "one", "--api-key", "two"]);
    let body = r#"{"key": "greeter", "inputs": {"firstname": "Jane"}}"#;
    for (key, status) in [("one", 200), ("two", 200), ("sk-orq-test", 401)] {
        let request = request_with_key(key, "POST", "/v2/deployments/invoke", body);
        let answer = program.ask(&request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert_eq!(answer.contains("Hello Jane!"), status == 200, "{answer}");
    }
}

#[test]
fn the_program_has_bad_days_when_the_seed_says_so() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bad-days.json");
    let program = Program::start(&["--seed", seed, "--api-key", "given"]);
    let ask = |key: &str, verb: &str, deployment: &str| {
        let body = json!({"key": deployment}).to_string();
        let path = format!("/v2/deployments/{verb}");
        program.ask(&request_with_key(key, "POST", &path, &body))
    };
    // The seed's keys and the given ones are accepted, the default key is not.
    assert!(ask("sk-orq-test", "stream", "slow").starts_with("HTTP/1.1 401"));
    for key in ["sk-orq-seeded", "given"] {
        let slow = ask(key, "stream", "slow");
        assert!(slow.contains("x-ratelimit-limit: 100\r\n"), "{slow}");
        assert!(slow.contains("x-ratelimit-remaining: 99\r\n"), "{slow}");
        assert!(slow.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"), "{slow}");

        assert!(ask(key, "invoke", "busy").starts_with("HTTP/1.1 200"));
        let busy = ask(key, "invoke", "busy");
        assert!(busy.starts_with("HTTP/1.1 429"), "{busy}");
        assert!(busy.contains("retry-after: 86"), "{busy}");
        assert!(busy.contains("rate_limit_exceeded"), "{busy}");
    }

    let faulty = [1, 2, 3, 4, 5].map(|_| ask("given", "invoke", "faulty"));
    assert!(faulty[0].starts_with("HTTP/1.1 503"), "{}", faulty[0]);
    assert!(faulty[0].contains("provider_overloaded"), "{}", faulty[0]);
    assert_eq!(faulty[1], "");
    assert!(
        faulty[2].ends_with("this is not HTTP\r\n\r\n"),
        "{}",
        faulty[2]
    );
    assert!(faulty[3].contains("\r\n14\r\n"), "{}", faulty[3]);
    assert!(faulty[3].ends_with("\r\n0\r\n\r\n"), "{}", faulty[3]);
    assert!(faulty[4].starts_with("HTTP/1.1 502"), "{}", faulty[4]);
    assert!(faulty[4].contains("<html>"), "{}", faulty[4]);

    let scripted = ask("given", "stream", "scripted");
    assert!(
        scripted.contains("x-mine: a\r\nx-mine: b\r\n"),
        "{scripted}"
    );
    assert!(!scripted.contains("x-orq-trace-id"), "{scripted}");
    assert!(
        scripted.contains("data: {\"choices\":[]}\n\n"),
        "{scripted}"
    );
    assert!(
        scripted.ends_with("data: [DONE]\n\n\r\n"),
        "no last chunk: {scripted}"
    );
    let second = ask("given", "stream", "scripted");
    assert!(second.starts_with("HTTP/1.1 429"), "{second}");
    assert!(second.contains("\r\n{\"message\"\r\n0\r\n\r\n"), "{second}");

    let log = program.stop();
    assert!(
        log.contains("POST /v2/deployments/invoke 429 busy\n"),
        "{log}"
    );
    assert!(
        log.contains("POST /v2/deployments/invoke 503 faulty\n"),
        "{log}"
    );
    assert!(
        log.contains("POST /v2/deployments/invoke early_close\n"),
        "{log}"
    );
    assert!(!log.contains("given") && !log.contains("seeded"), "{log}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_program_after_what_has_begun() {
    for name in ["TERM", "INT"] {
        let mut idle = Program::start(&[]);
        idle.signal(name);
        assert_eq!(idle.child.wait().unwrap().code(), Some(0), "{name}");

        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/paced.json");
        let mut busy = Program::start(&["--seed", seed]);
        let mut stream = StdTcpStream::connect(&busy.url).unwrap();
        let paced = request("POST", "/v2/deployments/stream", r#"{"key": "paced"}"#);
        stream.write_all(paced.as_bytes()).unwrap();
        let mut begun = [0; 15];
        stream.read_exact(&mut begun).unwrap();
        busy.signal(name);
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"), "{rest}");
        assert_eq!(busy.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_program_at_once() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/paced.json");
    let mut program = Program::start(&["--seed", seed]);
    let mut stream = StdTcpStream::connect(&program.url).unwrap();
    let stalled = request("POST", "/v2/deployments/stream", r#"{"key": "stalled"}"#);
    stream.write_all(stalled.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 15]).unwrap();
    program.signal("TERM");
    // Until the first one has arrived, the second would be the same one.
    while StdTcpStream::connect(&program.url).is_ok() {
        std::thread::yield_now();
    }
    program.signal("TERM");
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_program_refuses_what_it_cannot_use() {
    let bad_seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bad-seed.json");
    let absent = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/absent.json");
    for (arguments, code, said) in [
        (
            &["--seed", bad_seed][..],
            1,
            "bad-seed.json: deployments[0]: missing field `key`",
        ),
        (&["--seed", absent], 1, "tests/data/absent.json: "),
        (&["--addr", "nonsense"], 1, "can't listen on nonsense"),
        (&["--api-key", ""], 2, "--api-key"),
        (&["--unheard-of"], 2, "--unheard-of"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fake-orq"))
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains(said), "{error}");
        assert!(output.stdout.is_empty());
    }
}
