//! `keyward user delete`.

use clap::Args;

use crate::admin_api::{Destructive, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Delete {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    destructive: Destructive,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Delete) -> Result<(), Failure> {
    let Delete { realm, username, .. } = &arguments;
    let api = arguments.server.reach()?;
    let user = api.user(realm, username).await?;
    let deed = format!("delete the user {username:?} of realm {realm}");
    arguments.destructive.confirm(&deed)?;
    api.remove(&Path::realm(realm).then("users").part(id(&user))).await?;
    output::line(&format!("{username} is deleted"))
}
