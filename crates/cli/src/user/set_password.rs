//! `keyward user set-password`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_server::admin::users::set_password;
use serde::Serialize;

use super::{password, person};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

#[derive(Args)]
pub(super) struct SetPassword {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long)]
    realm: String,
    #[command(flatten)]
    password: password::Source,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    username: &'a str,
    sessions_ended: u64,
}

pub(super) async fn run(arguments: SetPassword) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.read().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
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
