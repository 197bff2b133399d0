//! `keyward guard explain`: what becomes of a request, step by step.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keyward_guard::audit::Outcome;
use keyward_guard::explain::{Explanation, Step};
use keyward_guard::{Reason, RequestView, Verdict};
use serde::Serialize;

use super::file::GuardFile;
use super::http_request::HttpRequest;
use super::{FileArgument, loader};
use crate::config::log::LogSettings;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Explain {
    #[command(flatten)]
    file: FileArgument,
    /// File with the request as HTTP/1.1 has it, or as curl -v prints it; - for stdin
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Address that it comes from
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    peer: IpAddr,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The explanation as a program reads it.
#[derive(Serialize)]
struct Told<'e> {
    method: &'e str,
    target: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'e str>,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    steps: Vec<ToldStep<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    would_pass: Option<&'e str>,
}

#[derive(Serialize)]
struct ToldStep<'e> {
    step: &'static str,
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    found: &'e str,
}

/// Issuers are asked for their keys, and about the token where the route says so; nothing is counted.
pub(super) async fn run(explain: &Explain) -> Result<ExitCode, Failure> {
    let file = GuardFile::read(&explain.file.config)?;
    let request = HttpRequest::read(&explain.request)?;
    let warnings = LogSettings {
        level: "warn".into(),
        ..file.process.log.clone()
    };
    warnings.init()?;
    let guard = loader::build(&file, None, None)?;
    // Keys that cannot be had are a step of the explanation.
    let _ready = guard.start().await;
    let view = RequestView {
        method: &request.method,
        target: &request.target,
        host: request.host.as_deref(),
        headers: &request.headers,
        peer: explain.peer,
    };
    let explanation = guard.explain(view).await;
    if explain.json {
        output::json(&told(&request, &explanation))?;
    } else {
        let HttpRequest { method, target, .. } = &request;
        let path = target.split('?').next().unwrap_or_default();
        output::line(&format!("{method} {path}"))?;
        output::line(explanation.to_string().trim_end())?;
        if let Some(limits) = unlooked(&explanation) {
            output::line(&format!("limits: not looked at ({limits})"))?;
        }
    }
    Ok(match outcome(&explanation) {
        Outcome::Deny => ExitCode::FAILURE,
        Outcome::Allow | Outcome::ShadowDeny | Outcome::Answer => ExitCode::SUCCESS,
    })
}

/// The limits of a route whose request passes: they may refuse it yet.
fn unlooked(explanation: &Explanation) -> Option<String> {
    let route = explanation.decision.route.as_ref()?;
    let limits: Vec<&str> = route.limits().collect();
    let passes = matches!(explanation.decision.verdict, Verdict::Allow);
    (passes && !limits.is_empty()).then(|| limits.join(", "))
}

fn told<'e>(request: &'e HttpRequest, explanation: &'e Explanation) -> Told<'e> {
    let denial = match (&explanation.decision.verdict, &explanation.decision.shadowed) {
        (Verdict::Deny(denial), _) | (_, Some(denial)) => Some(denial),
        _ => None,
    };
    Told {
        method: request.method.as_str(),
        // A query may hold what a record must not.
        target: request.target.split('?').next().unwrap_or_default(),
        route: explanation.decision.route.as_ref().map(|route| &*route.name),
        outcome: outcome(explanation),
        status: denial.map(|denial| denial.reason.outward().status),
        reason: denial.map(|denial| denial.reason.code()),
        steps: explanation.steps.iter().map(told_step).collect(),
        needs: explanation.policy.as_deref(),
        would_pass: explanation.advice.as_deref(),
    }
}

fn told_step(step: &Step) -> ToldStep<'_> {
    ToldStep {
        step: step.name,
        passed: step.refused.is_none(),
        reason: step.refused.map(Reason::code),
        found: &step.found,
    }
}

fn outcome(explanation: &Explanation) -> Outcome {
    match (&explanation.decision.verdict, &explanation.decision.shadowed) {
        (Verdict::Deny(_), _) => Outcome::Deny,
        (Verdict::Answer(_), _) => Outcome::Answer,
        (Verdict::Allow, Some(_)) => Outcome::ShadowDeny,
        (Verdict::Allow, None) => Outcome::Allow,
    }
}
