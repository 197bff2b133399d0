//! `keyward realm set`.

use clap::Args;

use crate::admin_api::{Members, Path, Server, text};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Set {
    /// Its name
    name: String,
    /// Print the realm as it is then in JSON
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
    let path = Path::realm(&arguments.name);
    let changed = arguments.members.over(api.get(&path).await?)?;
    api.change(&path, &changed).await?;
    // It may have another name now.
    let name = match text(&changed, "realm") {
        "" => arguments.name.as_str(),
        name => name,
    };
    if arguments.json {
        return output::json(&api.get(&Path::realm(name)).await?);
    }
    output::line(&format!("realm {name} is changed"))
}
