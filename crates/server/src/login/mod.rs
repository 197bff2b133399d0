//! How a person proves who they are: pages, factors, and what they have to do first.
//!
//! What is known of a login on its way travels through the browser, sealed (`pending`); `verify` is the same for a
//! page and for the password grant; `complete` is the one place where a login becomes a session.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::client::{ApplicationType, ClientType};
use keyward_domain::user_event::UserEventType;
use keyward_protocol::params::Params;

use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::pages::{
    Consent, ErrorKind, Language, Login, LoginError, Notice, Otp, Page, PasswordError, Scope, UpdatePassword,
    VerifyEmail, VerifyEmailNotice,
};
use crate::user_events::EventDraft;

pub(crate) mod action_token;
pub(crate) mod authenticate;
pub(crate) mod complete;
pub(crate) mod consent;
pub(crate) mod failures;
pub mod hashing;
pub(crate) mod new_password;
mod otp;
mod password;
pub(crate) mod pending;
pub(crate) mod turns;
pub(crate) mod update_password;
pub(crate) mod verify;
mod verify_email;

use pending::{FormTarget, NotPending, PARAMETER, Pending, Purpose, Step};

/// What the next page says beside its form.
#[derive(Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    pub(crate) username: &'a str,
    pub(crate) error: Option<LoginError>,
    pub(crate) notice: Option<Notice>,
    pub(crate) wrong_code: bool,
    pub(crate) password: Option<PasswordError<'a>>,
    pub(crate) email: &'a str,
    pub(crate) mail: Option<VerifyEmailNotice>,
}

/// Begins a login in this browser and shows its first page. `username` is filled in, or said.
pub(crate) fn show_first(
    page: &PageRequest,
    purpose: Purpose,
    step: Step,
    username: Option<&str>,
) -> Result<Response<Body>, Fault> {
    let ui_locales = match &purpose {
        Purpose::Authorize(request) => request.ui_locales.clone(),
        Purpose::Account => None,
    };
    let notice = matches!(step, Step::Login { again: true }).then_some(Notice::Reauthenticate);
    let (pending, cookie) = Pending::begin(page, purpose, step, ui_locales.as_deref());
    let said = Said {
        username: username.unwrap_or_default(),
        notice,
        ..Said::default()
    };
    let mut response = show(page, &pending, said)?;
    cookie.give(page, &mut response);
    Ok(response)
}

/// Shows the page of the step where a login stands.
pub(crate) fn show(page: &PageRequest, pending: &Pending, said: Said<'_>) -> Result<Response<Body>, Fault> {
    let verb = match pending.step {
        Step::Consent { .. } => "consent",
        Step::UpdatePassword { .. } | Step::VerifyEmail { .. } => "required-action",
        Step::Login { .. } | Step::Otp { .. } => "authenticate",
    };
    let target = pending.form(page, verb)?;
    let hidden = target.hidden();
    let client = pending.client_id().and_then(|id| page.realm.clients.get(id));
    let client_name = client.map(|client| client.client.shown_name());
    let action = target.action.as_str();
    Ok(match &pending.step {
        Step::Login { .. } => {
            let login = Login {
                action,
                hidden: &hidden,
                client_name,
                username: said.username,
                error: said.error,
                notice: said.notice,
            };
            draw(page, pending, &target, &Page::Login(login))
        }
        Step::Otp { .. } => {
            let otp = Otp {
                action,
                hidden: &hidden,
                wrong_code: said.wrong_code,
            };
            draw(page, pending, &target, &Page::Otp(otp))
        }
        Step::UpdatePassword { .. } => {
            let rules = new_password::rules(page);
            let update = UpdatePassword {
                action,
                hidden: &hidden,
                username: said.username,
                rules: &rules,
                error: said.password,
            };
            draw(page, pending, &target, &Page::UpdatePassword(update))
        }
        Step::VerifyEmail { .. } => {
            let verify = VerifyEmail {
                action,
                hidden: &hidden,
                email: said.email,
                notice: said.mail,
            };
            draw(page, pending, &target, &Page::VerifyEmail(verify))
        }
        Step::Consent { .. } => {
            let Purpose::Authorize(request) = &pending.purpose else {
                return Ok(page.error(ErrorKind::InvalidRequest));
            };
            let scopes: Vec<Scope<'_>> = request.scope.iter().filter_map(|name| shown(page, name)).collect();
            let settings = client.map(|client| &client.client.settings);
            let consent = Consent {
                action,
                hidden: &hidden,
                client_name: client_name.unwrap_or_default(),
                client_url: settings.and_then(|settings| settings.home_url.as_deref()),
                username: Some(said.username).filter(|name| !name.is_empty()),
                scopes: &scopes,
                loopback: settings.is_some_and(|settings| {
                    settings.application_type == ApplicationType::Native && settings.client_type == ClientType::Public
                }),
            };
            draw(page, pending, &target, &Page::Consent(consent))
        }
    })
}

/// A scope that a person can understand; those that only carry mappers are not shown.
fn shown<'a>(page: &'a PageRequest, name: &'a str) -> Option<Scope<'a>> {
    let scope = page.realm.scopes.get(name).map(|entry| &entry.scope);
    let description = scope.map(|scope| scope.settings.description.as_str());
    let spoken = scope.is_none_or(|scope| scope.settings.include_in_token_scope || name == "roles");
    spoken.then_some(Scope { name, description })
}

fn draw(page: &PageRequest, pending: &Pending, target: &FormTarget, shown: &Page<'_>) -> Response<Body> {
    let urls = target.languages();
    let languages: Vec<Language<'_>> = urls
        .iter()
        .map(|(locale, url)| Language { locale: *locale, url })
        .collect();
    page.show(shown, pending.locale(page), &languages)
}

/// The login that a form or a link goes on with, in the language that the link asks for.
fn resume(page: &PageRequest, query: &Params<'_>, form: &Params<'_>) -> Result<Pending, EarlyAnswer> {
    let sealed = form.get(PARAMETER).or_else(|| query.get(PARAMETER));
    let mut pending = Pending::read(page, sealed).map_err(|reason| Box::new(not_pending(page, reason)))?;
    if let Some(ui_locales) = query.get("ui_locales") {
        pending.ui_locales = Some(ui_locales.chars().take(100).collect());
    }
    Ok(pending)
}

/// Why a form does not lead on, told to the person.
fn not_pending(page: &PageRequest, reason: NotPending) -> Response<Body> {
    if reason == NotPending::NoCookie {
        EventDraft::begin(&page.realm, &page.cx, UserEventType::Login).refused(&page.app, "cookie_not_found");
    }
    let kind = match reason {
        NotPending::Unknown => ErrorKind::LoginExpired,
        NotPending::NoCookie => ErrorKind::CookiesBlocked,
        NotPending::AnotherBrowser => ErrorKind::ForgedForm,
    };
    page.error(kind)
}
