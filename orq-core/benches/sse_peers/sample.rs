//! One sample: a contender on an input, in a process of its own.

use std::{
    hint::black_box,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use crate::{
    alloc,
    contenders::{CONTENDERS, Contender},
    inputs::Input,
};

/// Tells the child process what it is.
pub(crate) const FLAG: &str = "--sample";

/// Untimed runs at the start: caches and branch predictors warm up, and the allocator settles on a strategy.
const WARM_UP: usize = 3;
/// Runs that take longer than this need no warming up.
const SLOW: Duration = Duration::from_millis(100);
/// Timed runs go on for this long.
const LENGTH: Duration = Duration::from_millis(10);
/// Shorter runs are timed several together.
const TICK: Duration = Duration::from_micros(50);

/// What a sample says.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Median nanoseconds for the whole input.
    pub(crate) time: f64,
    /// Allocations in one run.
    pub(crate) allocations: usize,
    /// The most bytes held at once.
    pub(crate) peak: usize,
}

/// Has a sample taken.
pub(crate) fn order(input: &Input, contender: &Contender) -> Option<Sample> {
    let mut child = Command::new(std::env::current_exe().ok()?);
    let output = child
        .args([FLAG, input.name, contender.name])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace();
    Some(Sample {
        time: words.next()?.parse().ok()?,
        allocations: words.next()?.parse().ok()?,
        peak: words.next()?.parse().ok()?,
    })
}

/// Takes a sample and prints it for the parent process.
pub(crate) fn take(input: &str, contender: &str) -> ExitCode {
    let contender = CONTENDERS
        .iter()
        .find(|candidate| candidate.name == contender);
    let (Some(input), Some(contender)) = (Input::named(input), contender) else {
        return ExitCode::FAILURE;
    };
    let run = || black_box((contender.run)(black_box(&input.chunks)));
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut once = time();
    if once < SLOW {
        once = (1..WARM_UP).map(|_| time()).fold(once, Duration::min);
    }
    let together = TICK.as_nanos() / once.as_nanos().max(1) + 1;
    let (start, mut times) = (Instant::now(), Vec::with_capacity(1000));
    while start.elapsed() < LENGTH {
        let start = Instant::now();
        for _ in 0..together {
            run();
        }
        times.push(start.elapsed().as_nanos() as f64 / together as f64);
    }
    let (_, counts) = alloc::count(run);
    println!("{} {} {}", median(times), counts.allocations, counts.peak);
    ExitCode::SUCCESS
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
