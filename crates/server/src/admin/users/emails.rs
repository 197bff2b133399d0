//! Mails with a link: `users/{user}/execute-actions-email`, `send-verify-email` and `reset-password-email`.

use keyward_domain::client::redirect_uri;
use keyward_domain::user::User;
use serde_json::Value;

use super::find::find;
use super::{privilege, required_actions};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::login::action_token::{self, ACTIONS, Asked, Redirect, SendError, VERIFY_EMAIL};
use crate::login::complete::UPDATE_PASSWORD;

/// Seconds that a link works, where neither the request nor the realm says.
const LIFESPAN: i64 = 12 * 60 * 60;

/// Longest that a link works, whoever says what.
const LONGEST: i64 = 30 * 24 * 60 * 60;

/// Asks a user for what the body names.
pub(super) async fn execute_actions(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = match call.raw_body().trim_ascii() {
        b"" => None,
        _ => call.json::<Option<Vec<String>>>()?,
    };
    ask(call, &sent.unwrap_or_default(), "execute-actions-email").await
}

/// Asks a user for a new password.
pub(super) async fn reset_password(call: &AdminCall) -> Result<Answer, AdminError> {
    ask(call, &[UPDATE_PASSWORD.to_owned()], "reset-password-email").await
}

/// Asks a user to prove their address.
pub(super) async fn verify_email(call: &AdminCall) -> Result<Answer, AdminError> {
    let user = find(call, &mut *call.read().await?).await?;
    let redirect = redirect(call, &user)?;
    let lifespan = lifespan(call)?;
    let asked = Asked {
        actions: &[VERIFY_EMAIL],
        lifespan,
        redirect: &redirect,
    };
    let failed = |_: &SendError| "Failed to send verify email".to_owned();
    send(call, &user, asked, failed).await?;
    note(call, &user, "send-verify-email").await
}

async fn ask(call: &AdminCall, wanted: &[String], verb: &str) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    // Who can read the mails of the realm's server could come in by the link.
    privilege::require_not_above(call, &mut *tx, &user).await?;
    drop(tx);
    let redirect = redirect(call, &user)?;
    let lifespan = lifespan(call)?;
    if wanted.is_empty() || !wanted.iter().all(|action| required_actions::is_known(action)) {
        return Err(AdminError::invalid("Provided invalid required actions"));
    }
    let actions: Vec<&str> = ACTIONS
        .into_iter()
        .filter(|action| wanted.iter().any(|wanted| wanted == action))
        .collect();
    if wanted.iter().any(|action| !actions.contains(&action.as_str())) {
        return Err(AdminError::NotOffered(
            "required actions by mail other than UPDATE_PASSWORD and VERIFY_EMAIL",
        ));
    }
    let asked = Asked {
        actions: &actions,
        lifespan,
        redirect: &redirect,
    };
    let failed = |error: &SendError| format!("Failed to send execute actions email: {error}");
    send(call, &user, asked, failed).await?;
    note(call, &user, verb).await
}

/// Where the person goes after it: checked now, and again when the link is used.
fn redirect(call: &AdminCall, user: &User) -> Result<Redirect, AdminError> {
    if user.profile.email.is_none() {
        return Err(AdminError::invalid("User email missing"));
    }
    if !user.enabled {
        return Err(AdminError::invalid("User is disabled"));
    }
    let uri = call.query.get("redirect_uri");
    let Some(client_id) = call.query.get("client_id") else {
        return match uri {
            Some(_) => Err(AdminError::invalid("Client id missing")),
            None => Ok(Redirect::default()),
        };
    };
    let client = call.realm()?.clients.get(client_id);
    let client = &client.ok_or(AdminError::invalid("Client doesn't exist"))?.client;
    if !client.enabled {
        return Err(AdminError::invalid("Client is not enabled"));
    }
    if uri.is_some_and(|uri| !redirect_uri::matches(uri, &client.settings)) {
        return Err(AdminError::invalid("Invalid redirect uri."));
    }
    Ok(Redirect {
        client: Some(client_id.to_owned()),
        uri: uri.map(str::to_owned),
    })
}

fn lifespan(call: &AdminCall) -> Result<i64, AdminError> {
    let secs = if let Some(text) = call.query.get("lifespan") {
        let number = text.parse::<i32>();
        i64::from(number.map_err(|_| AdminError::not_found("HTTP 404 Not Found"))?)
    } else {
        let kept = &call.realm()?.realm.settings.kept;
        let named = kept.get("actionTokenGeneratedByAdminLifespan");
        named.and_then(Value::as_i64).unwrap_or(LIFESPAN)
    };
    Ok(secs.clamp(1, LONGEST))
}

async fn send(
    call: &AdminCall,
    user: &User,
    asked: Asked<'_>,
    failed: impl Fn(&SendError) -> String,
) -> Result<(), AdminError> {
    let sent = action_token::send(&call.app, call.realm()?, user, asked, &call.cx).await;
    sent.map_err(|error| match error {
        SendError::Fault(fault) => AdminError::Fault(fault),
        SendError::Mail(_) => AdminError::Outside(failed(&error)),
    })
}

async fn note(call: &AdminCall, user: &User, verb: &str) -> Result<Answer, AdminError> {
    let done = Done::new(Operation::Action, "USER", format!("users/{}/{verb}", user.id));
    call.commit(call.write().await?, done.of_nothing()).await?;
    Ok(Answer::no_content())
}
