//! The pages that people see: server-rendered, complete without script, in three languages.
//!
//! [`Pages::render`] turns a [`Page`] into a whole response: status, headers, document. Nothing is read at run time:
//! templates, catalogues, the stylesheet and the scripts are part of the program. The stylesheet stands inside each
//! document and is allowed by its digest, so that no route, no cache and no second request is needed for it.

mod account;
mod action;
mod catalogue;
mod consent;
mod context;
pub(crate) mod date;
mod error;
mod escape;
mod form_post;
mod locale;
mod login;
mod logout;
mod password;
mod policy;
pub(crate) mod session_iframe;

#[cfg(test)]
mod tests;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

pub(crate) use account::{Account, AccountNotice, AccountPassword, Application, Session};
pub(crate) use action::{ActionConfirm, ActionDone, VerifyEmail, VerifyEmailNotice};
pub(crate) use consent::{Consent, Scope};
pub(crate) use error::{ErrorKind, ErrorPage};
pub(crate) use form_post::FormPost;
pub(crate) use locale::Locale;
pub(crate) use login::{Login, LoginError, Notice, Otp};
pub(crate) use logout::{LoggedOut, LogoutConfirm};
pub(crate) use password::{PasswordError, PasswordRule, UpdatePassword};

use catalogue::Text;
use policy::Policies;

/// A name and a value that travel through a form unseen. Both are escaped.
pub(crate) type Pair<'a> = (&'a str, &'a str);

/// What stands around every page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The realm's name for people.
    pub realm: &'a str,
    /// The language of the page.
    pub locale: Locale,
    /// Where the same page is in each language; empty for no switch.
    pub languages: &'a [Language<'a>],
    /// Names the request in the log; shown on error pages only.
    pub request_id: &'a str,
}

/// A link that shows the page in another language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language<'a> {
    /// The language that the link leads to; its own name is the link's text.
    pub locale: Locale,
    /// Where the link leads: a path of this server.
    pub url: &'a str,
}

/// Every page, with what it shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'a> {
    /// User name and password.
    Login(Login<'a>),
    /// The second factor's code.
    Otp(Otp<'a>),
    /// A new password, asked for before the login goes on.
    UpdatePassword(UpdatePassword<'a>),
    /// What an application may do. OIDC Core §3.1.2.4
    Consent(Consent<'a>),
    /// Whether to log out. OIDC RP-Initiated Logout §2
    LogoutConfirm(LogoutConfirm<'a>),
    /// The session has ended.
    LoggedOut(LoggedOut<'a>),
    /// The request cannot go on, and the application must not be told. RFC 6749 §4.1.2.1
    Error(ErrorPage<'a>),
    /// The authorization response as a form. OAuth Form Post Response Mode §2
    FormPost(FormPost<'a>),
    /// Own sessions and consents.
    Account(Account<'a>),
    /// The own password, changed by choice.
    AccountPassword(AccountPassword<'a>),
    /// What a mailed link is for.
    ActionConfirm(ActionConfirm<'a>),
    /// What a mailed link asked for is done.
    ActionDone(ActionDone<'a>),
    /// A login waits until the person has opened the link in their mail.
    VerifyEmail(VerifyEmail<'a>),
}

/// Draws pages. Made once; every call shares it.
#[derive(Debug)]
pub(crate) struct Pages {
    templates: Environment<'static>,
    texts: [Text; Locale::ALL.len()],
    policies: Policies,
}

impl Pages {
    /// Reads the templates and catalogues that are part of the program.
    #[expect(
        clippy::expect_used,
        reason = "the templates are constants of this crate, and a test renders each of them"
    )]
    pub(crate) fn new() -> Self {
        let mut templates = Environment::new();
        // What a template prints is text, whatever its file is called; a name that nobody gave is a mistake of ours.
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_formatter(escape::print);
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_filter("when", date::when);
        for (name, source) in TEMPLATES {
            templates.add_template(name, source).expect("a template of ours parses");
        }
        Self {
            templates,
            texts: Locale::ALL.map(Text::of),
            policies: Policies::new(),
        }
    }

    /// The whole answer for a page: its status, its headers, its document.
    pub(crate) fn render(&self, page: &Page<'_>, frame: &Frame<'_>) -> Response<Body> {
        let sheet = context::sheet(page);
        let text = self.texts.get(frame.locale.index()).cloned();
        let document = self
            .templates
            .get_template(sheet.template)
            .and_then(|template| template.render(context::around(sheet.page, sheet.title, sheet.script, frame, text)));
        match document {
            Ok(document) => self
                .policies
                .document(sheet.status, frame.locale, sheet.form_action, document),
            Err(_) => undrawn(frame.request_id),
        }
    }
}

/// A page that its template could not draw: a mistake of ours that a test should have found.
fn undrawn(request_id: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!(
        "This page could not be shown. Please tell the operator: request {request_id}\n"
    )));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    policy::plain(response.headers_mut());
    response
}

/// The stylesheet of every page.
const STYLE: &str = include_str!("style.css");
/// Show the password, hint at caps lock, say that work is going on: all of it can be missing.
const FORM_SCRIPT: &str = include_str!("scripts/form.js");
/// Sends the form of the `form_post` page.
const FORM_POST_SCRIPT: &str = include_str!("scripts/form_post.js");

const TEMPLATES: [(&str, &str); 17] = [
    ("base.html", include_str!("templates/base.html")),
    ("icons.html", include_str!("templates/icons.html")),
    ("hidden.html", include_str!("templates/hidden.html")),
    ("new_password.html", include_str!("templates/new_password.html")),
    ("login.html", include_str!("templates/login.html")),
    ("otp.html", include_str!("templates/otp.html")),
    ("update_password.html", include_str!("templates/update_password.html")),
    ("consent.html", include_str!("templates/consent.html")),
    ("logout_confirm.html", include_str!("templates/logout_confirm.html")),
    ("logged_out.html", include_str!("templates/logged_out.html")),
    ("error.html", include_str!("templates/error.html")),
    ("form_post.html", include_str!("templates/form_post.html")),
    ("account.html", include_str!("templates/account.html")),
    ("account_password.html", include_str!("templates/account_password.html")),
    ("action_confirm.html", include_str!("templates/action_confirm.html")),
    ("action_done.html", include_str!("templates/action_done.html")),
    ("verify_email.html", include_str!("templates/verify_email.html")),
];
