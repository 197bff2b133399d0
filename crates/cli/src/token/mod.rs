//! `keyward token`: tokens, as an application gets them.

use clap::{Args, Subcommand};

use crate::failure::Failure;

pub(crate) mod authorization_code;
mod print;
mod request;
mod secret;

pub(crate) use request::refused;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Get an access token of any OAuth server. It alone is printed on stdout, everything else on stderr
    Request(Box<request::Request>),
}

/// `keyward token`.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Request(request) => request::run(*request).await,
    }
}
