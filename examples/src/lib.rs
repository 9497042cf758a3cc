//! Programs that show the orq.ai client at work: see `src/bin`.
//!
//! The library holds nothing; it makes the code in the workspace's `README.md` run as a test.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
