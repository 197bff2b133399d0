//! `keyward group create`.

use clap::Args;
use serde_json::json;

use crate::admin_api::{Members, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Create {
    /// Its path, as /staff/support: the group above it must be there
    path: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    members: Members,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    let Create { realm, path, .. } = &arguments;
    let api = arguments.server.reach()?;
    let groups = Path::realm(realm).then("groups");
    let (place, name) = match path.trim_start_matches('/').rsplit_once('/') {
        None => (groups, path.trim_start_matches('/')),
        Some((above, name)) => {
            let above = api.group(realm, above).await?;
            (groups.part(id(&above)).then("children"), name)
        }
    };
    let group = arguments.members.over(json!({ "name": name }))?;
    api.make(&place, &group).await?;
    let made = api.group(realm, path).await?;
    if arguments.json {
        return output::json(&made);
    }
    output::line(&format!("{}  {path}", id(&made)))
}
