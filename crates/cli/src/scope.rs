//! `keyward scope`: create and list what clients may ask for.

use clap::{Args, Subcommand};
use keyward_domain::scope::ScopeSettings;
use keyward_domain::{Clock as _, Fault};
use keyward_protocol::scope::Scope;
use keyward_server::admin::scopes::create;
use serde::Serialize;
use serde_json::json;

use crate::admin_api::{Api, Path, Reached, Target, table};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a scope that clients of a realm may be allowed to ask for
    Create {
        /// Its name, for example orders:read
        name: String,
        /// Realm it lives in
        #[arg(long, short = 'r')]
        realm: String,
        /// What it allows, for people
        #[arg(long, default_value = "")]
        description: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        target: Target,
    },
    /// List the scopes of a realm
    List {
        /// Realm they live in
        #[arg(long, short = 'r')]
        realm: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Serialize)]
struct Row<'a> {
    scope: &'a str,
    description: &'a str,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create {
            name,
            realm,
            description,
            target,
            json,
        } => {
            let is_one = Scope::parse(&name).is_ok_and(|scope| scope.iter().count() == 1);
            if !is_one {
                return Err(Failure::new(format!(
                    "{name:?} is not one scope: visible ASCII characters without spaces, quotes and backslashes"
                )));
            }
            let opened = match target.reach().await? {
                Reached::Database(opened) => opened,
                Reached::Server(api) => return create_over_api(&api, &realm, (&name, &description), json).await,
            };
            let mut tx = opened.store.write().await?;
            let realm = place::realm(&opened, &mut *tx, &realm).await?;
            let settings = ScopeSettings {
                description,
                ..ScopeSettings::default()
            };
            let scope = match create::create(&mut *tx, &realm, &name, settings, SystemClock.now()).await {
                Err(Fault::Exists(_)) => {
                    return Err(Failure::new(format!(
                        "realm {} has a scope {name:?} already",
                        realm.name
                    )));
                }
                created => created?,
            };
            tx.commit().await?;
            print(
                &Row {
                    scope: &scope.name,
                    description: &scope.settings.description,
                },
                json,
            )
        }
        Verb::List { realm, target, json } => {
            let opened = match target.reach().await? {
                Reached::Database(opened) => opened,
                Reached::Server(api) => return list_over_api(&api, &realm, json).await,
            };
            let mut tx = opened.store.read().await?;
            let realm = place::realm(&opened, &mut *tx, &realm).await?;
            for scope in tx.scopes(realm.id).await? {
                print(
                    &Row {
                        scope: &scope.name,
                        description: &scope.settings.description,
                    },
                    json,
                )?;
            }
            Ok(())
        }
    }
}

async fn create_over_api(api: &Api, realm: &str, (name, description): (&str, &str), json: bool) -> Result<(), Failure> {
    let scopes = Path::realm(realm).then("client-scopes");
    let attributes = json!({ "include.in.token.scope": "true", "display.on.consent.screen": "true" });
    let scope = json!({
        "name": name,
        "description": description,
        "protocol": "openid-connect",
        "attributes": attributes,
    });
    let made = api.make(&scopes, &scope).await?;
    if json {
        return output::json(&api.get(&scopes.part(made.as_deref().unwrap_or_default())).await?);
    }
    print(
        &Row {
            scope: name,
            description,
        },
        false,
    )
}

async fn list_over_api(api: &Api, realm: &str, json: bool) -> Result<(), Failure> {
    let scopes = api.get(&Path::realm(realm).then("client-scopes")).await?;
    if json {
        return output::json(&scopes);
    }
    table(
        &[("ID", "id"), ("SCOPE", "name"), ("DESCRIPTION", "description")],
        &scopes,
    )
}

fn print(row: &Row<'_>, json: bool) -> Result<(), Failure> {
    if json {
        output::json(row)
    } else {
        output::line(format!("{}  {}", row.scope, row.description).trim_end())
    }
}
