//! `keyward guard`: protects APIs, and says what it would do.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::clock::Started;
use crate::failure::Failure;

mod arrival;
mod check;
mod explain;
mod file;
mod files;
mod follow;
mod hangup;
mod http_request;
mod line;
mod loader;
mod management;
mod metrics;
mod quotas;
mod record;
mod serve;
mod table;
mod test;
mod trail;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    file: FileArgument,
}

const EXAMPLES: &str = "Examples:
  keyward guard --config guard.toml                           run what the file says
  keyward guard check --config guard.toml                     what is wrong with it, or its routes
  curl -sv http://127.0.0.1:8090/orders 2>&1 | keyward guard explain --request -
  printf 'GET /orders HTTP/1.1\\nHost: api\\n\\n' | keyward guard explain --request -
  keyward guard test cases.toml --config guard.toml           whether it decides as you expect";

#[derive(Subcommand)]
enum Verb {
    /// Say what is wrong with a configuration, or show its routes and what each asks for
    Check(check::Check),
    /// Say what would become of a request and why; exit code 0 when it passes, 1 when it is refused
    Explain(explain::Explain),
    /// Try a table of requests against what each should come to; exit code 1 when one comes to something else
    Test(test::Test),
}

/// `--config`.
#[derive(Args)]
struct FileArgument {
    /// Configuration file of the guard
    #[arg(long, value_name = "FILE", default_value = "guard.toml")]
    config: PathBuf,
}

/// `keyward guard`.
pub(crate) async fn run(arguments: Arguments, started: Started) -> Result<ExitCode, Failure> {
    match arguments.verb {
        None => serve::run(&arguments.file.config, started)
            .await
            .map(|()| ExitCode::SUCCESS),
        Some(Verb::Check(check)) => check::run(&check).await.map(|()| ExitCode::SUCCESS),
        Some(Verb::Explain(explain)) => explain::run(&explain).await.map_err(Failure::unusable),
        Some(Verb::Test(test)) => test::run(&test).await.map_err(Failure::unusable),
    }
}
