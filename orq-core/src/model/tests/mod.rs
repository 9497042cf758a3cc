//! Tests of deserializing responses with `decode`, as the client does, which returns warnings.

mod attacks;
mod passes;
mod property;
mod strict_client_rows;
mod wrong_shapes;

use super::{DecodeWarning, Wire, decode};

/// Deserializes a valid response, and returns it with its warnings as strings.
#[track_caller]
fn read<T: Wire>(json: &str) -> (T, Vec<String>) {
    let (value, warnings) = decode(json).unwrap();
    (
        value,
        warnings.list.iter().map(DecodeWarning::to_string).collect(),
    )
}

/// Deserializes a valid response, which must have no warnings.
#[track_caller]
fn read_clean<T: Wire>(json: &str) -> T {
    let (value, warnings) = read(json);
    assert_eq!(warnings, Vec::<String>::new());
    value
}
