//! `keyward logout`.

use clap::Args;
use keyward_client::Form;

use super::kept::Login;
use super::logins::{Logins, find};
use super::proof;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Server; that of the last login when absent
    #[arg(value_name = "SERVER_URL")]
    server: Option<String>,
}

/// Forgets the login, even when the server cannot be told.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let found = find(arguments.server.as_deref())?;
    let login = found.ok_or_else(|| Failure::new("nobody is logged in"))?;
    let mut logins = Logins::locked()?;
    // As it is now: another command may have renewed it.
    let login = logins.at(&login.server).cloned().unwrap_or(login);
    let told = tell(&login).await;
    let was_current = logins.current().is_some_and(|current| current.server == login.server);
    logins.forget(&login.server)?;
    let server = &login.server;
    if let Err(failure) = told {
        eprintln!("{server} was not told ({failure}): its tokens work until they end");
    }
    let next = match logins.current().filter(|_| was_current) {
        Some(next) => format!("; commands that name no server now go to {}", next.server),
        None => String::new(),
    };
    output::line(&format!("logged out at {server}{next}"))
}

/// Ends what the login holds. RFC 7009 §2.1
async fn tell(login: &Login) -> Result<(), Failure> {
    let transport = login.transport()?;
    let issuer = login.issuer(transport.clone());
    let metadata = issuer.metadata().await.map_err(|error| Failure::of(&error))?;
    let endpoint = metadata.revocation_endpoint.as_deref();
    let endpoint = endpoint.ok_or_else(|| Failure::new("it has no revocation endpoint"))?;
    let token = login.refresh_token.as_ref().unwrap_or(&login.access_token);
    let mut form = Form::new()
        .with("client_id", &login.client_id)
        .with("token", token.reveal());
    if login.is_confidential {
        let secret = proof::client_secret();
        let secret = secret.ok_or_else(|| Failure::new("KEYWARD_CLIENT_SECRET is not set"))?;
        form.push("client_secret", secret.reveal());
    }
    let answer = transport.post_form(endpoint, &form, None, "application/json").await;
    let status = answer.map_err(|error| Failure::of(&error))?.status;
    if status.is_success() {
        return Ok(());
    }
    Err(Failure::new(format!("status {}", status.as_u16())))
}
