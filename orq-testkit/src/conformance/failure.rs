//! How a check tells that it failed.

use std::{error::Error, fmt};

/// What a check ends with.
pub(super) type Outcome = Result<(), CheckFailed>;

/// Why a check failed, in words.
#[derive(Debug)]
pub(super) struct CheckFailed(String);

impl CheckFailed {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error where there should be none, with all that caused it.
impl<E: Error> From<E> for CheckFailed {
    fn from(error: E) -> Self {
        let mut message = format!("unexpected failure: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            message += &format!(": {error}");
            cause = error.source();
        }
        Self(message)
    }
}

/// What should be there, or the check has failed.
pub(super) trait OrFail<T> {
    fn or_fail(self, message: &str) -> Result<T, CheckFailed>;
}

impl<T> OrFail<T> for Option<T> {
    fn or_fail(self, message: &str) -> Result<T, CheckFailed> {
        self.ok_or_else(|| CheckFailed::new(message))
    }
}

/// Fails the check unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::conformance::failure::CheckFailed::new(format!($($message)+)));
        }
    };
}

/// Fails the check unless both are equal. A message tells which case it was.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($message:tt)+) => {
        match (&$found, &$expected) {
            (found, expected) => {
                let case = format!($($message)+);
                $crate::conformance::failure::ensure!(*found == *expected, "{case}: {found:?} instead of {expected:?}");
            }
        }
    };
}

pub(super) use {ensure, ensure_eq};
