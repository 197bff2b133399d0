//! `keyward user show`.

use clap::Args;

use crate::admin_api::{Path, Server, details, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Show {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Show) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let found = api.user(&arguments.realm, &arguments.username).await?;
    let path = Path::realm(&arguments.realm).then("users").part(id(&found));
    let user = api.get(&path).await?;
    if arguments.json {
        return output::json(&user);
    }
    details(&user, &["access"])
}
