//! SQLite on a full disk: nothing half-written, and back by itself.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;

use crate::support::{Site, eventually};

/// A small file system in memory, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(&at)
            .output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            Some(Self(at))
        } else {
            println!("skipped: this user may not mount a file system");
            None
        }
    }

    /// Writes a file until there is no space left.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = File::create(&path).unwrap();
        for chunk in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![0; chunk]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, as a failed test may still have the file open.
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn opaque_tokens_wait_for_space() {
    let mut site = Site::new();
    let Some(disk) = Disk::mount(site.path("disk")) else {
        return;
    };
    let file = disk.0.join("keyward.db");
    site.database = Some(format!("sqlite:{}", file.display()));
    let (node, address) = site.serve();
    let (realm, reference, api) = site.realm(address, &["--format", "opaque"]);
    eventually("the realm", || (realm.ask(&reference).status == 200).then_some(()));
    let create = [
        "client",
        "create",
        "--realm",
        "demo",
        "--json",
        "--id",
        "signed",
        "--audience",
        "api",
    ];
    let signed = crate::support::Client::of_command(&site.run(&create));
    eventually("the client", || (realm.ask(&signed).status == 200).then_some(()));
    let before = realm.token(&reference);

    let ballast = disk.fill();
    // What is allocated already may still take a few.
    let mut last = before.clone();
    let refused = eventually("the full disk", || {
        let answer = realm.ask(&reference);
        if answer.status == 200 {
            last = answer.json()["access_token"].as_str().unwrap().to_owned();
            return None;
        }
        Some(answer)
    });
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    assert!(refused.header("retry-after").is_some());
    // What was promised is there, what needs no disk goes on.
    assert!(realm.is_active(&api, &before) && realm.is_active(&api, &last));
    let token = realm.token(&signed);
    assert_eq!(realm.revoke(&signed, &token).status, 503);
    assert!(realm.is_active(&api, &token));

    fs::remove_file(ballast).unwrap();
    eventually("space", || (realm.ask(&reference).status == 200).then_some(()));
    assert!(realm.is_active(&api, &realm.token(&reference)) && realm.is_active(&api, &last));
    assert_eq!(realm.revoke(&signed, &token).status, 200);
    assert!(!realm.is_active(&api, &token));
    let log = node.stop().stderr;
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    assert_eq!(integrity(&file), "ok");
}

fn integrity(file: &Path) -> String {
    let db = Connection::open(file).unwrap();
    db.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap()
}
