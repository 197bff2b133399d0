//! A login that waits until the person has proved their mail address.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::user::User;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::params::Params;
use serde_json::Value;

use super::action_token::{self, Asked, Redirect, SendError, VERIFY_EMAIL};
use super::complete::{Required, required};
use super::password::{Proved, attempt, proceed, refuse};
use super::pending::{Pending, Step};
use super::verify::Refused;
use super::{Said, show};
use crate::http::page::PageRequest;
use crate::pages::{ErrorKind, VerifyEmailNotice};

/// Seconds that the link works, where the realm does not say.
const LIFESPAN: i64 = 300;

/// Longest that a realm can let such a link work.
const LONGEST: i64 = 7 * 24 * 60 * 60;

/// Sends the mail and asks the person to open its link.
pub(super) async fn ask(page: &PageRequest, pending: &Pending, user: &User) -> Result<Response<Body>, Fault> {
    let mail = write_to(page, pending, user).await?;
    waiting(page, pending, user, Some(mail))
}

/// The person goes on, wants another mail, or only looks.
pub(super) async fn answer(
    page: &PageRequest,
    pending: &Pending,
    (user, credential): (UserId, CredentialId),
    form: &Params<'_>,
) -> Result<Response<Body>, Fault> {
    if pending.is_late(page) {
        return Ok(page.error(ErrorKind::LoginExpired));
    }
    let mut tx = page.app.store().read().await?;
    let found = tx.user(page.realm.realm.id, user).await?;
    let proved = tx.password(user).await?.filter(|proved| proved.id == credential);
    drop(tx);
    let (Some(user), Some(credential)) = (found.filter(|user| user.enabled), proved) else {
        let first = pending.at(Step::Login { again: false });
        return refuse(page, &first, "", Refused::Wrong);
    };
    if required(&user, &page.realm.realm) != Required::VerifyEmail {
        let proved = Proved {
            credential,
            used: None,
            password: None,
        };
        return proceed(page, pending, &user, proved).await;
    }
    if page.posted && form.get("again").is_some() {
        return ask(page, pending, &user).await;
    }
    let notice = page.posted.then_some(VerifyEmailNotice::NotYet);
    waiting(page, pending, &user, notice)
}

/// Sends the mail, unless one went out a moment ago.
async fn write_to(page: &PageRequest, pending: &Pending, user: &User) -> Result<VerifyEmailNotice, Fault> {
    let (app, realm, cx) = (&page.app, &page.realm, &page.cx);
    if action_token::is_too_soon(app, realm, user, cx.now).await? {
        return Ok(VerifyEmailNotice::Sent);
    }
    let named = realm.realm.settings.kept.get("actionTokenGeneratedByUserLifespan");
    let lifespan = named.and_then(Value::as_i64).unwrap_or(LIFESPAN);
    let redirect = Redirect {
        client: pending.client_id().map(str::to_owned),
        uri: None,
    };
    let asked = Asked {
        actions: &[VERIFY_EMAIL],
        lifespan: lifespan.clamp(60, LONGEST),
        redirect: &redirect,
    };
    let mut draft = attempt(page, pending).draft(UserEventType::SendVerifyEmail);
    draft
        .user(user.id)
        .detail("username", &user.username)
        .detail_if("email", user.profile.email.as_deref());
    match action_token::send(app, realm, user, asked, cx).await {
        Ok(()) => {
            draft.done(app);
            Ok(VerifyEmailNotice::Sent)
        }
        Err(SendError::Mail(_)) => {
            draft.refused(app, "email_send_failed");
            Ok(VerifyEmailNotice::NotSent)
        }
        Err(SendError::Fault(fault)) => Err(fault),
    }
}

fn waiting(
    page: &PageRequest,
    pending: &Pending,
    user: &User,
    mail: Option<VerifyEmailNotice>,
) -> Result<Response<Body>, Fault> {
    let said = Said {
        email: user.profile.email.as_deref().unwrap_or_default(),
        mail,
        ..Said::default()
    };
    show(page, pending, said)
}
