//! `keyward client set`.

use clap::Args;

use crate::admin_api::{Members, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Set {
    /// `client_id`
    client_id: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print the client as it is then in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Set) -> Result<(), Failure> {
    arguments.members.some()?;
    let api = arguments.server.reach()?;
    let client = api.client(&arguments.realm, &arguments.client_id).await?;
    let path = Path::realm(&arguments.realm).then("clients").part(id(&client));
    let changed = arguments.members.over(api.get(&path).await?)?;
    api.change(&path, &changed).await?;
    if arguments.json {
        return output::json(&api.get(&path).await?);
    }
    output::line(&format!("client {} is changed", arguments.client_id))
}
