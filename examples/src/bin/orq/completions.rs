//! Scripts by which a shell completes the command line.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::{args::Arguments, failure::Failure, output::Output};

/// Writes the script of `shell`.
pub(crate) fn write(shell: Shell, output: &mut Output) -> Result<(), Failure> {
    // `generate` panics where it can't write, so it gets a buffer.
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "orq", &mut script);
    output.write(script)
}
