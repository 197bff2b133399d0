//! `keyward token request`.

use std::fmt::Display;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use keyward_client::time::{Clock as _, SystemClock};
use keyward_client::{
    ClientAuthentication, Form, Issuer, PlainHttp, Refusal, Secret, TokenEndpoint, TokenError, TokenSet, Transport,
    TransportOptions,
};

use super::authorization_code::{self, LoginArguments};
use super::print::{self, Output};
use super::secret::{ClientSecret, RefreshToken};
use crate::dev::{seed, state};
use crate::failure::Failure;

/// Where `keyward dev` is, unless told otherwise.
const DEMO_ISSUER: &str = "http://127.0.0.1:8080/realms/demo";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Request {
    /// The issuer, exactly as in its metadata; of a realm, https://…/realms/NAME
    #[arg(long, visible_alias = "realm", value_name = "URL", required_unless_present = "demo")]
    issuer: Option<String>,
    /// `client_id`
    #[arg(long, value_name = "ID", required_unless_present = "demo")]
    client_id: Option<String>,
    #[command(flatten)]
    client_secret: ClientSecret,
    /// How the secret is sent
    #[arg(long, value_enum, value_name = "METHOD", default_value = "basic")]
    client_auth: ClientAuth,
    /// What for
    #[arg(long, value_enum, default_value = "client_credentials")]
    grant: Grant,
    #[command(flatten)]
    refresh_token: RefreshToken,
    /// Scope to ask for; repeat for several, or give them with spaces between
    #[arg(long)]
    scope: Vec<String>,
    #[command(flatten)]
    login: LoginArguments,
    /// PEM file with certificates of authorities to trust beside the web's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Speak plain http with other machines too: secrets cross the network in clear
    #[arg(long)]
    allow_http: bool,
    /// The issuer and the clients of keyward dev, with the address and the secrets in its data folder
    #[arg(long)]
    demo: bool,
    /// Data folder of keyward dev
    #[arg(long, value_name = "DIR", default_value = "keyward-data", requires = "demo")]
    data: PathBuf,
    /// Print one line of JSON with everything that came
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  curl -H \"Authorization: Bearer $(keyward token request --demo --scope orders:read)\" http://127.0.0.1:8081/orders
  keyward token request --issuer https://id.example.com/realms/shop --client-id billing --client-secret-file secret
  keyward token request --demo --grant authorization_code --scope 'openid orders:read' --json";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Grant {
    /// The application for itself (RFC 6749 §4.4)
    #[value(name = "client_credentials")]
    ClientCredentials,
    /// A person, who logs in with the browser (RFC 6749 §4.1, RFC 8252)
    #[value(name = "authorization_code")]
    AuthorizationCode,
    /// A person who logged in before (RFC 6749 §6)
    #[value(name = "refresh_token", alias = "refresh")]
    RefreshToken,
}

#[derive(Clone, Copy, ValueEnum)]
enum ClientAuth {
    /// In the Authorization header
    Basic,
    /// In the form
    Post,
}

pub(super) async fn run(request: Request) -> Result<(), Failure> {
    let issuer = Issuer::new(transport(&request)?, &request.issuer()?);
    let client = client(&request)?;
    let client_id = client.client_id().to_owned();
    let scope = request.scope.join(" ");
    let tokens = match request.grant {
        Grant::AuthorizationCode => {
            let login = authorization_code::login(issuer.clone(), client, scope, request.login).await?;
            login.tokens
        }
        Grant::ClientCredentials | Grant::RefreshToken => {
            let endpoint = TokenEndpoint::of_issuer(issuer.clone(), client);
            let form = form(&request)?;
            ask(&endpoint, form, &scope).await.map_err(|error| refused(&error))?
        }
    };
    let output = if request.json { Output::Json } else { Output::Token };
    print::tokens(&tokens, &client_id, issuer.url(), output)
}

impl Request {
    /// What is named, else where the demo listened last.
    fn issuer(&self) -> Result<String, Failure> {
        match &self.issuer {
            Some(issuer) => Ok(issuer.clone()),
            None => Ok(state::issuer(&self.data)?.unwrap_or_else(|| DEMO_ISSUER.to_owned())),
        }
    }

    /// In the demo, who is made for the grant.
    fn client_id(&self) -> &str {
        self.client_id.as_deref().unwrap_or(match self.grant {
            Grant::ClientCredentials => seed::SERVICE,
            Grant::AuthorizationCode | Grant::RefreshToken => seed::FRONTEND,
        })
    }
}

fn transport(request: &Request) -> Result<Transport, Failure> {
    let roots_pem = match &request.ca_file {
        None => Vec::new(),
        Some(path) => std::fs::read(path).map_err(|error| Failure::path("read the certificates", path, &error))?,
    };
    let options = TransportOptions {
        plain_http: if request.allow_http {
            PlainHttp::Allowed
        } else {
            PlainHttp::LoopbackOnly
        },
        roots_pem,
        ..TransportOptions::default()
    };
    Transport::new(&options).map_err(|error| Failure::new(format!("--ca-file: {error}")))
}

fn client(request: &Request) -> Result<ClientAuthentication, Failure> {
    let client_id = request.client_id();
    let demo = request.demo.then_some(request.data.as_path());
    let needed = request.grant == Grant::ClientCredentials;
    let secret: Option<Secret> = request.client_secret.read(client_id, demo, needed)?;
    Ok(match (secret, request.client_auth) {
        (None, _) => ClientAuthentication::public(client_id),
        (Some(secret), ClientAuth::Basic) => ClientAuthentication::secret_basic(client_id, secret.reveal()),
        (Some(secret), ClientAuth::Post) => ClientAuthentication::secret_post(client_id, secret.reveal()),
    })
}

fn form(request: &Request) -> Result<Form, Failure> {
    Ok(match request.grant {
        Grant::RefreshToken => {
            let token = request.refresh_token.read()?;
            Form::new()
                .with("grant_type", "refresh_token")
                .with("refresh_token", token.reveal())
        }
        Grant::ClientCredentials | Grant::AuthorizationCode => Form::new().with("grant_type", "client_credentials"),
    })
}

async fn ask(endpoint: &TokenEndpoint, mut form: Form, scope: &str) -> Result<TokenSet, TokenError> {
    let scope = Some(scope).filter(|scope| !scope.is_empty());
    if let Some(scope) = scope {
        form.push("scope", scope);
    }
    endpoint.request(form, scope, SystemClock.now()).await
}

/// What the issuer adds for people is for the one at this terminal.
pub(crate) fn refused(error: &TokenError) -> Failure {
    match error {
        TokenError::Refused(refusal) => told(error, refusal),
        error => Failure::of(error),
    }
}

/// An error with what the issuer said about it.
pub(super) fn told(error: &dyn Display, refusal: &Refusal) -> Failure {
    Failure::new(match refusal.description() {
        Some(description) => format!("{error} ({description})"),
        None => error.to_string(),
    })
}
