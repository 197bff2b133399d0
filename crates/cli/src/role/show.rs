//! `keyward role show`.

use clap::Args;

use super::{Place, Role};
use crate::admin_api::details;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Show {
    #[command(flatten)]
    role: Role,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Show) -> Result<(), Failure> {
    let Role { name, place } = &arguments.role;
    let Place { realm, client, server } = place;
    let role = server.reach()?.role(realm, client.as_deref(), name).await?;
    if arguments.json {
        return output::json(&role);
    }
    details(&role, &[])
}
