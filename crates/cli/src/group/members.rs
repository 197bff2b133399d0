//! `keyward group members`.

use clap::Args;

use crate::admin_api::{Path, Server, id, table};
use crate::argument;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Members {
    /// Path of the group, as /staff/support
    path: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// How many to leave out at the beginning
    #[arg(long, default_value_t = 0, value_parser = argument::number, allow_negative_numbers = true)]
    first: u32,
    /// How many to list at most
    #[arg(long, default_value_t = 100, value_parser = argument::number, allow_negative_numbers = true)]
    max: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Members) -> Result<(), Failure> {
    let Members {
        realm,
        path,
        first,
        max,
        ..
    } = &arguments;
    let api = arguments.server.reach()?;
    let group = api.group(realm, path).await?;
    let members = Path::realm(realm).then("groups").part(id(&group)).then("members");
    let members = members.with("first", &first.to_string()).with("max", &max.to_string());
    let members = api.get(&members).await?;
    if arguments.json {
        return output::json(&members);
    }
    table(
        &[
            ("ID", "id"),
            ("USERNAME", "username"),
            ("EMAIL", "email"),
            ("ENABLED", "enabled"),
        ],
        &members,
    )
}
