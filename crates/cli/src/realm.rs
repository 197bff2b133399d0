//! `keyward realm`: create and list.

use clap::{Args, Subcommand};
use keyward_domain::Clock as _;
use keyward_domain::realm::{RealmName, RealmSettings};
use keyward_server::admin::realms::create;
use serde::Serialize;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::Place;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a realm with its keys and standard scopes
    Create {
        /// Its name
        name: String,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the realms
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Row {
    id: String,
    realm: String,
    enabled: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create { name, place, json } => {
            let parsed = RealmName::parse(&name).map_err(|error| Failure::new(format!("{name:?}: {error}")))?;
            let opened = place.open().await?;
            let now = SystemClock.now();
            let new = create::prepare(&opened.sealer, parsed, RealmSettings::default(), now).await?;
            let mut tx = opened.store.write().await?;
            let realm = create::create(&mut *tx, &new, now).await?;
            tx.commit().await?;
            print(
                &Row {
                    id: realm.id.to_string(),
                    realm: name,
                    enabled: true,
                },
                json,
            )
        }
        Verb::List { place, json } => {
            let opened = place.open().await?;
            for realm in opened.store.read().await?.realms().await? {
                print(
                    &Row {
                        id: realm.id.to_string(),
                        realm: realm.name.to_string(),
                        enabled: realm.enabled,
                    },
                    json,
                )?;
            }
            Ok(())
        }
    }
}

fn print(row: &Row, json: bool) -> Result<(), Failure> {
    if json {
        output::json(row)
    } else {
        output::line(&format!("{}  {}", row.id, row.realm))
    }
}
