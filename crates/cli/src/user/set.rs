//! `keyward user set`.

use clap::Args;

use crate::admin_api::{Members, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Set {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print the person as they are then in JSON
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
    let user = api.user(&arguments.realm, &arguments.username).await?;
    let path = Path::realm(&arguments.realm).then("users").part(id(&user));
    let changed = arguments.members.over(api.get(&path).await?)?;
    api.change(&path, &changed).await?;
    if arguments.json {
        return output::json(&api.get(&path).await?);
    }
    output::line(&format!("{} is changed", arguments.username))
}
