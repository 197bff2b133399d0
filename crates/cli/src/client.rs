//! `keyward client`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::failure::Failure;
use crate::output;

mod create;
mod delete;
mod list;
mod login;
mod no_way_in;
mod redirect_uris;
mod representation;
mod rotate_secret;
mod secret;
mod set;
mod settings;
mod show;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward client create --realm shop --id billing --audience orders-api --config keyward.toml   on a database
  keyward client create --realm shop --id billing --audience orders-api --server https://id.example.com
  keyward client set billing --realm shop --set 'redirectUris=[\"https://shop.example.com/cb\"]'
  keyward client secret rotate billing --realm shop";

#[derive(Subcommand)]
enum Verb {
    /// Create a client. Prints its secret once
    Create(Box<create::Create>),
    /// List the clients of a realm
    List(list::List),
    /// Show a client
    Show(show::Show),
    /// Change a client
    Set(set::Set),
    /// Delete a client: its tokens end
    Delete(delete::Delete),
    /// Show a client's secret, or give it a new one
    Secret(secret::Arguments),
    /// Give a client a new secret. On a database the one before works for a while longer; over the admin API it ends at
    /// once, unless the realm's client policies let it go on. keyward client secret rotate does the latter and prints the
    /// secret alone
    RotateSecret(rotate_secret::RotateSecret),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create::run(*arguments).await,
        Verb::List(arguments) => list::run(arguments).await,
        Verb::Show(arguments) => show::run(arguments).await,
        Verb::Set(arguments) => set::run(arguments).await,
        Verb::Delete(arguments) => delete::run(arguments).await,
        Verb::Secret(arguments) => secret::run(arguments).await,
        Verb::RotateSecret(arguments) => rotate_secret::run(arguments).await,
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    client_id: &'a str,
    client_secret: Option<&'a str>,
}

fn show_secret(client_id: &str, client_secret: Option<&str>, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&Shown {
            client_id,
            client_secret,
        });
    }
    match client_secret {
        Some(secret) => output::line(&format!("{client_id}  {secret}   (shown once)")),
        None => output::line(&format!("{client_id}  (public, no secret)")),
    }
}
