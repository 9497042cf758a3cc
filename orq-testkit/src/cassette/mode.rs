//! Whether a cassette is recorded or played.

use std::{env, fmt, str::FromStr};

use super::error::{CassetteError, CassetteErrorKind};
use crate::listed::listed;

listed! {
    ALL,
    /// What [`Cassette::open`](super::Cassette::open) does with a cassette: the values of `ORQ_CASSETTE`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Mode {
        /// `record`: the real transport is used, and its exchanges are written.
        Record = "record",
        /// `replay`: the cassette is replayed, and nothing is sent. The default.
        #[default]
        Replay = "replay",
        /// `off`: the real transport is used, and no cassette is read or written.
        Off = "off",
    }
}

impl Mode {
    /// The name of the environment variable: `ORQ_CASSETTE`.
    pub const VARIABLE: &'static str = "ORQ_CASSETTE";

    /// Returns the mode that the environment sets: [`Replay`](Mode::Replay) if `ORQ_CASSETTE` isn't set.
    ///
    /// White space around its value is ignored. No other function of this module reads the environment.
    ///
    /// # Errors
    ///
    /// [`CassetteErrorKind::Mode`] if the variable is set to anything but `record`, `replay` or `off`.
    pub fn from_env() -> Result<Self, CassetteError> {
        match env::var_os(Self::VARIABLE) {
            None => Ok(Self::default()),
            Some(value) => value.to_string_lossy().trim().parse(),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = CassetteError;

    fn from_str(text: &str) -> Result<Self, CassetteError> {
        let mode = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        mode.ok_or_else(|| {
            let message = format!(
                "{} is {text:?}; it can be record, replay or off",
                Self::VARIABLE
            );
            CassetteError::new(CassetteErrorKind::Mode, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_one_of_three_words() {
        for mode in Mode::ALL {
            assert_eq!(mode.to_string().parse::<Mode>().unwrap(), mode);
        }
        for text in ["", "Record", "replay ", "1"] {
            let error = text.parse::<Mode>().unwrap_err();
            assert_eq!(error.kind(), CassetteErrorKind::Mode);
            assert!(
                error.to_string().contains("record, replay or off"),
                "{error}"
            );
        }
    }
}
