//! `keyward user set-password`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_server::admin::users::set_password;
use serde::Serialize;
use serde_json::json;

use super::{password, person};
use crate::admin_api::{Api, Path, Reached, Target, id};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Opened};

#[derive(Args)]
pub(super) struct SetPassword {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    password: password::Source,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: Target,
}

#[derive(Serialize)]
struct Shown<'a> {
    username: &'a str,
    sessions_ended: u64,
}

pub(super) async fn run(arguments: SetPassword) -> Result<(), Failure> {
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(&arguments, &opened).await,
        Reached::Server(api) => over_api(&arguments, &api).await,
    }
}

async fn in_database(arguments: &SetPassword, opened: &Opened) -> Result<(), Failure> {
    let mut tx = opened.store.read().await?;
    let realm = place::realm(opened, &mut *tx, &arguments.realm).await?;
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    drop(tx);
    let whose = (user.username.as_str(), user.profile.email.as_deref());
    let password = arguments.password.read(&realm, whose).await?;
    let mut tx = opened.store.write().await?;
    // As they are now: typing takes a while.
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    let ended = set_password::set_password(&mut *tx, &realm, &user, &password, SystemClock.now()).await?;
    tx.commit().await?;
    let username = &user.username;
    if arguments.json {
        return output::json(&Shown {
            username,
            sessions_ended: ended,
        });
    }
    output::line(&format!("{username} has a new password; sessions ended: {ended}"))
}

/// Sessions end as they do on a database: whoever knew the old password is out.
async fn over_api(arguments: &SetPassword, api: &Api) -> Result<(), Failure> {
    let SetPassword { realm, username, .. } = arguments;
    let user = api.user(realm, username).await?;
    let path = Path::realm(realm).then("users").part(id(&user));
    let credential = arguments.password.credential()?;
    let sessions = api.get(&path.clone().then("sessions")).await?;
    let before = sessions.as_array().map_or(0, Vec::len);
    api.change(&path.clone().then("reset-password"), &credential).await?;
    // Keycloak leaves them.
    api.act(&path.then("logout")).await?;
    if arguments.json {
        return output::json(&json!({ "username": username, "sessions_ended": before }));
    }
    output::line(&format!("{username} has a new password; sessions ended: {before}"))
}
