//! `keyward realm`.

use clap::{Args, Subcommand};

use crate::failure::Failure;

mod create;
mod delete;
mod export;
mod import;
mod list;
mod set;
mod show;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward realm create shop --display-name 'My shop' --config keyward.toml    on a database
  keyward realm create shop --display-name 'My shop' --server https://id.example.com
  keyward realm set shop --set accessTokenLifespan=120 --set smtpServer.host=mail.example.com
  keyward realm import shop-realm.json";

#[derive(Subcommand)]
enum Verb {
    /// Create a realm with its keys and standard scopes
    Create(Box<create::Create>),
    /// List the realms
    List(list::List),
    /// Show a realm's settings
    Show(show::Show),
    /// Change a realm's settings
    Set(set::Set),
    /// Delete a realm with everything in it
    Delete(delete::Delete),
    /// Make a realm from a file of Keycloak's or of ours, all or nothing
    Import(import::Import),
    /// Write a realm into a file
    Export(export::Export),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create::run(*arguments).await,
        Verb::List(arguments) => list::run(arguments).await,
        Verb::Show(arguments) => show::run(arguments).await,
        Verb::Set(arguments) => set::run(arguments).await,
        Verb::Delete(arguments) => delete::run(arguments).await,
        Verb::Import(arguments) => import::run(arguments).await,
        Verb::Export(arguments) => export::run(arguments).await,
    }
}
