//! The results, for people or programs.

use std::process::ExitCode;

use serde::Serialize;

use super::case::{Case, Cases, KnownReason};
use super::outcome::Outcome;
use crate::failure::Failure;
use crate::output;

/// Tells results as they come.
pub(super) struct Report {
    json: bool,
    tried: usize,
    failed: usize,
}

#[derive(Serialize)]
struct Line<'c> {
    name: &'c str,
    place: String,
    passed: bool,
    expected: Shown,
    got: Shown,
}

#[derive(Serialize)]
struct Shown {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            tried: 0,
            failed: 0,
        }
    }

    /// Tells one result; for one that is wrong, what differs and how the guard came to it.
    pub(super) fn tell(&mut self, cases: &Cases, case: &Case, outcome: &Outcome) -> Result<(), Failure> {
        let passed = outcome.is(&case.expect);
        self.tried += 1;
        self.failed += usize::from(!passed);
        if self.json {
            return output::json(&Line {
                name: &case.name,
                place: cases.place(case),
                passed,
                expected: Shown {
                    status: case.expect.status,
                    reason: case.expect.reason.map(|KnownReason(code)| code),
                },
                got: Shown {
                    status: outcome.status,
                    reason: outcome.reason,
                },
            });
        }
        if passed {
            return output::line(&format!("ok    {}", case.name));
        }
        output::line(&format!("FAIL  {}   ({})", case.name, cases.place(case)))?;
        output::line(&format!("      - {}\n      + {outcome}", case.expect))?;
        outcome
            .steps
            .lines()
            .try_for_each(|step| output::line(&format!("      {step}")))
    }

    /// The sum, and the exit code.
    pub(super) fn end(self) -> Result<ExitCode, Failure> {
        let Self { json, tried, failed } = self;
        if tried == 0 {
            return Err(Failure::new("there is no [[case]] in the file"));
        }
        if !json {
            let cases = if tried == 1 { "case" } else { "cases" };
            output::line(&format!("{tried} {cases}, {failed} failed"))?;
        }
        Ok(if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
