//! `keyward user create`.

use clap::Args;
use keyward_domain::Clock as _;
use keyward_domain::user::Profile;
use keyward_server::admin::users::create::{self, NewUser};
use keyward_server::admin::users::spec::UserSpec;
use serde::Serialize;
use serde_json::json;

use super::password;
use crate::admin_api::{Api, Members, Path, Reached, Target, id, text};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Opened};

#[derive(Args)]
pub(super) struct Create {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
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
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    target: Target,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    username: &'a str,
}

pub(super) async fn run(arguments: Create) -> Result<(), Failure> {
    match arguments.target.reach().await? {
        Reached::Database(opened) => in_database(arguments, opened).await,
        Reached::Server(api) => over_api(arguments, &api).await,
    }
}

async fn in_database(arguments: Create, opened: Opened) -> Result<(), Failure> {
    arguments.members.none_in_database()?;
    let profile = Profile {
        email: arguments.email,
        first_name: arguments.first_name,
        last_name: arguments.last_name,
        ..Profile::default()
    };
    let spec = UserSpec::parse(&arguments.username, profile)
        .map_err(|error| Failure::new(format!("{:?}: {error}", arguments.username)))?;
    let realm = place::realm(&opened, &mut *opened.store.read().await?, &arguments.realm).await?;
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

async fn over_api(arguments: Create, api: &Api) -> Result<(), Failure> {
    let users = Path::realm(&arguments.realm).then("users");
    // A person is not asked for a password that nobody will take.
    api.get(&users.clone().then("count")).await?;
    let mut user = json!({
        "username": arguments.username,
        "enabled": true,
        "credentials": [arguments.password.credential()?],
    });
    if let Some(members) = user.as_object_mut() {
        let profile = [
            ("email", arguments.email),
            ("firstName", arguments.first_name),
            ("lastName", arguments.last_name),
        ];
        members.extend(
            profile
                .into_iter()
                .filter_map(|(name, value)| Some((name.into(), value?.into()))),
        );
    }
    api.make(&users, &arguments.members.over(user)?).await?;
    let made = api.user(&arguments.realm, &arguments.username).await?;
    if arguments.json {
        return output::json(&api.get(&users.part(id(&made))).await?);
    }
    output::line(&format!("{}  {}", id(&made), text(&made, "username")))
}
