//! `keyward session`.

use clap::{Args, Subcommand};

use crate::failure::Failure;

mod end;
mod list;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward session list --realm shop                how many there are, by client
  keyward session list --realm shop --user carol
  keyward session end 6f0c… --realm shop";

#[derive(Subcommand)]
enum Verb {
    /// List the sessions of a person or of a client, or count those of every client
    List(list::List),
    /// End a session, or all of a realm
    End(end::End),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::List(arguments) => list::run(arguments).await,
        Verb::End(arguments) => end::run(arguments).await,
    }
}
