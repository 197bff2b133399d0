//! `keyward realm list`.

use clap::Args;
use serde::Serialize;

use crate::admin_api::{Path, Reached, Target, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

/// A realm of a database.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) realm: String,
    pub(super) enabled: bool,
}

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let api = match arguments.target.reach().await? {
        Reached::Server(api) => api,
        Reached::Database(opened) => {
            for realm in opened.store.read().await?.realms().await? {
                let row = Row {
                    id: realm.id.to_string(),
                    realm: realm.name.to_string(),
                    enabled: realm.enabled,
                };
                row.print(arguments.json)?;
            }
            return Ok(());
        }
    };
    let realms = api.get(&Path::realms().with("briefRepresentation", "true")).await?;
    if arguments.json {
        return output::json(&realms);
    }
    table(
        &[
            ("ID", "id"),
            ("REALM", "realm"),
            ("NAME", "displayName"),
            ("ENABLED", "enabled"),
        ],
        &realms,
    )
}

impl Row {
    pub(super) fn print(&self, json: bool) -> Result<(), Failure> {
        if json {
            output::json(self)
        } else {
            output::line(&format!("{}  {}", self.id, self.realm))
        }
    }
}
