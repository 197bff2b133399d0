//! `keyward user`.

use clap::{Args, Subcommand};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::user::User;

use crate::failure::Failure;

mod add_otp;
mod create;
mod delete;
mod groups;
mod list;
mod logout;
pub(crate) mod password;
mod roles;
mod set;
mod set_password;
mod show;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "Examples:
  keyward user create carol --realm shop --email carol@example.com --config keyward.toml   on a database
  keyward user create carol --realm shop --email carol@example.com --server https://id.example.com
  keyward user list --realm shop --search car
  keyward user roles add carol manager --realm shop";

#[derive(Subcommand)]
enum Verb {
    /// Create a person. The password comes from `KEYWARD_USER_PASSWORD`, a file, a prompt or stdin
    Create(Box<create::Create>),
    /// List people
    List(list::List),
    /// Show a person
    Show(show::Show),
    /// Change a person
    Set(set::Set),
    /// Delete a person
    Delete(delete::Delete),
    /// Give a person another password and end their sessions. It comes from where `create` takes it
    SetPassword(set_password::SetPassword),
    /// Give a person a second factor: prints the secret for their authenticator app once. On a database
    AddOtp(add_otp::AddOtp),
    /// The roles that a person holds
    Roles(roles::Arguments),
    /// The groups that a person is in
    Groups(groups::Arguments),
    /// End a person's sessions
    Logout(logout::Logout),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create::run(*arguments).await,
        Verb::List(arguments) => list::run(arguments).await,
        Verb::Show(arguments) => show::run(arguments).await,
        Verb::Set(arguments) => set::run(arguments).await,
        Verb::Delete(arguments) => delete::run(arguments).await,
        Verb::SetPassword(arguments) => set_password::run(arguments).await,
        Verb::AddOtp(arguments) => add_otp::run(arguments).await,
        Verb::Roles(arguments) => roles::run(arguments).await,
        Verb::Groups(arguments) => groups::run(arguments).await,
        Verb::Logout(arguments) => logout::run(arguments).await,
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
