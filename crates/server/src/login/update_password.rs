//! `POST /realms/{realm}/login-actions/required-action`: a person with a temporary password sets their own before the
//! login goes on.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::id::UserId;
use keyward_protocol::params::Params;

use super::complete::{Required, required};
use super::new_password;
use super::password::{Proved, proceed, refuse};
use super::pending::{Pending, Step};
use super::verify::Refused;
use super::{Said, not_pending, resume, show};
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
    let pending = match resume(&page, &query, &form) {
        Ok(pending) => pending,
        Err(reason) => return Ok(not_pending(&page, reason)),
    };
    let Step::UpdatePassword { user } = pending.step else {
        return Ok(page.error(ErrorKind::InvalidRequest));
    };
    if pending.is_late(&page) {
        return Ok(page.error(ErrorKind::LoginExpired));
    }
    let done = if page.posted {
        submit(&page, &pending, user, &form).await
    } else {
        show(&page, &pending, Said::default())
    };
    Ok(done.unwrap_or_else(|fault| page.fault(&fault)))
}

async fn submit(
    page: &PageRequest,
    pending: &Pending,
    user: UserId,
    form: &Params<'_>,
) -> Result<Response<Body>, Fault> {
    let mut tx = page.app.store().read().await?;
    let found = tx.user(page.realm.realm.id, user).await?;
    let before = tx.password(user).await?;
    drop(tx);
    // Only while it is still asked of them: the form works once.
    let Some(user) = found.filter(|user| user.enabled && required(user) == Required::UpdatePassword) else {
        let first = pending.at(Step::Login { again: false });
        return refuse(page, &first, "", Refused::Wrong);
    };
    match new_password::chosen(page, &user, before.as_ref(), form).await {
        Ok(credential) => {
            let proved = Proved {
                rehash: None,
                used: None,
                password: Some(credential),
            };
            proceed(page, pending, &user, proved).await
        }
        Err(refused) => {
            let said = Said {
                password: Some(refused.told()?),
                ..Said::default()
            };
            show(page, pending, said)
        }
    }
}
