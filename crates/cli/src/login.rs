//! `keyward login`, `keyward logout` and `keyward whoami`: who calls the admin API.

use std::path::PathBuf;

use clap::Args;
use keyward_client::time::{Clock as _, SystemClock};
use keyward_client::{ClientAuthentication, DiscoveryError, Form, Issuer, TokenEndpoint, TokenSet};

use crate::admin_api::unreachable;
use crate::failure::Failure;
use crate::output;
use crate::place::DEV_URL;
use crate::token::{authorization_code, refused};

mod address;
mod kept;
mod logins;
mod logout;
mod person;
mod proof;
mod tokens;
mod whoami;

pub(crate) use kept::Login;
pub(crate) use logins::find;
pub(crate) use logout::{Arguments as LogoutArguments, run as logout};
pub(crate) use tokens::KeptTokens;
pub(crate) use whoami::{Arguments as WhoamiArguments, run as whoami};

use kept::{Grant, Trust};
use logins::Logins;

/// The client of every realm of ours through which people come with their browser.
pub(crate) const BROWSER_CLIENT: &str = "keyward-cli";

/// The client of every realm of Keycloak's through which tools come with a password.
const PASSWORD_CLIENT: &str = "admin-cli";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Server
    #[arg(value_name = "SERVER_URL", default_value = DEV_URL)]
    server: String,
    /// Realm to log in to; who administers all the others lives in master
    #[arg(long, short = 'r', default_value = "master")]
    realm: String,
    /// Client to log in through: keyward-cli, or with --username admin-cli, when absent. With its secret in
    /// `KEYWARD_CLIENT_SECRET` it logs in as itself
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Log in with a password instead of the browser. It comes from `KEYWARD_LOGIN_PASSWORD`, a file, a prompt or stdin
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    browser: authorization_code::LoginArguments,
    /// PEM file with certificates of authorities to trust beside the web's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Speak plain http with another machine: whoever reads the network becomes administrator
    #[arg(long)]
    allow_http: bool,
}

const EXAMPLES: &str = "Examples:
  keyward login https://id.example.com                    with the browser
  keyward login https://id.example.com --username admin   with a password, where there is no browser
  KEYWARD_CLIENT_SECRET=… keyward login https://id.example.com --realm shop --client-id deployer

The login is kept for this user alone, in keyward/logins.json below $XDG_CONFIG_HOME, or else ~/.config.";

/// `keyward login`.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let server = address::server(&arguments.server)?;
    let trust = Trust::new(arguments.ca_file.as_deref(), arguments.allow_http)?;
    let transport = trust.transport()?;
    let issuer = Issuer::new(transport.clone(), format!("{server}/realms/{}", arguments.realm));
    if let Err(error) = issuer.metadata().await {
        return Err(unknown(&error, &server, &arguments.realm));
    }
    let secret = arguments.client_id.as_ref().and_then(|_| proof::client_secret());
    let (grant, default) = match (&arguments.username, &secret) {
        (Some(_), _) => (Grant::Password, PASSWORD_CLIENT),
        (None, Some(_)) => (Grant::ClientCredentials, BROWSER_CLIENT),
        (None, None) => (Grant::Browser, BROWSER_CLIENT),
    };
    let client_id = arguments.client_id.as_deref().unwrap_or(default).to_owned();
    let is_confidential = secret.is_some();
    let client = match secret {
        Some(secret) => ClientAuthentication::secret_basic(client_id.as_str(), secret.reveal()),
        None => ClientAuthentication::public(client_id.as_str()),
    };
    let (tokens, who) = match arguments.username {
        Some(username) => {
            let password = proof::password(&username, arguments.password_file.as_deref())?;
            let form = Form::new()
                .with("grant_type", "password")
                .with("username", &username)
                .with("password", password.reveal());
            (ask(issuer, client, form).await?, username)
        }
        None if grant == Grant::ClientCredentials => (
            ask(issuer, client, kept::client_credentials()).await?,
            client_id.clone(),
        ),
        None => {
            let scope = scope(&client_id).to_owned();
            let login = authorization_code::login(issuer.clone(), client, scope, arguments.browser).await?;
            let who = person::of(&issuer, &login).await;
            (login.tokens, who)
        }
    };
    let mut login = Login {
        server,
        realm: arguments.realm,
        client_id,
        is_confidential,
        grant,
        who,
        trust,
        access_token: tokens.access_token.reveal().into(),
        issued_at: 0,
        expires_at: 0,
        refresh_token: None,
    };
    login.take(&tokens, SystemClock.now());
    let line = login.in_words();
    Logins::locked()?.keep(login)?;
    output::line(&line)
}

/// Why the realm's metadata cannot be had.
fn unknown(error: &DiscoveryError, server: &str, realm: &str) -> Failure {
    match error {
        DiscoveryError::Status { status, .. } if *status == http::StatusCode::NOT_FOUND => Failure::new(format!(
            "there is no realm {realm:?} at {server}. Name another with --realm"
        )),
        DiscoveryError::Transport { error, .. } => unreachable(server, error),
        DiscoveryError::IssuerMismatch { found, .. } => Failure::new(format!(
            "{server} calls itself {found:?}: log in at the address that clients know, its public_url"
        )),
        error => Failure::of(&format!("{server}: {error}")),
    }
}

/// What is asked for with the browser: who it is. Another client than ours may not have the scope for names.
fn scope(client_id: &str) -> &'static str {
    if client_id == BROWSER_CLIENT {
        "openid profile"
    } else {
        "openid"
    }
}

async fn ask(issuer: Issuer, client: ClientAuthentication, form: Form) -> Result<TokenSet, Failure> {
    let endpoint = TokenEndpoint::of_issuer(issuer, client);
    let tokens = endpoint.request(form, None, SystemClock.now()).await;
    tokens.map_err(|error| refused(&error))
}
