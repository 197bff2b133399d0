//! `keyward whoami`.

use clap::Args;
use serde::Serialize;

use super::kept::Grant;
use super::logins::find;
use crate::admin_api::Api;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Server; that of the last login when absent
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    server: &'a str,
    realm: &'a str,
    client_id: &'a str,
    /// None when the client logged in as itself.
    username: Option<&'a str>,
}

/// Asks the server whether it is still so.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let login = find(arguments.server.as_deref())?;
    let login = login.ok_or_else(|| Failure::new("nobody is logged in. Log in to a server with keyward login URL"))?;
    Api::new(login.clone())?.check().await?;
    if arguments.json {
        return output::json(&Shown {
            server: &login.server,
            realm: &login.realm,
            client_id: &login.client_id,
            username: (login.grant != Grant::ClientCredentials).then_some(login.who.as_str()),
        });
    }
    output::line(&login.in_words())
}
