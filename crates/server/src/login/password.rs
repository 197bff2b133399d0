//! The login form: user name and password.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::credential::Credential;
use keyward_domain::id::CredentialId;
use keyward_domain::user::User;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::params::Params;

use super::complete::{Completed, Login, Required, required};
use super::pending::{Pending, Purpose, Step};
use super::verify::{self, Attempt, Refused, Verified, Way};
use super::{Said, show, verify_email};
use crate::authorize::{self, Come, Who};
use crate::http::page::PageRequest;
use crate::http::respond;
use crate::pages::LoginError;
use crate::session;

/// Checks the form, and goes on to the next factor, to what is required, or to what the login is for.
pub(super) async fn submit(page: &PageRequest, pending: &Pending, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let username = form.get("username").unwrap_or_default();
    let attempt = attempt(page, pending);
    let password = form.get("password").unwrap_or_default();
    let Verified { user, otps, credential } = match verify::password(attempt, username, password).await {
        Ok(verified) => verified,
        Err(refused) => return refuse(page, pending, username, refused),
    };
    if !otps.is_empty() {
        let step = Step::Otp {
            user: user.id,
            credential: credential.id,
        };
        return show(page, &pending.at(step), Said::default());
    }
    proceed(
        page,
        pending,
        &user,
        Proved {
            credential,
            used: None,
            password: None,
        },
    )
    .await
}

/// What was proved on the way here, to be written with the session.
pub(super) struct Proved {
    /// The password that was right.
    pub(super) credential: Credential,
    pub(super) used: Option<(CredentialId, i64)>,
    pub(super) password: Option<Credential>,
}

/// Every factor was right: what is required comes first, then the session, then what the login is for.
pub(super) async fn proceed(
    page: &PageRequest,
    pending: &Pending,
    user: &User,
    proved: Proved,
) -> Result<Response<Body>, Fault> {
    let mut proved = proved;
    if proved.password.is_none() {
        let credential = proved.credential.id;
        let next = match required(user, &page.realm.realm) {
            Required::Nothing => None,
            Required::Other => return said(page, pending, &user.username, LoginError::AccountNotReady),
            Required::VerifyEmail => Some(Step::VerifyEmail {
                user: user.id,
                credential,
            }),
            Required::UpdatePassword => Some(Step::UpdatePassword {
                user: user.id,
                credential,
            }),
        };
        if let Some(next) = next {
            if !use_up(page, proved.used.take()).await? {
                let first = pending.at(Step::Login { again: false });
                return said(page, &first, &user.username, LoginError::InvalidCredentials);
            }
            return ask(page, &pending.at(next), user).await;
        }
    }
    let attempt = attempt(page, pending);
    let before = match session::presented(&page.app, &page.realm, &page.headers) {
        Some(presented) => {
            let mut tx = page.app.store().read().await?;
            session::find(&mut *tx, &page.realm, Some(&presented), page.cx.now).await?
        }
        None => None,
    };
    let opened = session::open(&page.realm, user.id, before.as_ref(), &page.headers, &page.cx);
    let device = proved.used.map(|(device, _)| device);
    let login = Login {
        attempt,
        user,
        opened: &opened,
        credential: &proved.credential,
        used: proved.used,
        password: proved.password,
    };
    let come = Come {
        fresh: true,
        agreed: false,
    };
    let code = match &pending.purpose {
        Purpose::Authorize(request) => authorize::prepare(page, request, come),
        Purpose::Account => None,
    };
    let (session, written) = match login.complete(code.as_ref()).await? {
        Completed::Session { session, with_code, .. } => (session, code.filter(|_| with_code)),
        Completed::Refused => {
            let first = pending.at(Step::Login { again: false });
            return said(page, &first, &user.username, LoginError::InvalidCredentials);
        }
    };
    let mut response = match (&pending.purpose, written) {
        (Purpose::Authorize(_), Some(code)) => {
            let who = Who {
                username: &user.username,
                device,
            };
            code.answer(&session, who)
        }
        (Purpose::Authorize(request), None) => authorize::go_on(page, request, Some(&session), come).await?,
        (Purpose::Account, _) => {
            let mut draft = attempt.draft(UserEventType::Login);
            draft
                .user(user.id)
                .session(session.id)
                .detail("code_id", session.id)
                .detail("username", &user.username)
                .detail_if("selected_credential_id", device);
            draft.done(&page.app);
            page.redirect(&format!("{}/account", page.realm.issuer))
        }
    };
    opened.give(&page.app, &page.realm, session.id, &mut response);
    Ok(response)
}

/// The page of what is required.
async fn ask(page: &PageRequest, next: &Pending, user: &User) -> Result<Response<Body>, Fault> {
    if matches!(next.step, Step::VerifyEmail { .. }) {
        return verify_email::ask(page, next, user).await;
    }
    let asked = Said {
        username: &user.username,
        ..Said::default()
    };
    show(page, next, asked)
}

/// Uses up the code that was right: the page that follows may stay open for a while. Returns whether it was unused.
async fn use_up(page: &PageRequest, used: Option<(CredentialId, i64)>) -> Result<bool, Fault> {
    let Some((otp, step)) = used else { return Ok(true) };
    let mut tx = page.app.store().write().await?;
    let fresh = tx.use_otp_step(otp, step).await?;
    tx.commit().await?;
    Ok(fresh)
}

/// What the checks need to know of this login.
pub(super) fn attempt<'a>(page: &'a PageRequest, pending: &'a Pending) -> Attempt<'a> {
    Attempt {
        app: &page.app,
        realm: &page.realm,
        client: pending.client_id(),
        way: match &pending.purpose {
            Purpose::Authorize(request) => Way::Application(request),
            Purpose::Account => Way::Account,
        },
        username: None,
        cx: &page.cx,
    }
}

/// Shows the login page again, with what was wrong.
pub(super) fn refuse(
    page: &PageRequest,
    pending: &Pending,
    username: &str,
    refused: Refused,
) -> Result<Response<Body>, Fault> {
    let error = match refused {
        Refused::Wrong => LoginError::InvalidCredentials,
        Refused::Disabled => LoginError::AccountDisabled,
        Refused::Busy => LoginError::Busy,
        Refused::Fault(fault) => return Err(fault),
    };
    said(page, pending, username, error)
}

fn said(page: &PageRequest, pending: &Pending, username: &str, error: LoginError) -> Result<Response<Body>, Fault> {
    let shown: String = username.chars().take(255).collect();
    let said = Said {
        username: &shown,
        error: Some(error),
        ..Said::default()
    };
    let mut response = show(page, pending, said)?;
    if error == LoginError::Busy {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        respond::retry_after(&mut response, 2);
    }
    Ok(response)
}
