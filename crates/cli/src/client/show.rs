//! `keyward client show`.

use clap::Args;

use crate::admin_api::{Path, Server, details, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Show {
    /// `client_id`
    client_id: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print JSON, as the API gives it: with its secret, if you may see it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// What is for JSON alone: nobody expects a secret on the screen.
const HIDDEN: [&str; 3] = ["secret", "registrationAccessToken", "access"];

pub(super) async fn run(arguments: Show) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let found = api.client(&arguments.realm, &arguments.client_id).await?;
    let client = api
        .get(&Path::realm(&arguments.realm).then("clients").part(id(&found)))
        .await?;
    if arguments.json {
        return output::json(&client);
    }
    details(&client, &HIDDEN)
}
