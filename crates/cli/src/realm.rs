//! `keyward realm`: create and list.

use clap::{Args, Subcommand};
use keyward_domain::Clock as _;
use keyward_domain::policy::lockout::BruteForce;
use keyward_domain::policy::password::PasswordPolicy;
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
        /// What people see instead of its name
        #[arg(long)]
        display_name: Option<String>,
        /// Whoever guesses passwords has to wait, longer each time
        #[arg(long)]
        brute_force_protection: bool,
        /// What a new password must be, in Keycloak's words: "length(12) and digits(1) and notUsername"
        #[arg(long, value_name = "POLICY")]
        password_policy: Option<PasswordPolicy>,
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
        Verb::Create {
            name,
            display_name,
            brute_force_protection,
            password_policy,
            place,
            json,
        } => {
            let settings = RealmSettings {
                display_name: display_name.unwrap_or_default(),
                brute_force: BruteForce {
                    protected: brute_force_protection,
                    ..BruteForce::default()
                },
                password_policy: password_policy.unwrap_or_default(),
                ..RealmSettings::default()
            };
            if let Some(rule) = settings.password_policy.unsupported().next() {
                return Err(Failure::new(format!(
                    "--password-policy: the rule {rule:?} is not kept yet. Leave it out"
                )));
            }
            let parsed = RealmName::parse(&name).map_err(|error| Failure::new(format!("{name:?}: {error}")))?;
            let opened = place.open().await?;
            let now = SystemClock.now();
            let new = create::prepare(&opened.sealer, parsed, settings, now).await?;
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
