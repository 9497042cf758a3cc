//! `orq`, the command line, run as a program against servers on loopback.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod broken;
mod chat;
mod completions;
mod everyday;
mod failures;
mod fidelity;
mod files;
mod flags;
mod interrupts;
mod pipes;
mod program;
mod quirks;
mod server;
mod verbs;
