//! The part of the attack table that any check of a JWT can judge, through HAProxy and Envoy. What ends otherwise there
//! is printed; nothing is wrong about it here.

use std::fmt::Write as _;

use keyward_guard::testing::TestKey;
use keyward_guard::testing::vectors::{Chapter, RequestTemplate, Vector, directory, run};
use keyward_jose::Algorithm;

use crate::stages::peers::{ENVOY, HAPROXY, Peer, Running};
use crate::support::issuers::Issuers;

const CHAPTERS: [&str; 5] = ["algorithm", "header", "claims", "size", "bearer"];

/// Whoever refuses these is set up wrongly.
const PLAINLY_GOOD: [&str; 3] = ["algorithm/rs256_is_taken", "algorithm/es256_is_taken", "claims/good"];

/// A vector, and the status that each program gives, in their order.
struct Row {
    vector: String,
    wanted: u16,
    got: Vec<u16>,
}

#[tokio::test]
async fn peers_end_otherwise() {
    let mut programs = Vec::new();
    for peer in [HAPROXY, ENVOY] {
        if let Some(running) = Running::start(peer).await {
            programs.push((peer, running));
        }
    }
    if programs.is_empty() {
        return;
    }
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let mut rows = Vec::new();
    for name in CHAPTERS {
        rows.extend(play(&plain(name), &programs, &issuers).await);
    }
    println!("{}", told(&programs, &rows));
    let good: Vec<_> = rows
        .iter()
        .filter(|row| PLAINLY_GOOD.contains(&row.vector.as_str()))
        .collect();
    assert_eq!(good.len(), PLAINLY_GOOD.len());
    for row in good {
        assert!(
            row.got.iter().copied().all(accepts),
            "{} refused: {:?}",
            row.vector,
            row.got
        );
    }
}

/// The vectors of a chapter that need one issuer with an RSA and a P-256 key, a GET and a token.
fn plain(name: &str) -> Chapter {
    let mut chapter = Chapter::load(&directory(), name).unwrap();
    chapter.vectors.retain(|vector| {
        let expected = vector
            .expect
            .as_ref()
            .is_some_and(|expect| matches!(expect.status, 200 | 401));
        expected && vector.config == "main" && is_plain(&vector.request) && has_their_algorithm(vector)
    });
    chapter
}

fn is_plain(request: &RequestTemplate) -> bool {
    let plain = RequestTemplate::default();
    request.method == plain.method
        && request.target == plain.target
        && request.host == plain.host
        && request.headers.is_none()
        && request.raw.is_none()
}

/// HAProxy 2.6 knows neither PS256 nor EdDSA.
fn has_their_algorithm(vector: &Vector) -> bool {
    vector.token.as_ref().is_some_and(|token| {
        let relabelled = token.header.contains_key("alg");
        token.key != Some(TestKey::Ed25519) && (relabelled || token.algorithm != Some(Algorithm::Ps256))
    })
}

async fn play(chapter: &Chapter, programs: &[(Peer, Running)], issuers: &Issuers) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (index, (_, running)) in programs.iter().enumerate() {
        let mut at = 0;
        // What the guard wants beside the status, no other program can know.
        let _ = run(chapter, running, issuers, |vector, _, answer| {
            let status = answer.status.as_u16();
            if index == 0 {
                rows.push(Row {
                    vector: format!("{}/{}", chapter.name, vector.name),
                    wanted: vector.expect.as_ref().unwrap().status,
                    got: Vec::new(),
                });
            }
            rows[at].got.push(status);
            at += 1;
        })
        .await;
        assert_eq!(at, rows.len());
    }
    rows
}

const fn accepts(status: u16) -> bool {
    status >= 200 && status < 300
}

/// The differences as a table, and how many there are.
fn told(programs: &[(Peer, Running)], rows: &[Row]) -> String {
    let mut text = String::new();
    for (peer, running) in programs {
        writeln!(text, "{}: {}", peer.name, running.version).unwrap();
    }
    write!(text, "{:<52}{:>9}", "vector", "expected").unwrap();
    for (peer, _) in programs {
        write!(text, "{:>9}", peer.name).unwrap();
    }
    for row in rows {
        if row.got.iter().any(|got| accepts(*got) != accepts(row.wanted)) {
            write!(text, "\n{:<52}{:>9}", row.vector, row.wanted).unwrap();
            for got in &row.got {
                write!(text, "{got:>9}").unwrap();
            }
        }
    }
    let (good, bad): (Vec<_>, Vec<_>) = rows.iter().partition(|row| accepts(row.wanted));
    let count = |rows: &[&Row], accepted: bool, verb: &str| {
        let counts = programs.iter().enumerate().map(|(index, (peer, _))| {
            let count = rows.iter().filter(|row| accepts(row.got[index]) == accepted).count();
            format!("{}{} {count}", peer.name, if index == 0 { verb } else { "" })
        });
        counts.collect::<Vec<_>>().join(", ")
    };
    let bad_count = count(&bad, true, " accepts");
    let good_count = count(&good, false, " refuses");
    write!(text, "\n{bad_count} of {} that must be refused", bad.len()).unwrap();
    write!(text, "\n{good_count} of {} that must be accepted", good.len()).unwrap();
    text
}
