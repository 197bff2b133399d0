//! `keyward client set`.

use clap::Args;

use super::redirect_uris;
use crate::admin_api::{Change, Members, Path, Server, id};
use crate::failure::Failure;

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
    let before = api.get(&path).await?;
    let asked = arguments.members.over(before.clone())?;
    redirect_uris::check_change(&before, &asked)?;
    api.change(&path, &asked).await?;
    let change = Change::read(&api, &path, before, asked).await?;
    change.tell(
        arguments.json,
        &format!("client {} is changed", arguments.client_id),
        why,
    )
}

/// What changes a member that this does not change.
fn why(member: &str) -> String {
    match member {
        "id" => "it is given once",
        "attributes" => "the server does not take this value",
        _ => "a change of a client does not change it",
    }
    .to_owned()
}
