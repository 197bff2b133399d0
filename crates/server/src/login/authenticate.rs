//! `GET` and `POST /realms/{realm}/login-actions/authenticate`: the form of the login page and of the code page.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;

use super::pending::{Pending, Step};
use super::{Said, otp, password, resume, show};
use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::pages::{ErrorKind, Notice};

/// Answers the form, or shows its page again: after a reload, or in another language.
pub(crate) async fn authenticate(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let (query, form) = (page.query()?, page.form()?);
    let pending = resume(&page, &query, &form)?;
    let late = pending.is_late(&page);
    if late && matches!(pending.step, Step::Login { .. } | Step::Otp { .. }) {
        return Ok(begin_anew(&page, &pending).unwrap_or_else(|fault| page.fault(&fault)));
    }
    let done = if page.posted && !late {
        match pending.step {
            Step::Login { .. } => password::submit(&page, &pending, &form).await,
            Step::Otp { user, credential } => otp::submit(&page, &pending, (user, credential), &form).await,
            Step::UpdatePassword { .. } | Step::VerifyEmail { .. } | Step::Consent { .. } => {
                Ok(page.error(ErrorKind::InvalidRequest))
            }
        }
    } else {
        show(&page, &pending, Said::default())
    };
    Ok(done.unwrap_or_else(|fault| page.fault(&fault)))
}

/// The form was open for too long: the same login from its first page.
fn begin_anew(page: &PageRequest, pending: &Pending) -> Result<Response<Body>, Fault> {
    let (fresh, cookie) = Pending::begin(
        page,
        pending.purpose.clone(),
        Step::Login { again: false },
        pending.ui_locales.as_deref(),
    );
    let said = Said {
        notice: Some(Notice::TimedOut),
        ..Said::default()
    };
    let mut response = show(page, &fresh, said)?;
    cookie.give(page, &mut response);
    Ok(response)
}
