//! The counts that must not grow.

use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig};

/// A line for each benchmark: its name, and its instructions.
const COUNTS: &str = include_str!("counts.txt");

/// How much a count may exceed the one that was noted, in percent.
///
/// A count repeats to within a few instructions on one machine with one compiler. The room is for other compilers, other
/// allocators of the C library, and processors for which memchr, simdutf8 and the C library choose other code.
pub(crate) const PERCENT: u64 = 3;

/// Returns the configuration of a benchmark. One that isn't in `counts.txt` has no limit.
pub(crate) fn limited(name: &str) -> LibraryBenchmarkConfig {
    let mut lines = COUNTS.lines().filter_map(|line| line.split_once(' '));
    let noted = lines.find(|(noted, _)| *noted == name);
    let noted = noted.and_then(|(_, count)| count.parse::<u64>().ok());
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    if let Some(count) = noted {
        callgrind.hard_limits([(EventKind::Ir, count + count * PERCENT / 100)]);
    }
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}
