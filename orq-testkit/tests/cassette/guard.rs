//! A test whose calls and cassette don't meet fails, and says why.

use std::error::Error;

use orq_core::transport::{Delivery, TransportErrorKind};
use orq_testkit::cassette::{Cassette, CassetteErrorKind, Mode, Recorder, Replay};

use crate::{Folder, KEY, Real, failure, read, request, send};

/// A cassette of one invoke for each of these bodies.
fn recorded(bodies: &[&'static str]) -> Folder {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"{}"]), folder.cassette());
    for &body in bodies {
        read(send(&recorder.handle(), request(body)));
    }
    recorder.save().unwrap();
    folder
}

#[test]
fn an_interaction_that_is_never_played_fails_the_test() {
    let folder = recorded(&[r#"{"a":1}"#, r#"{"a":2}"#]);
    let message = failure(|| {
        let replay = Replay::open(folder.cassette()).unwrap();
        send(&replay.handle(), request(r#"{"a":2}"#)).unwrap();
    });
    let expected =
        r#"interaction 1 was never played: POST /v2/deployments/invoke (invoke "chat", attempt 1)"#;
    assert!(message.contains(expected), "{message}");
    assert!(message.contains("test.json"), "{message}");
    assert!(!message.contains("interaction 2"), "{message}");
}

#[test]
fn a_handle_that_lives_on_elsewhere_hides_nothing() {
    let folder = recorded(&["{}"]);
    let replay = Replay::open(folder.cassette()).unwrap();
    let elsewhere = replay.handle();
    assert!(failure(|| drop(replay)).contains("never played"));
    drop(elsewhere);
}

#[test]
fn a_request_that_matches_nothing_is_told_the_nearest_interaction_and_the_differences() {
    let folder = recorded(&[
        r#"{"key":"chat","inputs":{"name":"Jane"},"n":[1,2]}"#,
        r#"{"key":"other","x":0,"y":0}"#,
    ]);
    let replay = Replay::open(folder.cassette()).unwrap();
    replay.allow_unused();
    let body = format!(r#"{{"key":"chat","inputs":{{"name":"Joe {KEY}"}},"n":[1,2,3]}}"#);
    let error = send(&replay.handle(), request(body)).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Other);
    assert_eq!(error.delivery(), Delivery::MaybeSent);

    let source = error.source().unwrap().to_string();
    let message = failure(|| replay.verify());
    for text in [&source, &message] {
        assert!(
            text.contains("request 1 matches no unplayed interaction"),
            "{text}"
        );
        assert!(
            text.contains("the nearest is interaction 1, which is unplayed"),
            "{text}"
        );
        let name = r#"body/inputs/name: recorded "Jane", sent "Joe [redacted]""#;
        assert!(text.contains(name), "{text}");
        assert!(
            text.contains("body/n/2: recorded nothing, sent 3"),
            "{text}"
        );
        assert!(!text.contains(KEY), "{text}");
    }
}

#[test]
fn an_interaction_is_played_once() {
    let folder = recorded(&["{}"]);
    let replay = Replay::open(folder.cassette()).unwrap();
    send(&replay.handle(), request("{}")).unwrap();
    send(&replay.handle(), request("{}")).unwrap_err();
    let message = failure(|| drop(replay));
    assert!(
        message.contains("the nearest is interaction 1, which was played already"),
        "{message}"
    );
}

#[test]
fn unused_interactions_can_be_allowed_but_not_requests_that_match_nothing() {
    let folder = recorded(&["{}"]);
    Replay::open(folder.cassette()).unwrap().allow_unused();

    let replay = Replay::open(folder.cassette()).unwrap();
    replay.allow_unused();
    send(&replay.handle(), request("[]")).unwrap_err();
    assert!(failure(|| drop(replay)).contains("matches no unplayed interaction"));
}

#[test]
fn a_test_that_fails_already_keeps_its_own_message_and_its_cassette() {
    let folder = recorded(&["{}"]);
    let before = folder.text();
    let message = failure(|| {
        let _replay = Replay::open(folder.cassette()).unwrap();
        let recorder = Recorder::new(Real::chunks(&[]), folder.cassette());
        read(send(&recorder.handle(), request("[]")));
        panic!("the test's own failure");
    });
    assert_eq!(message, "the test's own failure");
    assert_eq!(folder.text(), before);
}

#[test]
fn a_recording_is_written_when_its_guard_is_dropped() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"x"]), folder.cassette());
    read(send(&recorder.handle(), request("{}")));
    drop(recorder);
    assert_eq!(folder.files(), ["test.json"]);
    assert_eq!(folder.json()["interactions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_recording_that_cannot_be_written_is_an_error_or_fails_the_test() {
    let folder = Folder::new();
    folder.write("a file in the place of a folder");
    let path = folder.cassette().join("cassette.json");
    let error = Recorder::new(Real::chunks(&[]), path.clone())
        .save()
        .unwrap_err();
    assert_eq!(error.kind(), CassetteErrorKind::Write);
    assert_eq!(error.path(), Some(path.as_path()));
    assert!(error.source().is_some());

    let message = failure(|| drop(Recorder::new(Real::chunks(&[]), path)));
    assert!(message.contains("can't be written: "), "{message}");

    // It is a folder that stands in the way here, and nothing is left beside it.
    let folder = Folder::new();
    std::fs::create_dir_all(folder.cassette()).unwrap();
    let saved = Recorder::new(Real::chunks(&[]), folder.cassette()).save();
    assert_eq!(saved.unwrap_err().kind(), CassetteErrorKind::Write);
    assert_eq!(folder.files(), ["test.json"]);
}

#[test]
fn debug_output_holds_neither_keys_nor_bodies() {
    let folder = Folder::new();
    let recorder = Recorder::new(Real::chunks(&[b"a private answer"]), folder.cassette());
    let answer = send(&recorder.handle(), request(r#""a private question""#)).unwrap();
    let printed = format!("{recorder:?} {:?} {answer:?}", recorder.handle());
    read(Ok(answer));
    recorder.save().unwrap();
    let replay = Replay::open(folder.cassette()).unwrap();
    let answer = send(&replay.handle(), request(r#""a private question""#)).unwrap();
    let printed = format!("{printed} {replay:?} {:?} {answer:?}", replay.handle());
    assert!(
        !printed.contains("private") && !printed.contains(KEY),
        "{printed}"
    );
}

#[test]
fn a_test_that_fails_by_itself_still_tells_what_matched_nothing() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "guard::a_request_that_nobody_recorded",
        ])
        .output()
        .unwrap();
    let shown = String::from_utf8(child.stderr).unwrap();
    let (_, beside) = shown
        .split_once("Also, for the same test: Replay of")
        .unwrap();
    assert!(beside.contains("recorded 1, sent 2"), "{shown}");
    assert!(!shown.contains("never played"), "{shown}");
}

#[test]
#[ignore = "the test above runs it in a process of its own, to see what it prints"]
fn a_request_that_nobody_recorded() {
    let folder = recorded(&[r#"{"a":1}"#]);
    let replay = Replay::open(folder.cassette()).unwrap();
    send(&replay.handle(), request(r#"{"a":2}"#)).unwrap();
}

#[test]
fn a_session_that_is_finished_says_everything_once() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("guard::a_session_that_fails")
        .output()
        .unwrap();
    let shown = String::from_utf8(child.stderr).unwrap();
    assert_eq!(shown.matches("recorded 1, sent 2").count(), 1, "{shown}");
}

#[test]
#[ignore = "the test above runs it in a process of its own, to see what it prints"]
fn a_session_that_fails() {
    let folder = recorded(&[r#"{"a":1}"#]);
    let real = || Err::<Real, _>(std::io::Error::other("not needed"));
    let session = Cassette::at(folder.cassette())
        .open(Mode::Replay, real)
        .unwrap();
    let _ = send(&session.handle(), request(r#"{"a":2}"#)).is_err();
    session.finish().unwrap();
}
