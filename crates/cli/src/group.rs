//! `keyward group`.

use clap::{Args, Subcommand};

use crate::failure::Failure;

mod create;
mod delete;
mod list;
mod members;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward group create /staff --realm shop
  keyward group create /staff/support --realm shop
  keyward group members /staff/support --realm shop";

#[derive(Subcommand)]
enum Verb {
    /// List the groups of a realm, those below others too
    List(list::List),
    /// Create a group
    Create(create::Create),
    /// Delete a group, with those below it
    Delete(delete::Delete),
    /// List the people in a group
    Members(members::Members),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::List(arguments) => list::run(arguments).await,
        Verb::Create(arguments) => create::run(arguments).await,
        Verb::Delete(arguments) => delete::run(arguments).await,
        Verb::Members(arguments) => members::run(arguments).await,
    }
}
