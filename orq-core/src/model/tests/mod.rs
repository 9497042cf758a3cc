//! What every answer must stand, tested through the client's own entry, which gives warnings.

mod attacks;
mod passes;
mod property;
mod strict_client_rows;
mod wrong_shapes;

use super::{DecodeWarning, Wire, decode};

/// Reads an answer that must be readable, and its warnings as lines.
#[track_caller]
fn read<T: Wire>(json: &str) -> (T, Vec<String>) {
    let (value, warnings) = decode(json).unwrap();
    (
        value,
        warnings.list.iter().map(DecodeWarning::to_string).collect(),
    )
}

/// Reads an answer that must be readable without a warning.
#[track_caller]
fn read_clean<T: Wire>(json: &str) -> T {
    let (value, warnings) = read(json);
    assert_eq!(warnings, Vec::<String>::new());
    value
}
