//! `keyward role list`.

use clap::Args;

use super::Place;
use crate::admin_api::table;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is shown of roles.
pub(super) const COLUMNS: [(&str, &str); 4] = [
    ("ID", "id"),
    ("ROLE", "name"),
    ("COMPOSITE", "composite"),
    ("DESCRIPTION", "description"),
];

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let Place { realm, client, server } = &arguments.place;
    let api = server.reach()?;
    let roles = api.get(&api.roles_of(realm, client.as_deref()).await?).await?;
    if arguments.json {
        return output::json(&roles);
    }
    table(&COLUMNS, &roles)
}
