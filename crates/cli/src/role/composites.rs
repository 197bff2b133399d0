//! `keyward role composites`, `add-to-composite` and `remove-from-composite`.

use clap::Args;

use super::list::COLUMNS;
use super::{Place, Role};
use crate::admin_api::{Api, Path, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    role: Role,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Change {
    #[command(flatten)]
    role: Role,
    /// Names of the roles that it brings
    #[arg(required = true, value_name = "ROLE")]
    brought: Vec<String>,
    /// Roles of this client are brought, instead of the realm's
    #[arg(long, value_name = "CLIENT_ID")]
    of_client: Option<String>,
}

pub(super) async fn list(arguments: List) -> Result<(), Failure> {
    let api = arguments.role.place.server.reach()?;
    let roles = api.get(&path(&api, &arguments.role).await?).await?;
    if arguments.json {
        return output::json(&roles);
    }
    table(&COLUMNS, &roles)
}

pub(super) async fn add(arguments: Change) -> Result<(), Failure> {
    let Change { role, brought, .. } = &arguments;
    let api = role.place.server.reach()?;
    let path = path(&api, role).await?;
    let roles = api
        .roles(&role.place.realm, arguments.of_client.as_deref(), brought)
        .await?;
    api.make(&path, &roles).await?;
    output::line(&format!("{} brings {} now", role.name, brought.join(", ")))
}

pub(super) async fn remove(arguments: Change) -> Result<(), Failure> {
    let Change { role, brought, .. } = &arguments;
    let api = role.place.server.reach()?;
    let path = path(&api, role).await?;
    let roles = api
        .roles(&role.place.realm, arguments.of_client.as_deref(), brought)
        .await?;
    api.take(&path, &roles).await?;
    output::line(&format!("{} does not bring {} any more", role.name, brought.join(", ")))
}

/// Where the composites of a role are.
async fn path(api: &Api, role: &Role) -> Result<Path, Failure> {
    let Place { realm, client, .. } = &role.place;
    api.role(realm, client.as_deref(), &role.name).await?;
    let roles = api.roles_of(realm, client.as_deref()).await?;
    Ok(roles.part(&role.name).then("composites"))
}
