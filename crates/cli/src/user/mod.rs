//! `keyward user`: create, set a password, add a second factor.

use clap::{Args, Subcommand};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::user::User;

use crate::failure::Failure;

mod add_otp;
mod create;
mod password;
mod set_password;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a person. The password comes from `KEYWARD_USER_PASSWORD`, a file, a prompt or stdin
    Create(Box<create::Create>),
    /// Give a person another password and end their sessions. It comes from where `create` takes it
    SetPassword(set_password::SetPassword),
    /// Give a person a second factor: prints the secret for their authenticator app once
    AddOtp(add_otp::AddOtp),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create::run(*arguments).await,
        Verb::SetPassword(arguments) => set_password::run(arguments).await,
        Verb::AddOtp(arguments) => add_otp::run(arguments).await,
    }
}

/// A person by user name, or a line that says that there is none.
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
