//! `keyward guard test`: requests with what each should come to.
//!
//! Nothing real is asked: every issuer of the configuration gets a key that is made for the run, and answers questions
//! about tokens from what the cases say.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use keyward_client::UnixMillis;
use keyward_client::time::{Clock as _, SystemClock};
use keyward_guard::{Guard, RequestView};

use super::FileArgument;
use super::file::GuardFile;
use crate::failure::Failure;
use case::{Case, Cases};
use issuers::TestIssuers;
use outcome::Outcome;
use report::Report;

mod case;
mod claims;
mod issuers;
mod outcome;
mod report;
mod token;

/// Between two cases. No limit looks back further, so that none sees the requests of the case before.
const APART: Duration = Duration::from_hours(25);

#[derive(Args)]
pub(super) struct Test {
    /// File with the cases
    #[arg(value_name = "CASES")]
    cases: PathBuf,
    #[command(flatten)]
    file: FileArgument,
    /// Print one line of JSON for each case
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(test: &Test) -> Result<ExitCode, Failure> {
    let mut file = GuardFile::read(&test.file.config)?;
    let cases = Cases::read(&test.cases)?;
    for warning in cases.warnings(&claims::asked_for(&file.settings)) {
        eprintln!("{warning}");
    }
    let issuers = TestIssuers::start(&mut file.settings, &test.cases).await?;
    let mut builder = Guard::builder(file.settings.clone());
    for (id, keys) in issuers.keys() {
        builder = builder.keys(id, keys);
    }
    let guard = builder.build().map_err(|error| file.unbuilt(&error))?;
    // Known to the guard from here on; nothing is fetched.
    let _ready = guard.start().await;
    let mut report = Report::new(test.json);
    let mut now = SystemClock.now();
    for case in &cases.all {
        let outcome = tried(case, &cases, &issuers, &guard, now).await?;
        report.tell(&cases, case, &outcome)?;
        now = now.plus(APART);
    }
    report.end()
}

/// Sends a case's request as often as it says; the last one counts.
async fn tried(
    case: &Case,
    cases: &Cases,
    issuers: &Arc<TestIssuers>,
    guard: &Guard,
    now: UnixMillis,
) -> Result<Outcome, Failure> {
    let headers = headers(case, issuers, now).map_err(|why| cases.wrong(case, &why))?;
    let view = RequestView {
        method: &case.request.method,
        target: &case.request.target,
        host: case.host.as_deref(),
        headers: &headers,
        peer: case.peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
    };
    for _ in 1..case.times {
        guard.check_at(view, now).await;
    }
    let decision = guard.check_at(view, now).await;
    let mut outcome = Outcome::of(&decision);
    if !outcome.is(&case.expect) {
        outcome.steps = guard.explain_at(view, now).await.to_string();
    }
    Ok(outcome)
}

fn headers(case: &Case, issuers: &TestIssuers, now: UnixMillis) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &case.headers {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("headers: {name:?} is no name"))?;
        let value = HeaderValue::from_str(value).map_err(|_| format!("headers.{name}: this is no value"))?;
        headers.append(header, value);
    }
    if let Some(token) = &case.token {
        let text = issuers.issue(token, now)?;
        let value = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| "token: it fits into no header")?;
        headers.append(AUTHORIZATION, value);
    }
    Ok(headers)
}
