//! The scripts that have a shell complete the command line.

use crate::program::{end, orq};

#[test]
fn each_shell_has_a_script_that_needs_no_key() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let mut command = orq(["completions", shell]);
        let run = end(command.env_remove("ORQ_API_KEY"), "");
        for word in ["stream", "chat", "include-retrievals"] {
            assert!(run.good().contains(word), "{shell} {word}");
        }
    }
    assert_eq!(end(&mut orq(["completions", "cmd"]), "").code, 2);
}

#[test]
#[cfg(target_os = "linux")]
fn bash_completes_subcommands_flags_and_values() {
    use std::process::Command;

    let script = end(&mut orq(["completions", "bash"]), "").stdout;
    for (line, expected) in [
        ("orq str", "stream"),
        ("orq chat --sys", "--system"),
        ("orq list --transport h", "hyper"),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let last = words.len() - 1;
        let [word, before] = [words[last], words[last - 1]];
        let completed = format!(
            "{script}\nCOMP_WORDS=({line}); COMP_CWORD={last}; _orq orq '{word}' '{before}'; echo \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").args(["-c", &completed]).output();
        let output = output.unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!((stdout.trim(), &*stderr), (expected, ""), "{line}");
    }
}
