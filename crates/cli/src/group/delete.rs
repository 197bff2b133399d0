//! `keyward group delete`.

use clap::Args;

use crate::admin_api::{Destructive, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Delete {
    /// Its path, as /staff/support
    path: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    destructive: Destructive,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Delete) -> Result<(), Failure> {
    let Delete { realm, path, .. } = &arguments;
    let api = arguments.server.reach()?;
    let group = api.group(realm, path).await?;
    let deed = format!("delete the group {path:?} of realm {realm} with those below it");
    arguments.destructive.confirm(&deed)?;
    api.remove(&Path::realm(realm).then("groups").part(id(&group))).await?;
    output::line(&format!("group {path} is deleted"))
}
