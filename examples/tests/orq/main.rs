//! `orq`, the command line, run as a program against servers on loopback.

mod failures;
mod fidelity;
mod flags;
mod pipes;
mod program;
mod server;
mod verbs;
