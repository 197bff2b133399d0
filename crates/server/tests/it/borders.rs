//! Who may know whom, read from the `use` lines (ARCHITECTURE.md).

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The code of every file below, without comments.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            found.push((path, code.join("\n")));
        }
    }
    found
}

/// Whether code names a module of this crate, however the path is written.
fn names(code: &str, module: &str) -> bool {
    let paths = [format!("crate::{module}"), format!("super::{module}")];
    let grouped = code
        .split("use crate::{")
        .skip(1)
        .filter_map(|rest| rest.split("};").next())
        .any(|group| {
            group
                .split([',', '{', '}'])
                .any(|name| name.trim().split("::").next() == Some(module))
        });
    paths.iter().any(|path| code.contains(path)) || grouped
}

#[test]
fn the_protocol_never_imports_the_administration() {
    let protocol = [
        "token",
        "guarded",
        "introspect.rs",
        "revoke.rs",
        "userinfo.rs",
        "logout",
        "account",
        "authorize",
        "login",
        "session",
        "pages",
        "grants.rs",
        "subjects.rs",
        "refresh_token.rs",
        "metadata.rs",
        "jwks.rs",
        "realm_info.rs",
        "http",
        "snapshot",
    ];
    let mut looked_at = 0;
    for (path, code) in sources(&root().join("src")) {
        let inside = path.strip_prefix(root().join("src")).unwrap().to_path_buf();
        if protocol.iter().any(|part| inside.starts_with(part)) {
            looked_at += 1;
            for forbidden in ["admin", "console", "jobs"] {
                assert!(!names(&code, forbidden), "{} names {forbidden}", inside.display());
            }
        }
    }
    assert!(looked_at >= 60, "the folders have moved");
}

#[test]
fn the_server_knows_storage_and_observation_by_their_ports_only() {
    for (path, code) in sources(&root().join("src")) {
        for forbidden in [
            "keyward_storage",
            "keyward_observe",
            "keyward_testkit",
            "rusqlite",
            "tokio_postgres",
        ] {
            assert!(!code.contains(forbidden), "{} names {forbidden}", path.display());
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let shipped = manifest.split("[dev-dependencies]").next().unwrap();
    for forbidden in [
        "keyward-storage",
        "keyward-observe",
        "keyward-testkit",
        "rusqlite",
        "tokio-postgres",
    ] {
        assert!(!shipped.contains(forbidden), "Cargo.toml names {forbidden}");
    }
}

#[test]
fn only_one_file_mints_each_kind_of_token() {
    for (path, code) in sources(&root().join("src")) {
        let inside = path.strip_prefix(root().join("src")).unwrap();
        for (word, files) in [
            // An example shows the claims to an administrator, unsigned.
            (
                "AccessTokenClaims",
                &["token/issue/access_token.rs", "admin/clients/evaluate/example.rs"][..],
            ),
            (
                "IdTokenClaims",
                &["token/issue/id_token.rs", "admin/clients/evaluate/example.rs"],
            ),
            (
                "sign_keyed",
                &[
                    "refresh_token.rs",
                    "login/action_token/token.rs",
                    "admin/clients/registration.rs",
                ],
            ),
        ] {
            assert!(
                !code.contains(word) || files.iter().any(|file| inside.ends_with(file)),
                "{} names {word}",
                inside.display()
            );
        }
        let signs = code.contains("jws::sign");
        assert!(
            !signs || inside.starts_with("token/issue"),
            "{} signs",
            inside.display()
        );
    }
}

#[test]
fn tokens_that_come_back_are_read_in_one_place_each() {
    for (path, code) in sources(&root().join("src")) {
        let inside = path.strip_prefix(root().join("src")).unwrap();
        for (word, places) in [
            ("Unverified", &["id_token_hint.rs", "admin/rest/caller.rs"][..]),
            ("verify_keyed", &["refresh_token.rs", "login/action_token/token.rs"]),
            (".recognize", &["guarded"]),
        ] {
            assert!(
                !code.contains(word) || places.iter().any(|place| inside.starts_with(place)),
                "{} names {word}",
                inside.display()
            );
        }
    }
}

#[test]
fn the_reader_of_use_lines_reads_all_forms() {
    assert!(names("use crate::admin::keys;", "admin"));
    assert!(names("use crate::{app::App, admin};", "admin"));
    assert!(names("use crate::{\n    admin::{keys, note},\n};", "admin"));
    assert!(names("let key = crate::admin::keys::generate();", "admin"));
    assert!(!names("use crate::app::App;\nlet admin = 1;", "admin"));
    assert!(!names("use crate::{app::App, http};", "admin"));
}
