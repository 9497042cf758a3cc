//! Where a fixture fails its test. The panic hook is the process's, so this test has a process of its own.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    panic::{self, UnwindSafe},
    sync::mpsc,
};

use orq_testkit::fixture;

/// The line on which `test` fails, and why.
fn failure(test: impl FnOnce() + UnwindSafe) -> (u32, String) {
    let (seen, panics) = mpsc::channel();
    panic::set_hook(Box::new(move |info| {
        let location = info.location().unwrap();
        let _ = seen.send((location.file().to_owned(), location.line()));
    }));
    let outcome = panic::catch_unwind(test);
    let _ = panic::take_hook();
    let message = outcome.unwrap_err().downcast::<String>().unwrap();
    let (file, line) = panics.try_recv().unwrap();
    assert!(file.ends_with("fixture_lines.rs"), "{file}");
    (line, *message)
}

#[test]
fn a_pointer_that_fits_nowhere_fails_the_test_at_its_line() {
    let here = line!();
    let (line, message) = failure(|| {
        let _ = fixture::completion("Hi").set("/model/name", "x");
    });
    assert_eq!(line, here + 2);
    assert!(
        message.contains(r#"the pointer "/model/name" has no place"#),
        "{message}"
    );

    let here = line!();
    let (line, message) = failure(|| {
        let _ = fixture::not_found("x").remove("/eror");
    });
    assert_eq!(line, here + 2);
    assert!(message.contains("/eror"), "{message}");

    let here = line!();
    let (line, _) = failure(|| {
        let _ = fixture::list_page(["a"]).set("/data/2/key", "x");
    });
    assert_eq!(line, here + 2);
    let here = line!();
    let (line, _) = failure(|| {
        let _ = fixture::overloaded().status(7);
    });
    assert_eq!(line, here + 2);
}
