//! `keyward key list`.

use clap::Args;
use serde_json::Value;

use crate::admin_api::{Path, Server, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    /// Realm whose keys they are
    #[arg(long, short = 'r')]
    realm: String,
    /// Print JSON, as the API gives it: with the public keys
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let found = api.get(&Path::realm(&arguments.realm).then("keys")).await?;
    if arguments.json {
        return output::json(&found);
    }
    let columns = [
        ("KID", "kid"),
        ("ALGORITHM", "algorithm"),
        ("USE", "use"),
        ("STATUS", "status"),
        ("TYPE", "type"),
    ];
    table(&columns, found.get("keys").unwrap_or(&Value::Null))
}
