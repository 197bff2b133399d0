//! `keyward`: the one binary. A file per command; only this crate puts the others together.

use std::pin::Pin;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

mod admin;
mod admin_api;
mod argument;
mod bootstrap;
mod client;
mod clock;
mod completions;
mod compose;
mod config;
mod database;
mod dev;
mod failure;
mod group;
mod guard;
mod key;
mod login;
mod migrate;
mod output;
mod place;
mod port;
mod private_file;
mod prompt;
mod realm;
mod realm_file;
mod role;
mod scope;
mod sealing;
mod serve;
mod session;
mod signals;
mod token;
mod user;

use failure::Failure;

/// API authentication: an authorization server in one binary.
///
/// Without a command it is `keyward dev`: a server on 127.0.0.1:8080 with a demo realm, ready to try.
#[derive(Parser)]
#[command(name = "keyward", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  keyward                                     a demo server on http://127.0.0.1:8080
  keyward serve --config keyward.toml         the server for real
  keyward config check --config keyward.toml  what is wrong with a configuration
  keyward guard --config guard.toml           a gateway that protects APIs
  keyward token request --demo                an access token of the demo
  keyward client create --realm demo --id my-service --audience backend-api --data keyward-data
  keyward user create carol --realm demo --email carol@example.com --data keyward-data
  keyward login https://id.example.com        from here on commands go over the admin API of that server";

#[derive(Subcommand)]
enum Command {
    /// Run a demo server on a loopback address (the default)
    Dev(dev::Arguments),
    /// Run the server by a configuration file
    Serve(serve::Arguments),
    /// Protect APIs by a configuration file: as a gateway in front of them, or for a proxy that asks
    Guard(guard::Arguments),
    /// Get a token, as an application does
    Token(token::Arguments),
    /// Check or show a configuration
    Config(config::Arguments),
    /// Bring a database to this version
    Migrate(migrate::Arguments),
    /// Make people who may administer every realm
    Admin(admin::Arguments),
    /// Log in to a server, whose admin API the commands below then call
    Login(Box<login::Arguments>),
    /// Forget a login, and end its tokens
    Logout(login::LogoutArguments),
    /// Say who is logged in, and where
    Whoami(login::WhoamiArguments),
    /// Realms: create, list, change, delete, import, export
    Realm(realm::Arguments),
    /// Create and list the scopes of a realm
    Scope(scope::Arguments),
    /// Clients: create, list, change, delete, and their secrets
    Client(client::Arguments),
    /// People: create, list, change, delete, their passwords, second factors, roles and groups
    User(user::Arguments),
    /// Roles: create, list, delete, and which bring others
    Role(role::Arguments),
    /// Groups: create, list, delete, and who is in them
    Group(group::Arguments),
    /// Sessions: list and end
    Session(session::Arguments),
    /// Seal stored secrets under a new key, list the keys of realms
    Key(key::Arguments),
    /// Print what makes a shell complete these commands
    Completions(completions::Arguments),
    /// Print the manual page, or write one for each command
    Man(completions::Man),
}

fn main() -> ExitCode {
    let started = clock::start();
    let arguments = Arguments::parse();
    let command = arguments
        .command
        .unwrap_or_else(|| Command::Dev(dev::Arguments::default()));
    match run(command, started) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("keyward: {failure}");
            failure.code()
        }
    }
}

/// The exit code is that of a command whose answer may be no.
fn run(command: Command, started: clock::Started) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime(&error))?;
    // Behind a pointer it is compiled once, and not for every kind of runtime.
    let work: Pin<Box<dyn Future<Output = Result<ExitCode, Failure>>>> = Box::pin(perform(command, started));
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

async fn perform(command: Command, started: clock::Started) -> Result<ExitCode, Failure> {
    match command {
        Command::Dev(arguments) => dev::run(arguments, started).await,
        Command::Serve(arguments) => serve::run(arguments, started).await,
        Command::Guard(arguments) => return guard::run(arguments, started).await,
        Command::Token(arguments) => token::run(arguments).await,
        Command::Config(arguments) => config::run(&arguments),
        Command::Migrate(arguments) => migrate::run(arguments).await,
        Command::Admin(arguments) => admin::run(arguments).await,
        Command::Login(arguments) => login::run(*arguments).await,
        Command::Logout(arguments) => login::logout(arguments).await,
        Command::Whoami(arguments) => login::whoami(arguments).await,
        Command::Realm(arguments) => realm::run(arguments).await,
        Command::Scope(arguments) => scope::run(arguments).await,
        Command::Client(arguments) => client::run(arguments).await,
        Command::User(arguments) => user::run(arguments).await,
        Command::Role(arguments) => role::run(arguments).await,
        Command::Group(arguments) => group::run(arguments).await,
        Command::Session(arguments) => session::run(arguments).await,
        Command::Key(arguments) => key::run(arguments).await,
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => completions::man(&arguments, Arguments::command()),
    }
    .map(|()| ExitCode::SUCCESS)
}
