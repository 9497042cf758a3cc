//! `soak`, run as a program for a moment.

use std::{collections::BTreeMap, process::Command};

/// The number in each `name=number` of a line.
fn figures(line: &str) -> BTreeMap<&str, u64> {
    let pairs = line.split(' ').filter_map(|pair| pair.split_once('='));
    pairs
        .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
        .collect()
}

#[test]
fn nothing_is_lost_or_doubled_or_hangs() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["--seconds", "3", "--seed", "7"])
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let seen = format!("{stdout}{stderr}");
    assert_eq!(output.status.code(), Some(0), "{seen}");
    assert_eq!(stdout.lines().next(), Some("seed 7"), "{seen}");

    let last = stdout.lines().next_back().unwrap();
    let names: Vec<_> = last
        .split(' ')
        .map(|pair| pair.split('=').next().unwrap())
        .collect();
    let expected = [
        "calls",
        "faults",
        "lost",
        "doubled",
        "hung",
        "heap_after_warm_up",
        "heap_at_end",
    ];
    assert_eq!(names, expected, "{seen}");
    let figures = figures(last);
    assert_eq!(
        [figures["lost"], figures["doubled"], figures["hung"]],
        [0; 3],
        "{seen}"
    );
    // However slow the machine is: each worker makes one call at least in each part of the run.
    assert!(figures["calls"] >= 100 && figures["faults"] > 0, "{seen}");
    assert!(figures["heap_after_warm_up"] > 0, "{seen}");
}

#[test]
fn a_flag_that_it_does_not_know_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["--seeds", "7"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}
