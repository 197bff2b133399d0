//! `keyward client list`.

use clap::Args;
use keyward_domain::client::ClientType;
use serde::Serialize;

use crate::admin_api::{Api, Path, Reached, Target, table};
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Opened};

#[derive(Args)]
pub(super) struct List {
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print JSON: of a database a line for each, of a server a list
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
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
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(&arguments, &opened).await,
        Reached::Server(api) => over_api(&arguments, &api).await,
    }
}

async fn in_database(arguments: &List, opened: &Opened) -> Result<(), Failure> {
    let mut tx = opened.store.read().await?;
    let realm = place::realm(opened, &mut *tx, &arguments.realm).await?;
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

async fn over_api(arguments: &List, api: &Api) -> Result<(), Failure> {
    let clients = api.get(&Path::realm(&arguments.realm).then("clients")).await?;
    if arguments.json {
        return output::json(&clients);
    }
    let columns = [
        ("ID", "id"),
        ("CLIENT_ID", "clientId"),
        ("NAME", "name"),
        ("PUBLIC", "publicClient"),
        ("ENABLED", "enabled"),
    ];
    table(&columns, &clients)
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
