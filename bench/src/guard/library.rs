use std::fmt::Write as _;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use keyward_client::{JwksCache, KeySet};
use keyward_guard::{Guard, RequestView, Verdict};
use keyward_jose::Algorithm;
use serde::{Deserialize, Serialize};

use super::tokens::{AUDIENCE, ISSUER, Minter, SCOPE};
use crate::work::{self, Work};
use crate::{Failure, machine};

/// Tokens that come again and again.
const WARM_TOKENS: u32 = 1_000;
/// Checks of these tokens in one round.
const WARM_CHECKS: u32 = 200_000;
/// Tokens that come once.
const COLD_TOKENS: u32 = 5_000;
const ROUNDS: usize = 5;
const MANY_ISSUERS: u32 = 200;

/// Microseconds of one `Guard::check` in this process, the median of five rounds. Headers for an API behind it are not in
/// it: the layer makes none, and the gateway is measured whole.
#[derive(Serialize, Deserialize)]
pub(crate) struct Library {
    /// Of a token that was verified before.
    pub(crate) warm: f64,
    /// The same with 200 issuers.
    pub(crate) warm_many_issuers: f64,
    /// Of a token that comes for the first time.
    pub(crate) cold: f64,
    /// The same with 200 issuers.
    pub(crate) cold_many_issuers: f64,
    /// The bare check of an RS256 signature, before and after.
    pub(crate) bare_signature: f64,
}

/// Runs `command` (this program) and reads what it measured.
pub(crate) fn measured(command: &Command) -> Result<Library, Failure> {
    let mut again = Command::new(command.get_program());
    again
        .args(command.get_args())
        .arg("guard-library")
        .stdout(Stdio::piped());
    let output = again.output()?;
    if !output.status.success() {
        return Err("the bench of the library failed".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Measures on this thread and prints JSON.
pub(crate) fn measure() -> Result<(), Failure> {
    let minter = Minter::new()?;
    let warm = requests(&minter.tokens(WARM_TOKENS)?)?;
    let cold = requests(&minter.tokens(COLD_TOKENS)?)?;
    let bare = || work::rate(Work::Verify(Algorithm::Rs256), Duration::from_millis(500)).map(|rate| rate.cpu_micros);
    let (mut one, mut many) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut signatures = vec![bare()?];
    for _ in 0..ROUNDS {
        for (issuers, (warm_times, cold_times)) in [(1, &mut one), (MANY_ISSUERS, &mut many)] {
            let guard = guard(&minter, issuers)?;
            cold_times.push(micros(&guard, &cold, COLD_TOKENS)?);
            micros(&guard, &warm, WARM_TOKENS)?;
            warm_times.push(micros(&guard, &warm, WARM_CHECKS)?);
        }
        signatures.push(bare()?);
    }
    let library = Library {
        warm: median(one.0),
        warm_many_issuers: median(many.0),
        cold: median(one.1),
        cold_many_issuers: median(many.1),
        bare_signature: median(signatures),
    };
    println!("{}", serde_json::to_string(&library)?);
    Ok(())
}

fn requests(tokens: &[String]) -> Result<Vec<HeaderMap>, Failure> {
    let request = |token: &String| {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?);
        headers.insert("user-agent", HeaderValue::from_static("bench/1"));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        Ok(headers)
    };
    tokens.iter().map(request).collect()
}

fn guard(minter: &Minter, issuers: u32) -> Result<Guard, Failure> {
    let mut toml = format!(
        "[server]\nverified_tokens = 20000\n[policy.read]\naudience = [\"{AUDIENCE}\"]\nscopes.all = [\"{SCOPE}\"]\n\
         [[route]]\npath = \"/orders/{{id}}\"\nmethods = [\"GET\"]\npolicy = \"read\"\n"
    );
    for number in 0..issuers {
        let url = if number == issuers / 2 {
            ISSUER.to_owned()
        } else {
            format!("http://127.0.0.1/realms/r{number}")
        };
        writeln!(
            toml,
            "[[issuer]]\nid = \"i{number}\"\nurl = \"{url}\"\npreset = \"keycloak\""
        )?;
    }
    let mut builder = Guard::builder(keyward_guard::Settings::from_toml(&toml)?);
    for number in 0..issuers {
        builder = builder.keys(format!("i{number}"), JwksCache::fixed(KeySet::new([&minter.jwk()])));
    }
    Ok(builder.build()?)
}

/// Microseconds for each of `checks` checks, the requests one after another.
fn micros(guard: &Guard, requests: &[HeaderMap], checks: u32) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let process = std::process::id();
        let before = machine::cpu_time(process)?;
        for headers in requests.iter().cycle().take(checks as usize) {
            let view = RequestView {
                method: &Method::GET,
                target: "/orders/17",
                host: Some("api.example.com"),
                headers,
                peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            };
            let decision = guard.check(view).await;
            if !matches!(decision.verdict, Verdict::Allow) {
                return Err(format!("a good token was refused: {:?}", decision.verdict).into());
            }
            black_box(decision);
        }
        let cpu = machine::cpu_time(process)?.saturating_sub(before);
        Ok(cpu.as_secs_f64() * 1e6 / f64::from(checks))
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
