//! `keyward completions` and `keyward man`.

use crate::support::{keyward, run};

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&mut keyward(&["completions", shell])).printed();
        for word in ["realm", "rotate-secret", "add-to-composite", "whoami", "password-file"] {
            assert!(script.contains(word), "{word} is not in the script of {shell}");
        }
    }
    assert_eq!(run(&mut keyward(&["completions", "tcsh"])).status.code(), Some(2));
}

#[test]
fn a_misspelt_command_is_told() {
    let ended = run(&mut keyward(&["user", "craete", "carol"]));
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("create"), "{}", ended.stderr);
}

#[test]
fn the_two_ways_to_a_new_secret_name_each_other() {
    for (one, other) in [
        (
            &["client", "rotate-secret", "--help"][..],
            "keyward client secret rotate",
        ),
        (
            &["client", "secret", "rotate", "--help"],
            "keyward client rotate-secret",
        ),
    ] {
        let help = run(&mut keyward(one)).printed();
        assert!(help.contains(other), "{help}");
    }
}

#[test]
fn there_is_a_manual() {
    let page = run(&mut keyward(&["man"])).printed();
    assert!(page.contains(".TH keyward 1") && page.contains("realm"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    run(keyward(&["man", "--out"]).arg(folder.path())).printed();
    assert!(folder.path().join("keyward-client-create.1").exists());
}
