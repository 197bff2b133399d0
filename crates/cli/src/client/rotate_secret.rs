//! `keyward client rotate-secret`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_domain::client::ClientType;
use keyward_server::admin::clients::rotate_secret;

use super::{secret, show_secret};
use crate::admin_api::{Reached, Target};
use crate::argument;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::{self, Opened};

/// Seconds that the old secret still works, unless told otherwise.
const OVERLAP: u32 = 24 * 60 * 60;

#[derive(Args)]
pub(super) struct RotateSecret {
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// `client_id`
    #[arg(long)]
    id: String,
    /// Seconds that the old secret still works: a day when absent. Over the admin API the realm's policy decides
    #[arg(long, value_parser = argument::number, allow_negative_numbers = true)]
    overlap: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: RotateSecret) -> Result<(), Failure> {
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(&arguments, &opened).await,
        Reached::Server(api) if arguments.overlap.is_none() => {
            let secret = secret::rotate(&api, &arguments.realm, &arguments.id).await?;
            show_secret(&arguments.id, Some(&secret), arguments.json)
        }
        Reached::Server(_) => Err(Failure::new(
            "--overlap works on a database alone: over the admin API the realm's client policies decide",
        )),
    }
}

async fn in_database(arguments: &RotateSecret, opened: &Opened) -> Result<(), Failure> {
    let mut tx = opened.store.write().await?;
    let realm = place::realm(opened, &mut *tx, &arguments.realm).await?;
    let client = tx.client_by_client_id(realm.id, &arguments.id).await?;
    let client =
        client.ok_or_else(|| Failure::new(format!("there is no client {:?} in realm {}", arguments.id, realm.name)))?;
    if client.settings.client_type == ClientType::Public {
        return Err(Failure::new(format!(
            "{:?} is a public client and has no secret",
            arguments.id
        )));
    }
    let overlap = i64::from(arguments.overlap.unwrap_or(OVERLAP));
    let secret =
        rotate_secret::rotate_secret(&mut *tx, &realm, &client, &opened.sealer, overlap, SystemClock.now()).await?;
    tx.commit().await?;
    show_secret(&arguments.id, Some(secret.expose()), arguments.json)
}
