use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::args::Options;
use crate::ceiling::Hello;
use crate::connection::Connection;
use crate::machine::Machine;
use crate::report::{Memory, Report, Start};
use crate::scenario::{self, SCENARIOS};
use crate::server::{Installation, Server};
use crate::subject::{self, Subject};
use crate::{Failure, clock};

/// What the bench was asked to do.
pub(crate) struct Plan {
    server: PathBuf,
    folder: PathBuf,
    /// How long each scenario is measured.
    pub(crate) duration: Duration,
    pub(crate) connections: u16,
    /// How often each scenario is measured; the round whose ratio is the median counts.
    pub(crate) rounds: u16,
    date: Option<String>,
    profile: Option<String>,
    only: Option<String>,
}

/// How many people are logged in when memory is measured.
const SESSIONS: usize = 10_000;
/// What a server does right after its start is over by then.
const SETTLED: Duration = Duration::from_millis(500);

impl Plan {
    /// Reads the command line of `keyward-bench token`.
    pub(crate) fn from_options(options: &Options) -> Result<Self, Failure> {
        let server = options.required("server")?;
        let server = PathBuf::from(server)
            .canonicalize()
            .map_err(|error| format!("--server {server}: {error}"))?;
        // Beside the program by default, not in /tmp, which is often memory: an fsync must reach a disk.
        let parent = options
            .text("data")
            .map(PathBuf::from)
            .or_else(|| server.parent().map(PathBuf::from));
        let folder = parent
            .unwrap_or_default()
            .join(format!("keyward-bench-{}", std::process::id()));
        let connections = options.number("connections", 16)?;
        if connections == 0 {
            return Err("--connections: at least one is needed".into());
        }
        let rounds = options.number("rounds", 1)?;
        if rounds == 0 {
            return Err("--rounds: at least one is needed".into());
        }
        Ok(Self {
            server,
            folder,
            rounds,
            duration: options.seconds("seconds", 4.0)?,
            connections,
            date: options.text("date").map(str::to_owned),
            profile: options.text("profile").map(str::to_owned),
            only: options.text("only").map(str::to_owned),
        })
    }

    /// Whether a row is to be measured.
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// How long each half of a ceiling is measured, before and after a round.
    pub(crate) fn ceiling_duration(&self) -> Duration {
        self.duration / 4
    }
}

/// Runs the bench. The server's folder is removed at the end, but kept for a look when something failed.
pub(crate) fn run(plan: &Plan) -> Result<Report, Failure> {
    let (data, log) = (plan.folder.join("data"), plan.folder.join("server.log"));
    std::fs::create_dir_all(&plan.folder)?;
    let installation = Installation {
        program: plan.server.clone(),
        data,
        log,
    };
    let report = measure(plan, &installation)
        .map_err(|failure| format!("{failure}\nthe server's log and data are in {}", plan.folder.display()))?;
    std::fs::remove_dir_all(&plan.folder)?;
    Ok(report)
}

fn measure(plan: &Plan, installation: &Installation) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    eprintln!("start-up");
    let first = installation.start()?;
    let first_start = start(&runtime, &first)?;
    first.stop()?;
    let server = installation.start()?;
    let second_start = start(&runtime, &server)?;
    std::thread::sleep(SETTLED);
    let idle_kib = server.resident_kib()?;

    let subject = Subject::prepare(&runtime, installation, &server, plan)?;
    let hello = Hello::start()?;
    let mut rows = Vec::new();
    for scenario in SCENARIOS
        .iter()
        .filter(|scenario| plan.wants(&scenario.endpoint.name()))
    {
        let name = scenario.endpoint.name();
        eprintln!("{name}");
        let row = subject.row(scenario, &hello);
        rows.push(row.map_err(|failure| format!("{name}: {failure}"))?);
    }
    let storm = plan.wants("login storm").then(|| {
        eprintln!("login storm");
        subject.storm()
    });
    let storm = storm.transpose()?;
    let after_load_kib = server.resident_kib()?;
    server.stop()?;
    let with_sessions_kib = plan.wants("memory").then(|| {
        eprintln!("memory");
        subject::with_sessions(SESSIONS, installation, &runtime)
    });
    let memory = Memory {
        idle_kib,
        after_load_kib,
        sessions: SESSIONS,
        with_sessions_kib: with_sessions_kib.transpose()?,
    };
    Ok(Report {
        date: plan.date.clone(),
        profile: plan.profile.clone(),
        machine: Machine::read()?,
        optimized: !cfg!(debug_assertions),
        seconds: plan.duration.as_secs_f64(),
        connections: plan.connections,
        rounds: plan.rounds,
        rows,
        first_start,
        second_start,
        storm,
        memory,
    })
}

/// Asks a server that just became ready for its first token.
fn start(runtime: &Runtime, server: &Server) -> Result<Start, Failure> {
    let request = scenario::token(server.address, &server.demo_client("backend-service")?);
    runtime.block_on(async {
        Connection::open(server.address)
            .await?
            .exchange(&request)
            .await?
            .ok()
            .map(drop)
    })?;
    Ok(Start {
        stated_ready_ms: server.ready_ms,
        ready_ms: clock::millis(server.ready_after),
        first_token_ms: clock::millis(server.spawned.elapsed()),
    })
}
