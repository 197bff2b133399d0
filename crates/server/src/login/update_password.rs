//! `POST /realms/{realm}/login-actions/required-action`: a person with a temporary password sets their own before the
//! login goes on.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::user::User;
use keyward_protocol::params::Params;

use super::complete::{Required, required, tell_password};
use super::new_password;
use super::password::{Proved, attempt, proceed, refuse};
use super::pending::{Pending, Step};
use super::verify::Refused;
use super::{Said, resume, show, verify_email};
use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::pages::ErrorKind;

/// Answers the form, or shows its page again.
pub(crate) async fn required_action(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let (query, form) = (page.query()?, page.form()?);
    let pending = resume(&page, &query, &form)?;
    if let Step::VerifyEmail { user, credential } = pending.step {
        let done = verify_email::answer(&page, &pending, (user, credential), &form).await;
        return Ok(done.unwrap_or_else(|fault| page.fault(&fault)));
    }
    let Step::UpdatePassword { user, credential } = pending.step else {
        return Ok(page.error(ErrorKind::InvalidRequest));
    };
    if pending.is_late(&page) {
        return Ok(page.error(ErrorKind::LoginExpired));
    }
    let done = if page.posted {
        submit(&page, &pending, (user, credential), &form).await
    } else {
        show(&page, &pending, Said::default())
    };
    Ok(done.unwrap_or_else(|fault| page.fault(&fault)))
}

async fn submit(
    page: &PageRequest,
    pending: &Pending,
    (user, credential): (UserId, CredentialId),
    form: &Params<'_>,
) -> Result<Response<Body>, Fault> {
    let mut tx = page.app.store().read().await?;
    let found = tx.user(page.realm.realm.id, user).await?;
    let before = tx.password(user).await?.filter(|before| before.id == credential);
    drop(tx);
    // Only while it is still asked of them, and of who knew the password that is to be replaced: the form works once.
    let asked = |user: &User| user.enabled && required(user, &page.realm.realm) == Required::UpdatePassword;
    let (Some(user), Some(before)) = (found.filter(asked), before) else {
        let first = pending.at(Step::Login { again: false });
        return refuse(page, &first, "", Refused::Wrong);
    };
    match new_password::chosen(page, &user, Some(&before), form).await {
        Ok(new) => {
            let proved = Proved {
                credential: before,
                used: None,
                password: Some(new),
            };
            proceed(page, pending, &user, proved).await
        }
        Err(refused) => {
            if let Some(chosen) = refused.chosen() {
                tell_password(attempt(page, pending), &user, chosen);
            }
            let said = Said {
                username: &user.username,
                password: Some(refused.told()?),
                ..Said::default()
            };
            show(page, pending, said)
        }
    }
}
