//! Standard output, where nobody may be listening any more.

use std::io::{self, ErrorKind, Stdout, Write};

use crate::failure::Failure;

/// Standard output. What is written is there at once: a pipe's reader never waits for a full buffer.
pub(crate) struct Output {
    stdout: Stdout,
    at_line_start: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            stdout: io::stdout(),
            at_line_start: true,
        }
    }

    /// Writes `text` as it is.
    pub(crate) fn write(&mut self, text: impl AsRef<[u8]>) -> Result<(), Failure> {
        let text = text.as_ref();
        let Some(last) = text.last() else {
            return Ok(());
        };
        self.at_line_start = *last == b'\n';
        let written = self.stdout.write_all(text);
        written
            .and_then(|()| self.stdout.flush())
            .map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => Failure::ClosedPipe,
                _ => Failure::io("can't write the output", error),
            })
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: impl Into<Vec<u8>>) -> Result<(), Failure> {
        let mut line = text.into();
        line.push(b'\n');
        self.write(line)
    }

    /// Begins a new line, unless that is where the last text ended.
    pub(crate) fn fresh_line(&mut self) -> Result<(), Failure> {
        if self.at_line_start {
            return Ok(());
        }
        self.write("\n")
    }

    /// As [`fresh_line`](Output::fresh_line), for when something else has failed already.
    pub(crate) fn end_line(&mut self) {
        let _ = self.fresh_line();
    }
}

/// Writes a line to stderr, in one go. Nobody listening is no failure.
pub(crate) fn tell(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
