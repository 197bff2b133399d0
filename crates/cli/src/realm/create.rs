//! `keyward realm create`.

use clap::Args;
use keyward_domain::policy::lockout::BruteForce;
use keyward_domain::policy::password::PasswordPolicy;
use keyward_domain::realm::{RealmName, RealmSettings};
use keyward_domain::{Clock as _, Fault};
use keyward_server::admin::realms::create;
use serde_json::{Value, json};

use super::list::Row;
use crate::admin_api::{Api, Members, Path, Reached, Target, realm_exists_in, text};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::login::BROWSER_CLIENT;
use crate::output;
use crate::place::Opened;

#[derive(Args)]
pub(super) struct Create {
    /// Its name
    name: String,
    /// What people see instead of its name
    #[arg(long)]
    display_name: Option<String>,
    /// Whoever guesses passwords has to wait, longer each time
    #[arg(long)]
    brute_force_protection: bool,
    /// What a new password must be, in Keycloak's words: "length(12) and digits(1) and notUsername". Else length(8)
    #[arg(long, value_name = "POLICY")]
    password_policy: Option<PasswordPolicy>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    if let Some(rule) = arguments
        .password_policy
        .iter()
        .flat_map(PasswordPolicy::unsupported)
        .next()
    {
        return Err(Failure::new(format!(
            "--password-policy: the rule {rule:?} is not kept yet. Leave it out"
        )));
    }
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(arguments, opened).await,
        Reached::Server(api) => over_api(arguments, &api).await,
    }
}

async fn in_database(arguments: Create, opened: Opened) -> Result<(), Failure> {
    arguments.members.none_in_database()?;
    let Create { name, .. } = arguments;
    let settings = RealmSettings {
        display_name: arguments.display_name.unwrap_or_default(),
        brute_force: BruteForce {
            protected: arguments.brute_force_protection,
            ..BruteForce::default()
        },
        password_policy: arguments.password_policy.unwrap_or_default(),
        ..RealmSettings::default()
    };
    let parsed = RealmName::parse(&name).map_err(|error| Failure::new(format!("{name:?}: {error}")))?;
    let now = SystemClock.now();
    let new = create::prepare(&opened.sealer, parsed, settings, now).await?;
    let mut tx = opened.store.write().await?;
    let realm = create::create(&mut *tx, &new, now).await;
    let realm = realm.map_err(|fault| match fault {
        Fault::Exists(_) => Failure::new(realm_exists_in(&opened.named, &name)),
        fault => fault.into(),
    })?;
    tx.commit().await?;
    let id = realm.id.to_string();
    Row {
        id,
        realm: name,
        enabled: true,
    }
    .print(arguments.json)
}

/// Through which `keyward login` logs people of the realm in, with the browser.
fn browser_client() -> Value {
    json!({
        "clientId": BROWSER_CLIENT,
        "name": "Keyward CLI",
        "publicClient": true,
        "standardFlowEnabled": true,
        "directAccessGrantsEnabled": false,
        "redirectUris": ["http://127.0.0.1/callback"],
        "attributes": { "pkce.code.challenge.method": "S256" },
    })
}

async fn over_api(arguments: Create, api: &Api) -> Result<(), Failure> {
    let name = &arguments.name;
    // A realm of Keycloak's API that names no policy takes any password.
    let policy = arguments.password_policy.unwrap_or_default().to_string();
    let mut realm = json!({
        "realm": name,
        "enabled": true,
        "passwordPolicy": policy,
        "attributes": { "keyward.pkce.for.public.clients": "true" },
        "clients": [browser_client()],
    });
    if let Some(members) = realm.as_object_mut() {
        members.extend(arguments.display_name.map(|shown| ("displayName".into(), shown.into())));
        if arguments.brute_force_protection {
            members.insert("bruteForceProtected".into(), true.into());
        }
    }
    api.make(&Path::realms(), &arguments.members.over(realm)?).await?;
    let made = api.get(&Path::realm(name)).await?;
    if arguments.json {
        return output::json(&made);
    }
    output::line(&format!("{}  {name}", text(&made, "id")))
}
