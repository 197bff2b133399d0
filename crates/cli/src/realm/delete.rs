//! `keyward realm delete`.

use clap::Args;

use crate::admin_api::{Destructive, Path, Server};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Delete {
    /// Its name
    name: String,
    #[command(flatten)]
    destructive: Destructive,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Delete) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let name = &arguments.name;
    let path = Path::realm(name);
    api.get(&path).await?;
    let deed = format!("delete the realm {name:?} with all its users, clients and keys");
    arguments.destructive.confirm(&deed)?;
    api.remove(&path).await?;
    output::line(&format!("realm {name} is deleted"))
}
