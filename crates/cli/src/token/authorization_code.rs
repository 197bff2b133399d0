//! A person logs in with the browser.

use std::time::Duration;

use clap::Args;
use keyward_client::authorization_code::open_browser;
use keyward_client::{ClientAuthentication, Issuer, Login, LoginError, LoginOptions, NativeLogin};

use super::request::{refused, told};
use crate::argument;
use crate::failure::Failure;

/// What is asked for when nothing is.
const SCOPE: &str = "openid";

/// How the browser comes into it.
#[derive(Args)]
pub(crate) struct LoginArguments {
    /// Print the address of the login and open no browser
    #[arg(long)]
    no_browser: bool,
    /// Path of the redirect URI that the client has for 127.0.0.1
    #[arg(long, value_name = "PATH", default_value = "/callback")]
    redirect_path: String,
    /// Seconds that the login may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = argument::number, allow_negative_numbers = true)]
    wait: u32,
}

/// Shows the login to the person, and waits for them to come back.
pub(crate) async fn login(
    issuer: Issuer,
    client: ClientAuthentication,
    scope: String,
    arguments: LoginArguments,
) -> Result<Login, Failure> {
    let LoginArguments {
        no_browser,
        redirect_path,
        wait,
    } = arguments;
    let options = LoginOptions {
        scope: if scope.is_empty() { SCOPE.into() } else { scope },
        redirect_path,
        wait: Duration::from_secs(wait.into()),
        open: Box::new(move |url| {
            eprintln!("log in at {url}");
            if !no_browser && let Err(error) = open_browser(url) {
                eprintln!("no browser could be opened ({error}): open the address above");
            }
            Ok(())
        }),
        ..LoginOptions::default()
    };
    let login = NativeLogin::new(issuer, client, options).login().await;
    login.map_err(|error| match &error {
        LoginError::Token(error) => refused(error),
        LoginError::Refused(refusal) => told(&error, refusal),
        error => Failure::of(error),
    })
}
