//! `ORQ_CASSETTE`: one test that records, plays, or does neither.

use std::{borrow::Cow, convert::Infallible, env, io, process::Command};

use futures::executor::block_on;
use orq_core::DeploymentRequest;
use orq_testkit::{
    FakeOrq,
    cassette::{Cassette, CassetteErrorKind, Mode, Session},
};

use crate::{Folder, client, failure};

fn real() -> Result<FakeOrq, Infallible> {
    Ok(FakeOrq::new())
}

fn never() -> Result<FakeOrq, io::Error> {
    Err(io::Error::other("no network here"))
}

fn call(session: &Session) -> Option<String> {
    let deployments = client(session.handle(), FakeOrq::DEFAULT_API_KEY).deployments();
    let request = DeploymentRequest::new("chat").input("firstname", "Jane");
    let answer = block_on(deployments.invoke(&request)).unwrap();
    answer.text().map(Cow::into_owned)
}

#[test]
fn a_cassette_is_recorded_and_played_by_mode() {
    let folder = Folder::new();
    let cassette = Cassette::at(folder.cassette());

    let session = cassette.clone().open(Mode::Off, real).unwrap();
    assert_eq!(session.mode(), Mode::Off);
    let said = call(&session);
    session.finish().unwrap();
    assert!(folder.files().is_empty());

    let session = cassette.clone().open(Mode::Record, real).unwrap();
    assert_eq!(session.mode(), Mode::Record);
    assert_eq!(call(&session), said);
    session.finish().unwrap();
    assert_eq!(folder.files(), ["test.json"]);

    let session = cassette.open(Mode::Replay, never).unwrap();
    assert_eq!(session.mode(), Mode::Replay);
    assert_eq!(call(&session), said);
    session.finish().unwrap();
}

#[test]
fn a_session_is_a_guard_like_what_is_in_it() {
    let folder = Folder::new();
    let cassette = Cassette::at(folder.cassette());
    call(&cassette.clone().open(Mode::Record, real).unwrap());
    assert_eq!(folder.files(), ["test.json"]);
    let message = failure(|| drop(cassette.open(Mode::Replay, real)));
    assert!(message.contains("never played"), "{message}");
}

#[test]
fn what_is_missing_is_an_error_that_says_what_to_do() {
    let folder = Folder::new();
    let cassette = Cassette::at(folder.cassette());
    let error = cassette.clone().open(Mode::Replay, real).unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::NotFound);
    assert!(error.to_string().contains("ORQ_CASSETTE=record"), "{error}");

    let error = cassette.open(Mode::Record, never).unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Transport);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "no network here");
    assert!(folder.files().is_empty());
}

/// Not a test of its own: the next one runs it in a process whose environment it makes.
#[test]
fn mode_of_this_process() {
    match Mode::from_env() {
        Ok(mode) => println!("mode={mode}"),
        Err(error) => println!("error={error}"),
    }
}

#[test]
fn the_environment_chooses_the_mode() {
    let run = |value: Option<&str>| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "modes::mode_of_this_process", "--nocapture"]);
        match value {
            Some(value) => command.env(Mode::VARIABLE, value),
            None => command.env_remove(Mode::VARIABLE),
        };
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run(None).contains("mode=replay"));
    for mode in ["record", "replay", "off"] {
        for value in [mode, &format!("{mode}\r"), &format!(" {mode}\r\n")] {
            assert!(run(Some(value)).contains(&format!("mode={mode}")));
        }
    }
    for wrong in ["", "rec", "RECORD", "\"record\"", "re\rcord"] {
        let said = run(Some(wrong));
        let expected = format!("error=ORQ_CASSETTE is {wrong:?}; it can be record, replay or off");
        assert!(said.contains(&expected), "{said}");
    }
}
