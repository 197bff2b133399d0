//! `keyward user add-otp`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_server::admin::users::add_otp::{self, Earlier};
use serde::Serialize;

use super::person;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

#[derive(Args)]
pub(super) struct AddOtp {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// What the person calls the device
    #[arg(long, default_value = "Authenticator")]
    label: String,
    /// Let the devices that they have already stop working: one was lost, or given away
    #[arg(long, conflicts_with = "another")]
    replace: bool,
    /// Let the devices that they have already go on working
    #[arg(long)]
    another: bool,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    username: &'a str,
    uri: &'a str,
}

pub(super) async fn run(arguments: AddOtp) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.write().await?;
    let realm = place::realm(&opened, &mut *tx, &arguments.realm).await?;
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    let earlier = match (arguments.replace, arguments.another) {
        (true, _) => Earlier::Remove,
        (false, true) => Earlier::Keep,
        (false, false) if tx.otps(user.id).await?.is_empty() => Earlier::Keep,
        (false, false) => {
            return Err(Failure::new(format!(
                "{} has a second factor already. Say --replace if it was lost, or --another to let both work",
                user.username
            )));
        }
    };
    let now = SystemClock.now();
    let added = add_otp::add_otp(
        &mut *tx,
        (&realm, &user),
        &arguments.label,
        earlier,
        &opened.sealer,
        now,
    )
    .await?;
    tx.commit().await?;
    let uri = added.uri.expose();
    if arguments.json {
        return output::json(&Shown {
            id: added.otp.id.to_string(),
            username: &user.username,
            uri,
        });
    }
    output::line(&format!("{uri}   (shown once)"))
}
