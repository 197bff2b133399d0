//! `keyward user create`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_domain::user::Profile;
use keyward_server::admin::users::create::{self, NewUser};
use keyward_server::admin::users::spec::UserSpec;
use serde::Serialize;

use super::password;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

#[derive(Args)]
pub(super) struct Create {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long)]
    realm: String,
    /// Mail address
    #[arg(long)]
    email: Option<String>,
    /// `given_name`
    #[arg(long)]
    first_name: Option<String>,
    /// `family_name`
    #[arg(long)]
    last_name: Option<String>,
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
    id: String,
    username: &'a str,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    let profile = Profile {
        email: arguments.email,
        first_name: arguments.first_name,
        last_name: arguments.last_name,
        ..Profile::default()
    };
    let spec = UserSpec::parse(&arguments.username, profile)
        .map_err(|error| Failure::new(format!("{:?}: {error}", arguments.username)))?;
    let opened = arguments.place.open().await?;
    let realm = place::realm(&mut *opened.store.read().await?, &arguments.realm).await?;
    let whose = (spec.username(), spec.profile().email.as_deref());
    let password = arguments.password.read(&realm, whose).await?;
    let new = NewUser::new(spec, password);
    let mut tx = opened.store.write().await?;
    let (user, _) = create::create_checked(&mut *tx, &realm, &new, SystemClock.now())
        .await
        .map_err(|error| Failure::new(error.to_string()))?;
    tx.commit().await?;
    let id = user.id.to_string();
    if arguments.json {
        let username = &user.username;
        return output::json(&Shown { id, username });
    }
    output::line(&format!("{id}  {}", user.username))
}
