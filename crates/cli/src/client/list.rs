//! `keyward client list`.

use clap::Args;
use keyward_domain::client::ClientType;
use serde::Serialize;

use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

#[derive(Args)]
pub(super) struct List {
    /// Realm they live in
    #[arg(long)]
    realm: String,
    #[command(flatten)]
    place: Place,
    /// Print a line of JSON for each
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    client_id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    client_type: ClientType,
    enabled: bool,
}

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.read().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
    for client in tx.clients(realm.id).await? {
        let row = Row {
            client_id: &client.client_id,
            name: &client.settings.name,
            client_type: client.settings.client_type,
            enabled: client.enabled,
        };
        if arguments.json {
            output::json(&row)?;
        } else {
            output::line(&row.text())?;
        }
    }
    Ok(())
}

impl Row<'_> {
    fn text(&self) -> String {
        let kind = match self.client_type {
            ClientType::Confidential => "confidential",
            ClientType::Public => "public",
        };
        let disabled = if self.enabled { "" } else { ", disabled" };
        format!("{}  ({kind}{disabled})  {}", self.client_id, self.name)
            .trim_end()
            .to_owned()
    }
}
