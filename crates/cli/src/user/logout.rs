//! `keyward user logout`.

use clap::Args;

use crate::admin_api::{Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Logout {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Logout) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let user = api.user(&arguments.realm, &arguments.username).await?;
    let path = Path::realm(&arguments.realm).then("users").part(id(&user));
    api.act(&path.then("logout")).await?;
    output::line(&format!("{} is logged out everywhere", arguments.username))
}
