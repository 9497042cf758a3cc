//! Rounds, medians and what is printed.

use std::time::{Duration, Instant};

use crate::{
    contenders::{CONTENDERS, Kind, UTF_8_FLOOR},
    inputs::Input,
    sample::{self, Sample, median},
};

/// Rounds an input.
const ROUNDS: usize = 61;
/// About how long one contender may take over all rounds; slow ones sit out some of them.
const BUDGET: Duration = Duration::from_secs(5);

/// What was measured on one input.
pub(crate) struct Report {
    family: &'static str,
    bytes: usize,
    rows: Vec<Row>,
}

/// What was measured of one contender.
struct Row {
    name: &'static str,
    kind: Kind,
    /// Median nanoseconds for the whole input.
    time: f64,
    /// Median of ours : theirs within a round.
    ratio: f64,
    allocations: usize,
    peak: usize,
}

impl Report {
    /// Measures all contenders on this input and prints what came out.
    pub(crate) fn measure(input: &Input) -> Self {
        let mut rounds = vec![[None::<Sample>; CONTENDERS.len()]; ROUNDS];
        let mut strides = [1; CONTENDERS.len()];
        for (round, samples) in rounds.iter_mut().enumerate() {
            for turn in 0..CONTENDERS.len() {
                // Everyone goes first equally often.
                let index = (turn + round) % CONTENDERS.len();
                if round % strides[index] == 0 {
                    let start = Instant::now();
                    samples[index] = sample::order(input, &CONTENDERS[index]);
                    let all = start.elapsed().as_nanos() * ROUNDS as u128;
                    let stride = usize::try_from(all / BUDGET.as_nanos()).unwrap_or(ROUNDS) + 1;
                    strides[index] = stride.min(ROUNDS / 3);
                }
            }
        }
        let ours = CONTENDERS
            .iter()
            .position(|contender| contender.kind == Kind::Ours);
        let rows = CONTENDERS.iter().enumerate().map(|(index, contender)| {
            let ratio = |round: &[Option<Sample>; CONTENDERS.len()]| {
                Some(round[ours?]?.time / round[index]?.time)
            };
            let samples = || rounds.iter().filter_map(|round| round[index]);
            Row {
                name: contender.name,
                kind: contender.kind,
                time: median(samples().map(|sample| sample.time).collect()),
                ratio: median(rounds.iter().filter_map(ratio).collect()),
                allocations: samples()
                    .map(|sample| sample.allocations)
                    .max()
                    .unwrap_or_default(),
                peak: samples()
                    .map(|sample| sample.peak)
                    .max()
                    .unwrap_or_default(),
            }
        });
        let report = Self {
            family: input.family,
            bytes: input.bytes,
            rows: rows.collect(),
        };
        report.print(input);
        report
    }

    fn print(&self, input: &Input) {
        let (events, chunks) = (input.tally.events as f64, input.chunks.len());
        println!(
            "\n{}: {events} events, {} bytes, {chunks} chunks",
            input.name, self.bytes
        );
        println!(
            "{:20}    ns/event  ours:theirs  allocs/event  peak bytes",
            ""
        );
        for row in &self.rows {
            let (time, allocations) = (row.time / events, row.allocations as f64 / events);
            let (name, ratio, peak) = (row.name, row.ratio, row.peak);
            println!("{name:20} {time:11.1} {ratio:12.3} {allocations:13.3} {peak:11}");
        }
    }

    /// The ratio to the fastest peer.
    fn best_peer(&self) -> f64 {
        let peers = self.rows.iter().filter(|row| row.kind == Kind::Peer);
        peers.map(|row| row.ratio).fold(0.0, f64::max)
    }

    /// The ratio to the floor with UTF-8.
    fn floor(&self) -> f64 {
        self.rows
            .iter()
            .find(|row| row.name == UTF_8_FLOOR)
            .map_or(f64::NAN, |row| row.ratio)
    }
}

/// Prints how the time a byte grows from the smallest large event to the largest.
pub(crate) fn print_growth(reports: &[Report]) {
    let mut large = reports.iter().filter(|report| report.family == "large");
    let (Some(first), Some(last)) = (large.next(), large.next_back()) else {
        return;
    };
    println!("\nlarge: time a byte of the largest event : that of the smallest");
    for (small, big) in first.rows.iter().zip(&last.rows) {
        let growth = (big.time / last.bytes as f64) / (small.time / first.bytes as f64);
        println!("{:20} {growth:8.3}", small.name);
    }
}

/// Prints the lines for machines.
pub(crate) fn print_ratios(reports: &[Report]) {
    println!();
    for family in Input::FAMILIES {
        let of_family = || reports.iter().filter(|report| report.family == *family);
        let worst = |ratio: fn(&Report) -> f64| of_family().map(ratio).fold(0.0, f64::max);
        if of_family().next().is_some() {
            let (peer, floor) = (worst(Report::best_peer), worst(Report::floor));
            println!("RATIO {family} best_peer={peer:.3} floor={floor:.3}");
        }
    }
}
