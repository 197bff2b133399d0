//! `keyward admin`: people who may administer every realm.

use clap::{Args, Subcommand};
use keyward_domain::user::Profile;
use keyward_domain::{Clock as _, Fault};
use keyward_server::admin::users::create::NewUser;
use keyward_server::admin::users::spec::UserSpec;
use serde::Serialize;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Place;
use crate::user::password;
use crate::{bootstrap, output};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a person in realm master who may administer every realm. The password comes from
    /// `KEYWARD_USER_PASSWORD`, a file, a prompt or stdin
    Create(Create),
}

#[derive(Args)]
struct Create {
    /// User name
    username: String,
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

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create(arguments).await,
    }
}

async fn create(arguments: Create) -> Result<(), Failure> {
    let spec = UserSpec::parse(&arguments.username, Profile::default())
        .map_err(|error| Failure::new(format!("{:?}: {error}", arguments.username)))?;
    let opened = arguments.place.open().await?;
    let master = bootstrap::ensure(&opened).await?;
    let password = arguments.password.read(&master, (spec.username(), None)).await?;
    let new = NewUser::new(spec, password);
    let mut tx = opened.store.write().await?;
    let (user, _) = match bootstrap::administrator(&mut *tx, &master, &new, SystemClock.now()).await {
        Err(Fault::Exists(_)) => {
            let name = &arguments.username;
            return Err(Failure::new(format!("realm master has a user {name:?} already")));
        }
        made => made?,
    };
    tx.commit().await?;
    let id = user.id.to_string();
    if arguments.json {
        let username = &user.username;
        return output::json(&Shown { id, username });
    }
    output::line(&format!("{id}  {}", user.username))
}
