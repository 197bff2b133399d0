use std::fmt::Write as _;

use serde::Serialize;

use crate::Failure;
use crate::machine::Machine;
use crate::row::Row;
use crate::storm::Storm;

/// Every figure of a run.
#[derive(Serialize)]
pub(crate) struct Report {
    /// The day of the run, if it was given.
    pub(crate) date: Option<String>,
    /// How the server was built, if it was given.
    pub(crate) profile: Option<String>,
    pub(crate) machine: Machine,
    /// Whether the bench itself was built with optimisation; without it the ceilings are far too low.
    pub(crate) optimized: bool,
    /// How long each scenario was measured.
    pub(crate) seconds: f64,
    pub(crate) connections: u16,
    /// How often each was measured.
    pub(crate) rounds: u16,
    #[serde(rename = "scenarios")]
    pub(crate) rows: Vec<Row>,
    /// The start that makes the database and the keys.
    pub(crate) first_start: Start,
    /// The start on what the first one left.
    pub(crate) second_start: Start,
    pub(crate) storm: Option<Storm>,
    pub(crate) memory: Memory,
}

/// A start-up, in milliseconds from the start of the process except the first.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "a name in the JSON carries its unit")]
pub(crate) struct Start {
    /// What the server states itself.
    pub(crate) stated_ready_ms: f64,
    /// Until it printed that it is ready.
    pub(crate) ready_ms: f64,
    /// Until a client held a token.
    pub(crate) first_token_ms: f64,
}

/// Resident memory of the server.
#[derive(Serialize)]
pub(crate) struct Memory {
    pub(crate) idle_kib: u64,
    pub(crate) after_load_kib: u64,
    /// After a start, and after each of so many people got tokens by their session.
    pub(crate) with_sessions_kib: Option<u64>,
    pub(crate) sessions: usize,
}

const FIRST_READY_MS: f64 = 1000.0;
const SECOND_TOKEN_MS: f64 = 100.0;
const IDLE_KIB: u64 = 25 * 1024;
const AFTER_LOAD_KIB: u64 = 40 * 1024;
const WITH_SESSIONS_KIB: u64 = 40 * 1024;

impl Report {
    /// The figures as a table for people.
    pub(crate) fn table(&self) -> String {
        let Machine {
            cpu,
            cpu_id,
            cores,
            avx512_ifma,
        } = &self.machine;
        let ifma = if *avx512_ifma { "with" } else { "without" };
        let mut lines = vec![
            format!("{cpu} ({cpu_id}), {cores} cores, {ifma} AVX-512 IFMA"),
            format!(
                "server on one core, {} connections, {} s each, the median of {}",
                self.connections, self.seconds, self.rounds
            ),
            String::new(),
            Row::head(),
        ];
        lines.extend(self.rows.iter().map(Row::line));
        lines.push(
            "ceiling = 1/(answers/hello + 1/crypto), before and after each row; a ratio decides where it has a target"
                .into(),
        );
        lines.push(String::new());
        let (first, second) = (&self.first_start, &self.second_start);
        lines.push(first.line("first start", "ready <= 1000 ms", first.ready_ms <= FIRST_READY_MS));
        lines.push(second.line(
            "second start",
            "token <= 100 ms",
            second.first_token_ms <= SECOND_TOKEN_MS,
        ));
        lines.extend(self.storm.iter().map(|storm| storm.line(verdict(storm.met()))));
        lines.push(memory("memory idle", self.memory.idle_kib, IDLE_KIB));
        lines.push(memory("memory after load", self.memory.after_load_kib, AFTER_LOAD_KIB));
        let name = format!("memory, {} sessions", self.memory.sessions);
        let with_sessions = self.memory.with_sessions_kib;
        lines.extend(with_sessions.map(|kib| memory(&name, kib, WITH_SESSIONS_KIB)));
        lines.extend(self.notes().iter().map(|note| format!("NOTE: {note}")));
        lines.iter().fold(String::new(), |mut text, line| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{line}");
            text
        })
    }

    /// Why this run's figures should not be quoted, if so.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.optimized {
            notes
                .push("the bench was built without optimisation: its ceilings are too low, no ratio counts".to_owned());
        }
        notes.extend(self.rows.iter().flat_map(Row::notes));
        notes
    }

    /// The figures as JSON.
    pub(crate) fn json(&self) -> Result<String, Failure> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl Start {
    fn line(&self, name: &str, target: &str, met: bool) -> String {
        let Self {
            stated_ready_ms,
            ready_ms,
            first_token_ms,
        } = self;
        let verdict = verdict(met);
        format!(
            "{name:<26}ready {ready_ms:.0} ms (stated {stated_ready_ms:.0}), first token {first_token_ms:.0} ms; \
             {target}: {verdict}"
        )
    }
}

fn memory(name: &str, kib: u64, target_kib: u64) -> String {
    let (mib, tenth) = (kib / 1024, kib % 1024 * 10 / 1024);
    format!(
        "{name:<26}{mib}.{tenth} MiB; <= {} MiB: {}",
        target_kib / 1024,
        verdict(kib <= target_kib)
    )
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
