//! `keyward client delete`.

use clap::Args;

use crate::admin_api::{Destructive, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Delete {
    /// `client_id`
    client_id: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    destructive: Destructive,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Delete) -> Result<(), Failure> {
    let Delete { realm, client_id, .. } = &arguments;
    let api = arguments.server.reach()?;
    let client = api.client(realm, client_id).await?;
    let deed = format!("delete the client {client_id:?} of realm {realm} with its roles");
    arguments.destructive.confirm(&deed)?;
    api.remove(&Path::realm(realm).then("clients").part(id(&client)))
        .await?;
    output::line(&format!("client {client_id} is deleted"))
}
