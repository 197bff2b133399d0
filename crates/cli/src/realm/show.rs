//! `keyward realm show`.

use clap::Args;

use crate::admin_api::{Path, Server, details};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Show {
    /// Its name
    name: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Show) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let realm = api.get(&Path::realm(&arguments.name)).await?;
    if arguments.json {
        return output::json(&realm);
    }
    details(&realm, &[])
}
