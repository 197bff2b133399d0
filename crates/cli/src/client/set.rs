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
    let done = format!("client {} is changed", arguments.client_id);
    let change = Change { before, asked };
    change.tell(&api, &path, arguments.json, &done, why).await
}

/// What changes a member that this does not change.
fn why(member: &str) -> Option<String> {
    (member == "id").then(|| "it is given once".into())
}
