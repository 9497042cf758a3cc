//! The time of a double, and the virtual time of a test.

mod manual;
mod sleep;
mod source;
mod virtual_clock;

pub use self::manual::ManualTimer;
pub(crate) use self::source::{Hold, TimeSource};
