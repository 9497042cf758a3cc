//! The event stream decoder beside its peers and beside the least that any decoder must do.
//!
//! `cargo bench --bench sse_peers` decodes the same inputs with all of them in turn, many rounds over, and
//! compares times within a round only: what disturbs the machine disturbs neighbours alike. Each sample is
//! taken in a process of its own, because what one contender leaves behind in the allocator would help or
//! hinder the next, on large events by more than the decoders differ.
//!
//! It prints for each input the median time per event, the median of the ratios ours : theirs, allocations
//! per event and the peak of live memory; then for machines one line an input,
//! `RATIO <input> best_peer=<x> floor=<y>`: the ratio to the peer that is fastest there, and to finding line
//! ends and checking UTF-8 alone. Of the four sizes of `large` the worst counts.
//!
//! Names of inputs as arguments run those alone. Without `--bench` it checks that all decode alike.
#![allow(clippy::print_stdout, reason = "a report is what it is for")]

mod alloc;
mod contenders;
mod inputs;
mod report;
mod sample;

use std::process::ExitCode;

use contenders::{CONTENDERS, Kind};
use inputs::Input;
use report::Report;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, input, contender] = &arguments[..]
        && flag == sample::FLAG
    {
        return sample::take(input, contender);
    }
    let names: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |family: &str| names.is_empty() || names.iter().any(|name| *name == family);
    let inputs = Input::NAMES.iter().filter(|(family, _)| wanted(family));
    let inputs: Vec<Input> = inputs.filter_map(|(_, name)| Input::named(name)).collect();
    for input in &inputs {
        for contender in CONTENDERS
            .iter()
            .filter(|contender| contender.kind != Kind::Floor)
        {
            let tally = (contender.run)(&input.chunks);
            if tally != input.tally {
                println!(
                    "{} reads {tally:?} from {}, not {:?}",
                    contender.name, input.name, input.tally
                );
                return ExitCode::FAILURE;
            }
        }
    }
    if arguments.iter().any(|argument| argument == "--bench") {
        let reports: Vec<Report> = inputs.iter().map(Report::measure).collect();
        report::print_growth(&reports);
        report::print_ratios(&reports);
    }
    ExitCode::SUCCESS
}
