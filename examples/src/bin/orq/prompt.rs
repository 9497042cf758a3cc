//! Where the questions of a conversation come from.

use std::io::{self, IsTerminal};

use rustyline::{Behavior, Config, DefaultEditor, error::ReadlineError};
use tokio::task::spawn_blocking;

use crate::failure::Failure;

/// A line editor if stdin is a terminal, else the lines of stdin.
pub(crate) struct Prompt(Source);

enum Source {
    Editor(Box<DefaultEditor>),
    Stdin,
}

impl Prompt {
    /// Opens the terminal, or stdin. The editor writes to the terminal itself, so that the output can be a file.
    pub(crate) fn open() -> Result<Self, Failure> {
        if !io::stdin().is_terminal() {
            return Ok(Self(Source::Stdin));
        }
        let config = Config::builder()
            .auto_add_history(true)
            .behavior(Behavior::PreferTerm)
            .build();
        let editor = DefaultEditor::with_config(config).map_err(unreadable)?;
        Ok(Self(Source::Editor(Box::new(editor))))
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self.0, Source::Editor(_))
    }

    /// Waits for a line, while the runtime goes on, and returns the prompt for the next one. There is no line at the
    /// end of the input, nor after ^C or ^D. If the future is dropped, the thread that reads is left to itself.
    pub(crate) async fn line(mut self) -> Result<(Self, Option<String>), Failure> {
        let reading = spawn_blocking(move || match self.0.line() {
            Ok(line) => Ok((self, line)),
            Err(failure) => Err(failure),
        });
        match reading.await {
            Ok(read) => read,
            Err(panicked) => Err(unreadable(panicked)),
        }
    }
}

impl Source {
    fn line(&mut self) -> Result<Option<String>, Failure> {
        match self {
            Self::Editor(editor) => match editor.readline("> ") {
                Ok(line) => Ok(Some(line)),
                Err(ReadlineError::Eof | ReadlineError::Interrupted | ReadlineError::Signal(_)) => {
                    Ok(None)
                }
                Err(error) => Err(unreadable(error)),
            },
            Self::Stdin => match io::stdin().lines().next() {
                None => Ok(None),
                Some(line) => line.map(Some).map_err(unreadable),
            },
        }
    }
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::io("can't read the questions", io::Error::other(error))
}
