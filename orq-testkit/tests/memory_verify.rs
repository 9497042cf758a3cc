//! Where `MemoryTransport::verify` reports. Alone in its process, because a panic hook belongs to the whole process.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
};

use orq_testkit::MemoryTransport;

#[test]
fn verify_fails_at_the_callers_line() {
    let memory = MemoryTransport::new();
    memory.reply_status(200, "");

    let (seen, panics) = mpsc::channel();
    panic::set_hook(Box::new(move |info| {
        let location = info.location().unwrap();
        let _ = seen.send((location.file().to_owned(), location.line()));
    }));
    let line = line!() + 1;
    let verified = panic::catch_unwind(AssertUnwindSafe(|| memory.verify()));
    let _ = panic::take_hook();

    let message = verified.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("never used"), "{message}");
    let panics: Vec<_> = panics.try_iter().collect();
    assert_eq!(panics.len(), 1, "{panics:?}");
    assert!(panics[0].0.ends_with("memory_verify.rs"), "{panics:?}");
    assert_eq!(panics[0].1, line);
}
