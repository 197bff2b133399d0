//! What the admin API costs: its throughput on one core, what it does to the latency of machines' tokens beside it, and
//! what a thousand realms do to start, tokens and memory.

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::args::Options;
use crate::machine::Machine;
use crate::server::Installation;
use crate::undisturbed::Undisturbed;
use crate::{Failure, clock};

mod administrator;
mod beside;
mod crowd;
mod realm_file;
mod realms;
mod row;
mod scenario;
mod stage;
mod table;
mod writes;

/// What is measured.
struct Plan {
    server: PathBuf,
    folder: PathBuf,
    seconds: Duration,
    rounds: usize,
    pairs: usize,
    connections: u16,
    /// Connections of the administrator beside tokens.
    beside: u16,
    users: usize,
    realms: usize,
    only: Option<String>,
}

/// The names of the options of `keyward-bench admin`.
pub(crate) const OPTIONS: [&str; 10] = [
    "server",
    "seconds",
    "rounds",
    "pairs",
    "connections",
    "beside",
    "users",
    "realms",
    "data",
    "only",
];

/// The whole bench of the admin API, printed as a table.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let plan = Plan::from_options(options)?;
    std::fs::create_dir_all(&plan.folder)?;
    let measured = measure(&plan)
        .map_err(|failure| format!("{failure}\nthe server's log and data are in {}", plan.folder.display()));
    measured?;
    Ok(std::fs::remove_dir_all(&plan.folder)?)
}

fn measure(plan: &Plan) -> Result<(), Failure> {
    let machine = Machine::read()?;
    println!(
        "{} ({}), {} cores, AVX-512 IFMA: {}",
        machine.cpu, machine.cpu_id, machine.cores, machine.avx512_ifma
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let undisturbed = Undisturbed::begin();
    let scenarios: Vec<_> = scenario::ALL
        .into_iter()
        .filter(|scenario| plan.wants(scenario.name()))
        .collect();
    if !scenarios.is_empty() {
        let stage = stage::Stage::set(plan, &plan.installation("one"), &runtime)?;
        let mut rows = Vec::new();
        for scenario in scenarios {
            eprintln!("{}", scenario.name());
            let row = stage.row(scenario);
            rows.push(row.map_err(|failure| format!("{}: {failure}", scenario.name()))?);
        }
        print!("{}{}", table::rows(&rows, plan), undisturbed.remark());
    }
    if plan.wants("realms") {
        print!("{}", realms::measured(plan, &plan.installation("many"), &runtime)?);
    }
    Ok(())
}

impl Plan {
    fn from_options(options: &Options) -> Result<Self, Failure> {
        let server = options.required("server")?;
        let server = PathBuf::from(server)
            .canonicalize()
            .map_err(|error| format!("--server {server}: {error}"))?;
        // Beside the program by default, not in /tmp, which is often memory: an fsync must reach a disk.
        let parent = options
            .text("data")
            .map(PathBuf::from)
            .or_else(|| server.parent().map(PathBuf::from));
        let folder = format!("keyward-bench-admin-{}", std::process::id());
        let counted = |name, default: usize| match options.number(name, default)? {
            0 => Err(Failure::from(format!("--{name}: at least one is needed"))),
            number => Ok(number),
        };
        let connections = |name, default| {
            let number = counted(name, default)?;
            u16::try_from(number).map_err(|_| Failure::from(format!("--{name}: too many")))
        };
        Ok(Self {
            folder: parent.unwrap_or_default().join(folder),
            seconds: options.seconds("seconds", 3.0)?,
            rounds: counted("rounds", 3)?,
            pairs: counted("pairs", 5)?,
            connections: connections("connections", 16)?,
            beside: connections("beside", 1)?,
            users: counted("users", 100_000)?,
            realms: counted("realms", 1_000)?,
            only: options.text("only").map(str::to_owned),
            server,
        })
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    fn installation(&self, name: &str) -> Installation {
        Installation {
            program: self.server.clone(),
            data: self.folder.join(name),
            log: self.folder.join(format!("{name}.log")),
        }
    }
}

/// Waits until `attempt` succeeds: a running server learns a moment later of what is written beside it.
async fn until_known<T>(mut attempt: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let deadline = clock::now() + Duration::from_secs(10);
    loop {
        match attempt().await {
            Err(_) if clock::now() < deadline => tokio::time::sleep(Duration::from_millis(50)).await,
            result => return result,
        }
    }
}

/// Runs on the runtime of the load.
fn wait<T>(runtime: &Runtime, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime.block_on(work)
}
