use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;

use super::administrator::Administrator;
use super::realm_file::{self, CLIENTS, Keys, credentials};
use super::{Plan, wait};
use crate::caller::Repeat;
use crate::connection::Connection;
use crate::load::{Load, Measured};
use crate::server::{Installation, Server};
use crate::{Failure, clock, machine, request};

/// Realms that are made without keys of their own, one at a time, each when keys may be ready for it.
const UNHURRIED: usize = 7;
/// Between two of them.
const PAUSE: Duration = Duration::from_secs(3);
/// The same without a pause.
const HURRIED: usize = 7;
/// The administrator's token is good for a minute.
const LOGS_IN_EVERY: usize = 50;

const LONGEST_CREATION_MS: f64 = 30.0;
const LONGEST_START_MS: f64 = 2_000.0;

/// Everything about many realms, as lines.
pub(super) fn measured(plan: &Plan, installation: &Installation, runtime: &Runtime) -> Result<String, Failure> {
    let mut text = format!("\n{} realms of {CLIENTS} clients\n", plan.realms);
    let mut say = |line: String| {
        let _ = writeln!(text, "  {line}");
    };
    let server = installation.start()?;
    say(format!("one realm: memory {:.1} MiB", mib(&server)?));
    eprintln!("creating realms");
    say(keys_ahead(&server, "0", runtime)?);
    let before = machine::cpu_time(server.process())?;
    let mut times = wait(runtime, create_all(&server, plan.realms))?;
    let spent = machine::cpu_time(server.process())?.saturating_sub(before);
    let each = spent / u32::try_from(plan.realms)?;
    say(format!(
        "creation with keys that came along: {:.1} ms of the core each",
        clock::millis(each)
    ));
    let last = times.len().saturating_sub(100);
    let mut latest = times.split_off(last);
    say(spread(
        "creation with keys that came along, but the last hundred",
        &mut times,
    ));
    say(spread(
        "creation with keys that came along, the last hundred",
        &mut latest,
    ));
    say(keys_ahead(&server, "all", runtime)?);
    server.stop()?;

    eprintln!("start with all of them");
    let server = installation.start()?;
    let tokens = |server: &Server, realm: usize| {
        (0..CLIENTS)
            .map(|client| token(server, realm, client))
            .collect::<Vec<_>>()
    };
    let first = tokens(&server, plan.realms / 2).swap_remove(0);
    wait(runtime, async {
        Connection::open(server.address)
            .await?
            .exchange(&first)
            .await?
            .expect(200)
    })?;
    let started = clock::millis(server.spawned.elapsed());
    let spent = clock::millis(machine::cpu_time(server.process())?);
    say(format!(
        "start: ready {:.0} ms, first token {started:.0} ms after exec, {spent:.0} ms of the core; <= {LONGEST_START_MS:.0}: {}",
        clock::millis(server.ready_after),
        verdict(started <= LONGEST_START_MS)
    ));
    let mut touched = wait(runtime, touch_all(&server, plan.realms))?;
    say(spread("first token of each realm", &mut touched));
    say(format!("all realms in memory: {:.1} MiB", mib(&server)?));

    eprintln!("tokens of one realm and of all");
    let one: Arc<[Vec<u8>]> = tokens(&server, 0).into();
    let all: Arc<[Vec<u8>]> = (0..plan.realms).flat_map(|realm| tokens(&server, realm)).collect();
    let mut pairs = Vec::new();
    for _ in 0..plan.pairs {
        pairs.push((
            load(&server, &one, plan).run(runtime)?,
            load(&server, &all, plan).run(runtime)?,
        ));
    }
    say(compared("tokens a second", &pairs, |measured| measured.per_second));
    say(compared("us of the core", &pairs, |measured| measured.cpu_micros));
    say(compared("p50 ms", &pairs, |measured| clock::millis(measured.p50)));
    say(compared("p99 ms", &pairs, |measured| clock::millis(measured.p99)));
    server.stop()?;
    Ok(text)
}

/// Creation where the server makes the keys: with pauses, in which it makes some ahead, and without.
fn keys_ahead(server: &Server, beside: &str, runtime: &Runtime) -> Result<String, Failure> {
    wait(runtime, async {
        let (mut unhurried, mut hurried) = (Vec::new(), Vec::new());
        for number in 0..UNHURRIED + HURRIED {
            let administrator = Administrator::log_in(server).await?;
            if number <= UNHURRIED {
                tokio::time::sleep(PAUSE).await;
            }
            let realm = realm_file::without_keys(&format!("new-{beside}-{number}"));
            let took = create(&administrator, &realm).await?;
            if number < UNHURRIED {
                &mut unhurried
            } else {
                &mut hurried
            }
            .push(took);
        }
        let paused = spread("", &mut unhurried);
        Ok(format!(
            "creation beside {beside} of them, keys made by the server, {} s apart: {paused}; at once one after the \
             other: {}",
            PAUSE.as_secs(),
            spread("", &mut hurried)
        ))
    })
}

async fn create_all(server: &Server, realms: usize) -> Result<Vec<f64>, Failure> {
    let keys = Keys::new()?;
    let mut times = Vec::with_capacity(realms);
    let mut administrator = Administrator::log_in(server).await?;
    for number in 0..realms {
        if number % LOGS_IN_EVERY == 0 {
            administrator = Administrator::log_in(server).await?;
        }
        times.push(create(&administrator, &keys.realm(number)?).await?);
    }
    Ok(times)
}

/// Milliseconds.
async fn create(administrator: &Administrator, realm: &Value) -> Result<f64, Failure> {
    let begin = clock::now();
    administrator.create("/realms", realm).await?;
    Ok(clock::millis(begin.elapsed()))
}

/// The first token of each realm, in milliseconds.
async fn touch_all(server: &Server, realms: usize) -> Result<Vec<f64>, Failure> {
    let mut connection = Connection::open(server.address).await?;
    let mut times = Vec::with_capacity(realms);
    for realm in 0..realms {
        let begin = clock::now();
        connection.exchange(&token(server, realm, 0)).await?.expect(200)?;
        times.push(clock::millis(begin.elapsed()));
    }
    Ok(times)
}

fn token(server: &Server, realm: usize, client: usize) -> Vec<u8> {
    let path = format!("/realms/{}/protocol/openid-connect/token", realm_file::name(realm));
    let grant = ("grant_type", "client_credentials");
    request::post_as(server.address, &path, grant, &credentials(client))
}

fn load(server: &Server, requests: &Arc<[Vec<u8>]>, plan: &Plan) -> Load {
    Load {
        address: server.address,
        process: server.process(),
        callers: Repeat::callers(requests, "\"access_token\":", plan.connections),
        duration: plan.seconds,
    }
}

fn spread(name: &str, times: &mut [f64]) -> String {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let [median, p99] = [at(50), at(99)].map(|time| time.copied().unwrap_or_default());
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("{name}: ")
    };
    let met = if name.contains("creation") || name.is_empty() {
        format!(
            "; <= {LONGEST_CREATION_MS:.0}: {}",
            verdict(median <= LONGEST_CREATION_MS)
        )
    } else {
        String::new()
    };
    format!("{name}median {median:.1} ms, p99 {p99:.1} ms{met}")
}

/// The median of each side, and of the ratios.
fn compared(name: &str, pairs: &[(Measured, Measured)], figure: fn(&Measured) -> f64) -> String {
    let middle = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        list.get(list.len() / 2).copied().unwrap_or_default()
    };
    let one = middle(pairs.iter().map(|(one, _)| figure(one)).collect());
    let all = middle(pairs.iter().map(|(_, all)| figure(all)).collect());
    let ratio = middle(pairs.iter().map(|(one, all)| figure(all) / figure(one)).collect());
    format!("{name}: one realm {one:.2}, all realms {all:.2}, ratio {ratio:.2}")
}

fn mib(server: &Server) -> Result<f64, Failure> {
    let kib = u32::try_from(machine::resident_kib(server.process())?)?;
    Ok(f64::from(kib) / 1024.0)
}

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
