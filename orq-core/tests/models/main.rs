//! The models as a caller sees them.
//!
//! They must not depend on features of serde_json that another crate of the build may switch on, so they are to pass
//! with `--features serde_json/preserve_order,serde_json/arbitrary_precision`, too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod faithful;
mod filters;
mod messages;
mod requests;
mod shapes;
mod unwritable;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes exactly this text, reads it back equal, and writes it once more without a difference; by way of
/// `serde_json::Value` and a reader, too.
#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    let read: T = serde_json::from_str(text).unwrap();
    assert_eq!(&read, value);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let through_value = serde_json::from_value::<T>(serde_json::to_value(value).unwrap()).unwrap();
    assert_eq!(&through_value, value);
    assert_eq!(
        &serde_json::from_reader::<_, T>(text.as_bytes()).unwrap(),
        value
    );
}

/// Refuses this text, and says why.
#[track_caller]
fn refused<T: DeserializeOwned + Debug>(text: &str, error: &str) {
    assert_eq!(
        serde_json::from_str::<T>(text).unwrap_err().to_string(),
        error
    );
}
