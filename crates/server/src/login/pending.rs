//! A login that is not finished: what is kept of it between two pages, in the browser and sealed.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::id::{CredentialId, SessionId, UserId};
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::digest;
use serde::{Deserialize, Serialize};

use crate::authorize::request::AuthorizationRequest;
use crate::http::cookies::Cookie;
use crate::http::entropy::SystemEntropy;
use crate::http::page::PageRequest;
use crate::http::sealed;
use crate::pages::Locale;

/// The parameter that carries it.
pub(crate) const PARAMETER: &str = "interaction";

/// Longest text that goes into a URL; a longer one goes into the form.
const LONGEST_IN_URL: usize = 4_000;

/// An hour after its time a login can still be begun anew from what is known of it; after a day it is nothing.
const LONGEST_SECS: i64 = 24 * 60 * 60;

/// What is known of a login on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// Hash of the cookie of the browser that began it: nobody else can go on with it.
    browser: String,
    /// When it began.
    pub(crate) began_at: Timestamp,
    /// The language that was asked for.
    pub(crate) ui_locales: Option<String>,
    /// What comes after.
    pub(crate) purpose: Purpose,
    /// Where it stands.
    pub(crate) step: Step,
}

/// What a person logs in for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// An application's authorization request.
    Authorize(Box<AuthorizationRequest>),
    /// Their own account.
    Account,
}

/// Where a login stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// User name and password are asked for; again, when somebody is logged in already.
    Login {
        /// Whether a session is there that is not enough.
        again: bool,
    },
    /// The password was right; a code is asked for.
    Otp {
        /// Whose password it was.
        user: UserId,
        /// The password: one that was set since ends the login.
        credential: CredentialId,
    },
    /// All factors were right; a new password is asked for.
    UpdatePassword {
        /// Whose.
        user: UserId,
        /// The password that was right, and is to be replaced.
        credential: CredentialId,
    },
    /// All factors were right; the person has to open the link in a mail.
    VerifyEmail {
        /// Whose.
        user: UserId,
        /// The password that was right: one that was set since ends the login.
        credential: CredentialId,
    },
    /// The person is logged in; consent is asked for.
    Consent {
        /// The session.
        session: SessionId,
        /// Whether they proved who they are on the way here.
        fresh: bool,
    },
}

/// Why a form does not lead on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotPending {
    /// There is none, it is not ours, or it is a day old.
    Unknown,
    /// The browser sends no cookie.
    NoCookie,
    /// It belongs to another browser.
    AnotherBrowser,
}

impl Pending {
    /// Begins one in this browser. Logins in other tabs go on: the cookie stays when there is one.
    pub(crate) fn begin(
        page: &PageRequest,
        purpose: Purpose,
        step: Step,
        ui_locales: Option<&str>,
    ) -> (Self, NewCookie) {
        let name = page.realm.realm.name.as_str();
        let known = Cookie::Login.read(&page.app, name, &page.headers);
        let (value, cookie) = if let Some(value) = known.filter(|value| value.len() == 43) {
            (value.to_owned(), NewCookie(None))
        } else {
            let value = entropy::secret(&mut SystemEntropy).expose().to_owned();
            (value.clone(), NewCookie(Some(value)))
        };
        let pending = Self {
            browser: hash(&value),
            began_at: page.cx.now,
            ui_locales: ui_locales.map(|text| text.chars().take(100).collect()),
            purpose,
            step,
        };
        (pending, cookie)
    }

    /// Reads the one that a form or a link carries.
    pub(crate) fn read(page: &PageRequest, text: Option<&str>) -> Result<Self, NotPending> {
        let text = text.ok_or(NotPending::Unknown)?;
        let pending: Self = sealed::open(&page.realm, PARAMETER, text, page.cx.now).ok_or(NotPending::Unknown)?;
        let name = page.realm.realm.name.as_str();
        let cookie = Cookie::Login
            .read(&page.app, name, &page.headers)
            .ok_or(NotPending::NoCookie)?;
        if !digest::constant_time_eq(hash(cookie).as_bytes(), pending.browser.as_bytes()) {
            return Err(NotPending::AnotherBrowser);
        }
        if page.cx.now.millis_since(pending.began_at) > LONGEST_SECS * 1000 {
            return Err(NotPending::Unknown);
        }
        Ok(pending)
    }

    /// The same login, a step further.
    pub(crate) fn at(&self, step: Step) -> Self {
        Self { step, ..self.clone() }
    }

    /// Whether the person took too long.
    pub(crate) fn is_late(&self, page: &PageRequest) -> bool {
        let allowed = i64::from(page.realm.realm.settings.sessions.access_code_lifespan_login);
        page.cx.now.millis_since(self.began_at) > allowed * 1000
    }

    /// The language of its pages.
    pub(crate) fn locale(&self, page: &PageRequest) -> Locale {
        page.locale(self.ui_locales.as_deref())
    }

    /// `client_id` of the application that the person comes from.
    pub(crate) fn client_id(&self) -> Option<&str> {
        match &self.purpose {
            Purpose::Authorize(request) => Some(&request.client_id),
            Purpose::Account => None,
        }
    }

    /// Where the form of its next page goes, and what goes with it. As Keycloak's, the address alone leads on, which
    /// is what scripts read from the page; only a long one is in the form.
    pub(crate) fn form(&self, page: &PageRequest, verb: &str) -> Result<FormTarget, Fault> {
        let sealed = sealed::seal(&page.realm, PARAMETER, self, page.cx.now)?;
        let url = format!("{}/login-actions/{verb}", page.realm.issuer);
        Ok(if sealed.len() <= LONGEST_IN_URL {
            FormTarget {
                action: format!("{url}?{PARAMETER}={sealed}"),
                hidden: None,
            }
        } else {
            FormTarget {
                action: url,
                hidden: Some(sealed),
            }
        })
    }
}

/// The address of a form, and what it carries unseen.
pub(crate) struct FormTarget {
    pub(crate) action: String,
    hidden: Option<String>,
}

impl FormTarget {
    /// The hidden fields.
    pub(crate) fn hidden(&self) -> Vec<(&str, &str)> {
        self.hidden.iter().map(|sealed| (PARAMETER, sealed.as_str())).collect()
    }

    /// The address of the same page in each language; none when it does not fit into a URL.
    pub(crate) fn languages(&self) -> Vec<(Locale, String)> {
        if self.hidden.is_some() {
            return Vec::new();
        }
        Locale::ALL
            .map(|locale| (locale, format!("{}&ui_locales={}", self.action, locale.as_str())))
            .into()
    }
}

/// The cookie of a browser that had none.
#[must_use]
pub(crate) struct NewCookie(Option<String>);

impl NewCookie {
    /// Gives it to the browser.
    pub(crate) fn give(&self, page: &PageRequest, response: &mut Response<Body>) {
        if let Some(value) = &self.0 {
            Cookie::Login.set(&page.app, page.realm.realm.name.as_str(), value, response);
        }
    }
}

fn hash(cookie: &str) -> String {
    digest::b64url_encode(&digest::sha256(cookie.as_bytes()))
}
