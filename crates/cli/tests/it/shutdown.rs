//! SIGTERM: what is under way finishes, what is not does not hold the process up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{Client, Keyward, Realm, basic, eventually, exchange, request};

fn dev() -> (tempfile::TempDir, Keyward, Realm, Client) {
    let folder = tempfile::tempdir().unwrap();
    let (process, line) = Keyward::dev(folder.path());
    let (realm, service) = (Realm::of_dev(&line), Client::of_dev(&line, "backend-service"));
    (folder, process, realm, service)
}

#[test]
fn a_request_that_is_half_sent_completes() {
    let (_folder, process, realm, service) = dev();
    let authorization = basic(&service.client_id, &service.secret);
    let form = "grant_type=client_credentials&scope=orders%3Aread";
    let text = request("POST", &realm.path("token"), &[("authorization", &authorization)], form);
    let head = text.len() - form.len();
    // One waits inside its body, one inside its head, one after it.
    let mut streams = [head + 10, head - 10, head].map(|cut| {
        let (first, second) = text.split_at(cut);
        let mut stream = TcpStream::connect(realm.address).unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        (stream, second)
    });
    // A whole exchange afterwards, so that the server has met the halves.
    realm.token(&service);
    process.terminate();
    eventually("no new connections", || {
        TcpStream::connect(realm.address).is_err().then_some(())
    });
    for (stream, second) in &mut streams {
        let answer = exchange(stream, second);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json()["scope"].as_str().unwrap().contains("orders:read"));
    }
    assert!(process.ended().status.success());
}

#[test]
fn idle_connections_hold_nothing_up() {
    let (_folder, mut process, realm, _) = dev();
    let mut silent = TcpStream::connect(realm.address).unwrap();
    let mut kept = TcpStream::connect(realm.address).unwrap();
    let text = request("GET", "/realms/demo", &[], "").replace("connection: close\r\n", "");
    assert_eq!(exchange(&mut kept, &text).status, 200);
    process.terminate();
    // Far below the time that a request under way would get.
    assert!(process.ends_within(Duration::from_secs(5)).success());
    for stream in [&mut silent, &mut kept] {
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    }
}

#[test]
fn a_signal_right_after_the_announcement_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    Keyward::dev(folder.path()).0.stop();
    for _ in 0..5 {
        Keyward::dev(folder.path()).0.stop();
    }
}
