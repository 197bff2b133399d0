//! What the guard costs: the library in a loop, and the gateway and forward-auth under load beside programs that others
//! wrote, all with the same tokens, the same checks and the same API behind them.
//!
//! Figures are microseconds of the core for each request, of all processes that work for it: on a machine that others
//! share they say more than requests a second.

use std::path::PathBuf;
use std::time::Duration;

use crate::args::Options;
use crate::undisturbed::Undisturbed;
use crate::{Failure, machine, pin};

pub(crate) mod library;
mod peers;
mod stage;
mod table;
mod tokens;
mod upstream;

/// What is measured, and with which programs.
struct Plan {
    keyward: PathBuf,
    nginx: PathBuf,
    haproxy: Option<PathBuf>,
    envoy: Option<PathBuf>,
    seconds: Duration,
    rounds: u8,
}

/// The names of the options of `keyward-bench guard`.
pub(crate) const OPTIONS: [&str; 6] = ["server", "nginx", "haproxy", "envoy", "seconds", "rounds"];

/// The whole bench of the guard, printed as a table.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let plan = Plan {
        keyward: options.required("server")?.into(),
        nginx: options.text("nginx").unwrap_or("/usr/sbin/nginx").into(),
        haproxy: options.text("haproxy").map(PathBuf::from),
        envoy: options.text("envoy").map(PathBuf::from),
        seconds: options.seconds("seconds", 4.0)?,
        rounds: options.number("rounds", 3)?,
    };
    let machine = machine::Machine::read()?;
    println!(
        "{} ({}), {} cores, AVX-512 IFMA: {}",
        machine.cpu, machine.cpu_id, machine.cores, machine.avx512_ifma
    );
    let undisturbed = Undisturbed::begin();
    let library = library::measured(&pin::command(pin::MEASURED_CORE, &std::env::current_exe()?))?;
    print!("{}", table::library(&library));
    let stage = stage::Stage::set(&plan)?;
    let rows = stage.rows(&plan)?;
    print!("{}{}", table::peers(&rows), undisturbed.remark());
    Ok(())
}
