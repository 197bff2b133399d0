//! `keyward migrate`: bring a database to this version, or say what would be done.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::database;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Configuration of `keyward serve`
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = Config::load(&arguments.config)?;
    let database = database::open(config.database.location()?, config.database.shown()).await?;
    if arguments.dry_run {
        let pending = database.pending().await?;
        return match pending.as_slice() {
            [] => output::line("nothing to do"),
            names => output::line(&format!("would apply {}", names.join(", "))),
        };
    }
    let applied = database.migrate().await?;
    match applied.names.as_slice() {
        [] => output::line(&format!(
            "nothing to do, the database is at version {}",
            applied.version
        )),
        names => output::line(&format!(
            "applied {}, now at version {}",
            names.join(", "),
            applied.version
        )),
    }
}
