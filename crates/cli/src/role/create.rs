//! `keyward role create`.

use clap::Args;
use serde_json::json;

use super::{Place, Role};
use crate::admin_api::{Members, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Create {
    #[command(flatten)]
    role: Role,
    /// What it allows, for people
    #[arg(long, default_value = "")]
    description: String,
    #[command(flatten)]
    members: Members,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    let Role { name, place } = &arguments.role;
    let Place { realm, client, server } = place;
    let api = server.reach()?;
    let role = json!({ "name": name, "description": arguments.description });
    let roles = api.roles_of(realm, client.as_deref()).await?;
    api.make(&roles, &arguments.members.over(role)?).await?;
    let made = api.get(&roles.part(name)).await?;
    if arguments.json {
        return output::json(&made);
    }
    output::line(&format!("{}  {name}", id(&made)))
}
