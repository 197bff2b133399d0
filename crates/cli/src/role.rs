//! `keyward role`.

use clap::{Args, Subcommand};

use crate::admin_api::Server;
use crate::failure::Failure;

mod composites;
mod create;
mod delete;
mod list;
mod show;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward role create manager --realm shop --description 'Runs the shop'
  keyward role create write --realm shop --client orders-api
  keyward role add-to-composite manager write --realm shop --of-client orders-api";

#[derive(Subcommand)]
enum Verb {
    /// List the roles of a realm, or of a client
    List(list::List),
    /// Show a role
    Show(show::Show),
    /// Create a role
    Create(create::Create),
    /// Delete a role: whoever holds it loses it
    Delete(delete::Delete),
    /// List what a role brings with it
    Composites(composites::List),
    /// Let a role bring others with it
    AddToComposite(composites::Change),
    /// Let a role bring others no more
    RemoveFromComposite(composites::Change),
}

/// Which role is meant.
#[derive(Args)]
struct Role {
    /// Its name
    name: String,
    #[command(flatten)]
    place: Place,
}

/// Whose roles are meant.
#[derive(Args)]
struct Place {
    /// Realm
    #[arg(long, short = 'r')]
    realm: String,
    /// Role of this client instead of the realm's
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    #[command(flatten)]
    server: Server,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::List(arguments) => list::run(arguments).await,
        Verb::Show(arguments) => show::run(arguments).await,
        Verb::Create(arguments) => create::run(arguments).await,
        Verb::Delete(arguments) => delete::run(arguments).await,
        Verb::Composites(arguments) => composites::list(arguments).await,
        Verb::AddToComposite(arguments) => composites::add(arguments).await,
        Verb::RemoveFromComposite(arguments) => composites::remove(arguments).await,
    }
}
