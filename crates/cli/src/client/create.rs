//! `keyward client create`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_domain::client::ClientSettings;
use keyward_domain::client::spec::ClientSpec;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;
use keyward_domain::secret::Secret;
use keyward_server::admin::clients::create;
use serde_json::Value;

use super::no_way_in::Made;
use super::settings::Options;
use super::{no_way_in, redirect_uris, representation, show_secret};
use crate::admin_api::{Api, Members, Path, Reached, Target, id, text};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Named, Opened};

#[derive(Args)]
pub(super) struct Create {
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// `client_id`
    #[arg(long)]
    id: String,
    #[command(flatten)]
    options: Options,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    let settings = arguments.options.settings()?;
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(&arguments, settings, &opened).await,
        Reached::Server(api) => over_api(&arguments, &settings, &api).await,
    }
}

async fn in_database(arguments: &Create, settings: ClientSettings, opened: &Opened) -> Result<(), Failure> {
    arguments.members.none_in_database()?;
    let mut tx = opened.store.write().await?;
    let realm = place::realm(opened, &mut *tx, &arguments.realm).await?;
    let described = representation::of(&arguments.id, &settings);
    let spec = ClientSpec::parse(&arguments.id, settings, &realm.settings)
        .map_err(|error| Failure::new(format!("{:?}: {error}", arguments.id)))?;
    let known = tx.scopes(realm.id).await?;
    let is_known = |name: &str| known.iter().any(|scope| scope.name == name);
    check_scopes(
        &arguments.options.scope,
        is_known,
        realm.name.as_str(),
        Some(&opened.named),
    )?;
    let created = create::create(&mut *tx, &realm, spec, &opened.sealer, SystemClock.now()).await?;
    let absent = absent_audiences(&mut *tx, realm.id, &arguments.options.audience).await?;
    tx.commit().await?;
    for audience in absent {
        warn_of(audience, realm.name.as_str());
    }
    no_way_in::note(&described, realm.name.as_str(), Made::InDatabase);
    let secret = created.secret.as_ref().map(Secret::expose);
    show_secret(&arguments.id, secret, arguments.json)
}

async fn over_api(arguments: &Create, settings: &ClientSettings, api: &Api) -> Result<(), Failure> {
    let Create { realm, options, .. } = arguments;
    let path = Path::realm(realm);
    let known = api.get(&path.clone().then("client-scopes")).await?;
    let scopes = known.as_array().map(Vec::as_slice).unwrap_or_default();
    let find = |name: &str| scopes.iter().find(|scope| text(scope, "name") == name);
    check_scopes(&options.scope, |name| find(name).is_some(), realm, None)?;

    let described = representation::of(&arguments.id, settings);
    let asked = arguments.members.over(described.clone())?;
    redirect_uris::check_change(&described, &asked)?;
    let clients = path.then("clients");
    api.make(&clients, &asked).await?;
    let made = api.client(realm, &arguments.id).await?;
    let client = clients.clone().part(id(&made));
    for scope in options.scope.iter().filter_map(|name| find(name)) {
        api.put(&client.clone().then("optional-client-scopes").part(id(scope)))
            .await?;
    }
    for audience in &options.audience {
        let found = api.get(&clients.clone().with("clientId", audience)).await?;
        if found.as_array().is_none_or(Vec::is_empty) {
            warn_of(audience, realm);
        }
    }
    no_way_in::note(&made, realm, Made::OverLogin);
    let secret = match made.get("publicClient") {
        Some(Value::Bool(true)) => Value::Null,
        _ => api.get(&client.clone().then("client-secret")).await?,
    };
    if arguments.json {
        let mut made = api.get(&client).await?;
        if let Some((members, secret)) = made.as_object_mut().zip(secret.get("value")) {
            members.insert("secret".to_owned(), secret.clone());
        }
        return output::json(&made);
    }
    show_secret(&arguments.id, secret.get("value").and_then(Value::as_str), false)
}

fn check_scopes(
    asked: &[String],
    is_known: impl Fn(&str) -> bool,
    realm: &str,
    database: Option<&Named>,
) -> Result<(), Failure> {
    let place = database.map(|named| format!(" {named}")).unwrap_or_default();
    match asked.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(unknown) => Err(Failure::new(format!(
            "there is no scope {unknown:?} in realm {realm}. Make it with keyward scope create {unknown} --realm \
             {realm}{place}",
        ))),
    }
}

/// An API that checks tokens itself needs no client, so this is no error.
fn warn_of(audience: &str, realm: &str) {
    eprintln!(
        "note: there is no client {audience:?} in realm {realm}: nobody can introspect these tokens until there is one"
    );
}

/// The audiences that no client stands for.
async fn absent_audiences<'a>(
    tx: &mut dyn Tx,
    realm: RealmId,
    audiences: &'a [String],
) -> Result<Vec<&'a str>, Failure> {
    let mut absent = Vec::new();
    for audience in audiences {
        if tx.client_by_client_id(realm, audience).await?.is_none() {
            absent.push(audience.as_str());
        }
    }
    Ok(absent)
}
