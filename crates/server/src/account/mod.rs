//! The own account: what is known of a person, where they are logged in, what applications may do, and the password.
//!
//! A person comes with their session; an application comes with a token and gets the profile as JSON, which is what
//! `keycloak-js` calls `loadUserProfile`.

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{ACCEPT, AUTHORIZATION};
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp};
use serde::{Deserialize, Serialize};

use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::http::sealed;
use crate::login;
use crate::login::pending::{Purpose, Step};
use crate::pages::{Language, Locale, Page};
use crate::session;

mod device;
mod overview;
mod password;
mod profile;

/// The field of every form here: it is made for one session and for a while.
const FIELD: &str = "form";

/// A form works this long.
const FORM_SECS: i64 = 60 * 60;

/// `GET /realms/{realm}/account`.
pub(crate) async fn account(call: Call) -> Response<Body> {
    show(call).await.unwrap_or_else(|early| *early)
}

async fn show(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    if wants_json(&page) {
        return Ok(profile::profile(&page).await);
    }
    Ok(overview::show(&page).await.unwrap_or_else(|fault| page.fault(&fault)))
}

/// `POST /realms/{realm}/account`: the forms of the page.
pub(crate) async fn act(call: Call) -> Response<Body> {
    submit(call).await.unwrap_or_else(|early| *early)
}

async fn submit(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let form = page.form()?;
    Ok(overview::submit(&page, &form)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

/// `GET` and `POST /realms/{realm}/account/password`.
pub(crate) async fn change_password(call: Call) -> Response<Body> {
    change(call).await.unwrap_or_else(|early| *early)
}

async fn change(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let form = page.form()?;
    Ok(password::answer(&page, &form)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

/// As Keycloak's endpoint, which is a page and an API at one address.
fn wants_json(page: &PageRequest) -> bool {
    let accept = page.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    page.headers.contains_key(AUTHORIZATION) || accept.is_some_and(|accept| accept.contains("application/json"))
}

/// The person's session, or the login that comes before.
async fn person(page: &PageRequest) -> Result<Result<Session, Response<Body>>, Fault> {
    match session::enabled(page).await? {
        Some(session) => Ok(Ok(session)),
        None => login::show_first(page, Purpose::Account, Step::Login { again: false }, None).map(Err),
    }
}

/// What proves that a form is one of ours, made for this session.
#[derive(Serialize, Deserialize)]
struct Form {
    session: keyward_domain::id::SessionId,
    at: Timestamp,
}

fn seal(page: &PageRequest, session: &Session) -> Result<String, Fault> {
    let form = Form {
        session: session.id,
        at: page.cx.now,
    };
    sealed::seal(&page.realm, FIELD, &form, page.cx.now)
}

fn is_ours(page: &PageRequest, session: &Session, field: Option<&str>) -> bool {
    let form: Option<Form> = field.and_then(|text| sealed::open(&page.realm, FIELD, text, page.cx.now));
    form.is_some_and(|form| form.session == session.id && page.cx.now.millis_since(form.at) <= FORM_SECS * 1000)
}

/// The address of the account, or of a page below it.
fn url(page: &PageRequest, below: &str) -> String {
    format!("{}/account{below}", page.realm.issuer)
}

/// Draws a page of the account, in the language that its address asks for.
fn draw(page: &PageRequest, shown: &Page<'_>, below: &str) -> Response<Body> {
    let params = page.query().ok();
    let ui_locales = params.as_ref().and_then(|params| params.get("ui_locales"));
    let urls = Locale::ALL.map(|locale| format!("{}?ui_locales={}", url(page, below), locale.as_str()));
    let languages: Vec<Language<'_>> = Locale::ALL
        .into_iter()
        .zip(&urls)
        .map(|(locale, url)| Language { locale, url })
        .collect();
    page.show(shown, page.locale(ui_locales), &languages)
}
