//! Each example, run as a program: it prints what the file `outputs/NAME.txt` says, whenever it is run.
//!
//! The examples are the files of `src/bin`, and the folders there for which there is such a file; other programs in folders
//! have tests of their own here. After a change of one: `cargo run --bin NAME > examples/tests/outputs/NAME.txt`.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::BTreeSet,
    env::consts::EXE_SUFFIX,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The names of the files in a folder of this package, without their extension.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension() == Some(OsStr::new(extension)))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn run(name: &str) -> (bool, String, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_quickstart"));
    let mut command = Command::new(program.with_file_name(format!("{name}{EXE_SUFFIX}")));
    for variable in [
        "ORQ_API_KEY",
        "ORQ_BASE_URL",
        "ORQ_CASSETTE",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        command.env_remove(variable);
    }
    let output = command.output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    (output.status.success(), stdout, stderr)
}

#[test]
fn each_example_has_an_expected_output() {
    let examples = names("src/bin", "rs");
    assert!(examples.contains("quickstart"));
    let expected = names("tests/outputs", "txt");
    let missing: Vec<_> = examples.difference(&expected).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn each_example_prints_its_expected_output() {
    for name in names("tests/outputs", "txt") {
        let file = format!("{}/tests/outputs/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let expected = fs::read_to_string(file).unwrap_or_default();
        assert_eq!(run(&name), (true, expected, String::new()), "{name}");
    }
}
