//! `keyward user`: create, set a password, add a second factor.

use clap::{Args, Subcommand};
use keyward_domain::Clock as _;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::user::{Profile, User};
use keyward_server::admin::users::create::{self, NewUser};
use keyward_server::admin::users::new_password::{NewPassword, NewPasswordError, PasswordKind};
use keyward_server::admin::users::spec::UserSpec;
use keyward_server::admin::users::{add_otp, set_password};
use serde::Serialize;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

mod password;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a person. The password comes from `KEYWARD_USER_PASSWORD`, a file, a prompt or stdin
    Create(Box<Create>),
    /// Give a person another password and end their sessions. It comes from where `create` takes it
    SetPassword(SetPassword),
    /// Give a person a second factor: prints the secret for their authenticator app once
    AddOtp(AddOtp),
}

#[derive(Args)]
struct Create {
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

#[derive(Args)]
struct SetPassword {
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

#[derive(Args)]
struct AddOtp {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long)]
    realm: String,
    /// What the person calls the device
    #[arg(long, default_value = "Authenticator")]
    label: String,
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

#[derive(Serialize)]
struct ShownPassword<'a> {
    username: &'a str,
    sessions_ended: u64,
}

#[derive(Serialize)]
struct ShownOtp<'a> {
    id: String,
    username: &'a str,
    uri: &'a str,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => run_create(*arguments).await,
        Verb::SetPassword(arguments) => run_set_password(arguments).await,
        Verb::AddOtp(arguments) => run_add_otp(arguments).await,
    }
}

async fn run_create(arguments: Create) -> Result<(), Failure> {
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
    let secret = arguments.password.read()?;
    let whose = (spec.username(), spec.profile().email.as_deref());
    let password = checked(&realm, whose, &secret, arguments.password.kind()).await?;
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

async fn run_set_password(arguments: SetPassword) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.read().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    drop(tx);
    let secret = arguments.password.read()?;
    let whose = (user.username.as_str(), user.profile.email.as_deref());
    let password = checked(&realm, whose, &secret, arguments.password.kind()).await?;
    let mut tx = opened.store.write().await?;
    // As they are now: typing takes a while.
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    let ended = set_password::set_password(&mut *tx, &realm, &user, &password, SystemClock.now()).await?;
    tx.commit().await?;
    let username = &user.username;
    if arguments.json {
        return output::json(&ShownPassword {
            username,
            sessions_ended: ended,
        });
    }
    output::line(&format!("{username} has a new password, {ended} sessions ended"))
}

async fn run_add_otp(arguments: AddOtp) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.write().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
    let user = person(&mut *tx, &realm, &arguments.username).await?;
    let now = SystemClock.now();
    let added = add_otp::add_otp(&mut *tx, &realm, &user, &arguments.label, &opened.sealer, now).await?;
    tx.commit().await?;
    let uri = added.uri.expose();
    if arguments.json {
        return output::json(&ShownOtp {
            id: added.otp.id.to_string(),
            username: &user.username,
            uri,
        });
    }
    output::line(&format!("{uri}   (shown once)"))
}

async fn person(tx: &mut dyn Tx, realm: &Realm, username: &str) -> Result<User, Failure> {
    let user = tx.user_by_username(realm.id, username).await?;
    let user = user.ok_or_else(|| Failure::new(format!("there is no user {username:?} in realm {}", realm.name)))?;
    if user.service_account_of.is_some() {
        return Err(Failure::new(format!(
            "{username:?} is the service account of a client and does not log in"
        )));
    }
    Ok(user)
}

async fn checked(
    realm: &Realm,
    whose: (&str, Option<&str>),
    secret: &Secret,
    kind: PasswordKind,
) -> Result<NewPassword, Failure> {
    let password = NewPassword::prepare(realm, whose, secret, kind).await;
    password.map_err(|error| match error {
        NewPasswordError::Fault(fault) => fault.into(),
        broken @ NewPasswordError::Broken(_) => Failure::new(format!("realm {} refuses it: {broken}", realm.name)),
    })
}
