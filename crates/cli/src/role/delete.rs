//! `keyward role delete`.

use clap::Args;

use super::{Place, Role};
use crate::admin_api::Destructive;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Delete {
    #[command(flatten)]
    role: Role,
    #[command(flatten)]
    destructive: Destructive,
}

pub(super) async fn run(arguments: Delete) -> Result<(), Failure> {
    let Role { name, place } = &arguments.role;
    let Place { realm, client, server } = place;
    let api = server.reach()?;
    api.role(realm, client.as_deref(), name).await?;
    let whose = client.as_ref().map_or_else(
        || format!("realm {realm}"),
        |client| format!("client {client} in {realm}"),
    );
    arguments
        .destructive
        .confirm(&format!("delete the role {name:?} of {whose}"))?;
    api.remove(&api.roles_of(realm, client.as_deref()).await?.part(name))
        .await?;
    output::line(&format!("role {name} is deleted"))
}
