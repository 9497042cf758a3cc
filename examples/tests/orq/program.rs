//! Running the program.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// The key that the program is given. Nothing it prints may hold it.
pub(crate) const KEY: &str = "sk-orq-8f14e45fceea";

pub(crate) const TRANSPORTS: [&str; 2] = ["reqwest", "hyper"];

/// `orq` with these arguments, the key and no other variable of its own.
pub(crate) fn orq<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orq"));
    for variable in ["ORQ_BASE_URL", "ORQ_ENVIRONMENT", "ORQ_CONTACT_ID"] {
        command.env_remove(variable);
    }
    command.env("ORQ_API_KEY", KEY);
    command.args(arguments);
    command
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `orq` with these arguments against the server at `url`.
pub(crate) fn run<'a>(url: &str, arguments: impl IntoIterator<Item = &'a str>) -> Run {
    end(orq(arguments).env("ORQ_BASE_URL", url), "")
}

/// Runs a command to its end, with `stdin` to read.
pub(crate) fn end(command: &mut Command, stdin: &str) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that doesn't read its stdin may be gone by now.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let run = Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!format!("{run:?}").contains(KEY), "{run:?}");
    run
}

impl Run {
    /// What a run that worked wrote.
    #[track_caller]
    pub(crate) fn good(&self) -> &str {
        assert_eq!((self.code, &*self.stderr), (0, ""), "{self:?}");
        &self.stdout
    }

    /// The fields of the last line of stderr, after a failure with `--output json`.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.code, 1, "{self:?}");
        let mut lines = self.stderr.lines();
        let document = lines.next_back().unwrap();
        let document: Value = serde_json::from_str(document).unwrap();
        let line = lines.next_back().unwrap();
        let kind = document["error"]["kind"].as_str().unwrap();
        assert!(line.starts_with(&format!("error[{kind}]: ")), "{line}");
        assert_eq!(document.as_object().unwrap().len(), 1);
        document["error"].clone()
    }
}

/// The program's error line with these fields, and null or 0 for the others.
pub(crate) fn expected(fields: Value) -> Value {
    let mut all = json!({
        "kind": null, "phase": null, "delivery": null, "timeout": null, "waited_ms": null, "status": null,
        "code": null, "message": null, "trace_id": null, "attempts": 0, "retry_after_ms": null,
        "partial_text": null,
    });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

/// Runs with each transport and `--output json`, and compares the error lines.
#[track_caller]
pub(crate) fn fails(url: &str, arguments: &[&str], fields: Value) -> Run {
    let [run, _] = TRANSPORTS.map(|transport| {
        let global = ["--output", "json", "--transport", transport];
        let run = run(url, arguments.iter().copied().chain(global));
        let mut error = run.error();
        // What the operating system says differs from one to the other.
        if fields.get("message").is_none() {
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            error["message"] = Value::Null;
        }
        assert_eq!(error, expected(fields.clone()), "{transport}");
        run
    });
    run
}
