use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::peers::{Checks, Program};
use super::tokens::Minter;
use super::{Plan, upstream};
use crate::caller::Repeat;
use crate::connection::Connection;
use crate::load::{Load, Measured};
use crate::{Failure, machine, paced};

/// Tokens that come again and again.
const REPEATED: u32 = 1_000;
/// Tokens of which none comes again before it is forgotten.
const DISTINCT: u32 = 20_000;
const CONNECTIONS: u16 = 64;
/// Pairs of latencies, without the program and through it.
const PAIRS: usize = 5;

/// The issuer and the API, in this process on the core of the load.
pub(super) struct Stage {
    runtime: Runtime,
    folder: PathBuf,
    nginx: PathBuf,
    api: SocketAddr,
    keys: SocketAddr,
    jwks: String,
    pem: String,
    repeated: Arc<[Vec<u8>]>,
    distinct: Arc<[Vec<u8>]>,
    refused: [Vec<u8>; 2],
}

/// One program's figures.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) cpu_micros: f64,
    pub(super) per_second: f64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    pub(super) rss_mib: f64,
    pub(super) note: Option<String>,
}

impl Stage {
    /// Sets it.
    pub(super) fn set(plan: &Plan) -> Result<Self, Failure> {
        let minter = Minter::new()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let jwks = serde_json::json!({ "keys": [minter.jwk()] }).to_string();
        let folder = std::env::temp_dir().join(format!("keyward-bench-guard-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let tokens = minter.tokens(DISTINCT)?;
        let distinct: Vec<Vec<u8>> = tokens.iter().map(|token| request(Some(token))).collect();
        let tampered = tokens.first().map(|token| token.replacen('.', ".e30", 1));
        Ok(Self {
            api: upstream::serve(&runtime, "text/plain", "ok")?,
            keys: upstream::serve(&runtime, "application/json", &jwks)?,
            repeated: distinct.iter().take(REPEATED as usize).cloned().collect(),
            distinct: distinct.into(),
            refused: [request(None), request(tampered.as_ref())],
            nginx: plan.nginx.clone(),
            pem: minter.pem(),
            runtime,
            folder,
            jwks,
        })
    }

    /// Every program in turn, several rounds of them, the median of each by its time on the core.
    pub(super) fn rows(&self, plan: &Plan) -> Result<Vec<Row>, Failure> {
        let keyward = Some(plan.keyward.clone());
        let mut rows = Vec::new();
        for (program, path, checks, distinct) in [
            (Program::Keyward, &keyward, Checks::None, false),
            (Program::Keyward, &keyward, Checks::Token, false),
            (Program::KeywardForgetful, &keyward, Checks::Token, true),
            (Program::NginxAndKeyward, &keyward, Checks::Token, false),
            (Program::Haproxy, &plan.haproxy, Checks::None, false),
            (Program::Haproxy, &plan.haproxy, Checks::Token, false),
            (Program::Envoy, &plan.envoy, Checks::None, false),
            (Program::Envoy, &plan.envoy, Checks::Token, false),
        ] {
            let what = match (checks, distinct) {
                (Checks::None, _) => "plain proxy",
                (Checks::Token, false) => "RS256, 1,000 tokens",
                (Checks::Token, true) => "RS256, all distinct",
            };
            let name = format!("{}, {what}", program.name());
            match path {
                Some(path) => rows.push(self.row(name, program, checks, path, plan)?),
                None => println!("{name}: not measured, its program was not given"),
            }
        }
        Ok(rows)
    }

    fn row(&self, name: String, program: Program, checks: Checks, path: &Path, plan: &Plan) -> Result<Row, Failure> {
        let requests = if program == Program::KeywardForgetful {
            &self.distinct
        } else {
            &self.repeated
        };
        let mut rounds = Vec::new();
        let (mut rss_mib, mut note) = (0.0, None);
        for round in 0..plan.rounds {
            let running = program.start(checks, path, self)?;
            if checks == Checks::Token {
                self.refuses(running.address)?;
            }
            let load = Load {
                address: running.address,
                process: running.measured,
                callers: Repeat::callers(requests, "ok", CONNECTIONS),
                duration: plan.seconds,
            };
            let measured = load.run(&self.runtime)?;
            if round == 0 {
                #[expect(clippy::cast_precision_loss, reason = "mebibytes for people")]
                let mib = machine::resident_kib(running.measured)? as f64 / 1024.0;
                rss_mib = mib;
                running.go_first();
                note = Some(self.latency(running.address, requests, &measured, plan)?);
            }
            rounds.push(measured);
        }
        rounds.sort_by(|a, b| a.cpu_micros.total_cmp(&b.cpu_micros));
        let middle = rounds.get(rounds.len() / 2).ok_or("no round")?;
        Ok(Row {
            name,
            cpu_micros: middle.cpu_micros,
            per_second: middle.per_second,
            p50: middle.p50,
            p99: middle.p99,
            rss_mib,
            note,
        })
    }

    /// What half of that load waits longer than the API alone would let it: the median of pairs, one right after the
    /// other, since a single second shows what else the host was doing.
    fn latency(
        &self,
        address: SocketAddr,
        requests: &Arc<[Vec<u8>]>,
        full: &Measured,
        plan: &Plan,
    ) -> Result<String, Failure> {
        let half = full.per_second / 2.0;
        let p99 = |address| {
            let paced = paced::p99(address, requests, half, plan.seconds / 2);
            self.runtime.block_on(paced)
        };
        let mut pairs = Vec::new();
        for _ in 0..PAIRS {
            let (alone, through) = (p99(self.api)?, p99(address)?);
            pairs.push((through.saturating_sub(alone), through, alone));
        }
        pairs.sort_unstable();
        let least = pairs.first().map_or(0, |(added, ..)| added.as_micros());
        let most = pairs.last().map_or(0, |(added, ..)| added.as_micros());
        let (added, through, alone) = pairs.get(PAIRS / 2).ok_or("no pair")?;
        Ok(format!(
            "at {half:.0} req/s: p99 {} us, the API alone {} us, added {} us ({least} to {most} in {PAIRS} pairs)",
            through.as_micros(),
            alone.as_micros(),
            added.as_micros()
        ))
    }

    /// Whether a good token gets through.
    pub(super) fn answers(&self, address: SocketAddr) -> bool {
        self.repeated
            .first()
            .is_some_and(|request| self.status(address, request).is_ok_and(|status| status == 200))
    }

    /// No token and a tampered one must not, before anything is measured.
    fn refuses(&self, address: SocketAddr) -> Result<(), Failure> {
        for request in &self.refused {
            let status = self.status(address, request)?;
            if status != 401 {
                return Err(format!("a bad request was answered with {status}").into());
            }
        }
        Ok(())
    }

    fn status(&self, address: SocketAddr, request: &[u8]) -> Result<u16, Failure> {
        self.runtime.block_on(async {
            let exchange = async {
                let mut connection = Connection::open(address).await?;
                Ok::<_, Failure>(connection.exchange(request).await?.status)
            };
            tokio::time::timeout(Duration::from_secs(2), exchange).await?
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn nginx(&self) -> &Path {
        &self.nginx
    }

    pub(super) fn api(&self) -> SocketAddr {
        self.api
    }

    pub(super) fn keys(&self) -> SocketAddr {
        self.keys
    }

    pub(super) fn jwks(&self) -> &str {
        &self.jwks
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn request(token: Option<&String>) -> Vec<u8> {
    let authorization = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    format!("GET /orders/17 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: bench/1\r\n{authorization}\r\n")
        .into_bytes()
}
