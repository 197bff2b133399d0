//! What each page's template is given.

use axum::http::StatusCode;
use minijinja::value::Serde;
use minijinja::{Value, context};

use super::catalogue::Text;
use super::policy::FormAction;
use super::{
    AccountPassword, FORM_POST_SCRIPT, FORM_SCRIPT, Frame, Login, LoginError, Page, PasswordError, STYLE,
    UpdatePassword,
};

/// A page made ready for its template.
pub(super) struct Sheet {
    pub(super) template: &'static str,
    /// The catalogue's key of the document's title.
    pub(super) title: &'static str,
    pub(super) status: StatusCode,
    pub(super) form_action: FormAction,
    pub(super) script: Option<&'static str>,
    pub(super) page: Value,
}

/// Which template a page has, and how it is sent.
pub(super) fn sheet(page: &Page<'_>) -> Sheet {
    let (template, title, form_action, script, value) = match page {
        Page::Login(it) => (
            "login.html",
            "sign_in_title",
            FormAction::Any,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::Otp(it) => (
            "otp.html",
            "sign_in_title",
            FormAction::Any,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::UpdatePassword(it) => (
            "update_password.html",
            "password_title",
            FormAction::Any,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::Consent(it) => (
            "consent.html",
            "consent_title",
            FormAction::Any,
            Some(FORM_SCRIPT),
            it.context(),
        ),
        Page::LogoutConfirm(it) => (
            "logout_confirm.html",
            "logout_title",
            FormAction::Any,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::LoggedOut(it) => (
            "logged_out.html",
            "logged_out_title",
            FormAction::Nowhere,
            None,
            it.context(),
        ),
        Page::Error(it) => ("error.html", "error_title", FormAction::Nowhere, None, it.context()),
        Page::FormPost(it) => (
            "form_post.html",
            "form_post_title",
            FormAction::Any,
            Some(FORM_POST_SCRIPT),
            Serde(it).into(),
        ),
        Page::Account(it) => (
            "account.html",
            "account_title",
            FormAction::Own,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::AccountPassword(it) => (
            "account_password.html",
            "password_title",
            FormAction::Own,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::ActionConfirm(it) => (
            "action_confirm.html",
            "action_heading",
            FormAction::Own,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
        Page::ActionDone(it) => (
            "action_done.html",
            "action_done_heading",
            FormAction::Nowhere,
            None,
            it.context(),
        ),
        Page::VerifyEmail(it) => (
            "verify_email.html",
            "verify_email_heading",
            FormAction::Any,
            Some(FORM_SCRIPT),
            Serde(it).into(),
        ),
    };
    Sheet {
        template,
        title,
        status: status(page),
        form_action,
        script,
        page: value,
    }
}

fn status(page: &Page<'_>) -> StatusCode {
    match page {
        Page::Error(it) => it.kind.status(),
        Page::Login(Login {
            error: Some(LoginError::Busy),
            ..
        })
        | Page::UpdatePassword(UpdatePassword {
            error: Some(PasswordError::Busy),
            ..
        })
        | Page::AccountPassword(AccountPassword {
            error: Some(PasswordError::Busy),
            ..
        }) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    }
}

/// The page with everything that stands around it.
pub(super) fn around(page: Value, title: &str, script: Option<&str>, frame: &Frame<'_>, text: Option<Text>) -> Value {
    let languages: Vec<Value> = frame
        .languages
        .iter()
        .map(|language| {
            context! {
                lang => language.locale.as_str(),
                name => language.locale.native_name(),
                url => language.url,
                current => language.locale == frame.locale,
            }
        })
        .collect();
    context! {
        page,
        title,
        script => script.unwrap_or_default(),
        style => STYLE,
        realm => frame.realm,
        initial => initial(frame.realm),
        lang => frame.locale.as_str(),
        languages,
        request_id => frame.request_id,
        t => text.map_or(Value::UNDEFINED, Value::from_object),
    }
}

/// The letter in the mark above the card.
fn initial(realm: &str) -> String {
    realm
        .chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().to_string())
}
