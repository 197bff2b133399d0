//! The cookies of a realm (RFC 6265bis).
//!
//! | Cookie | Holds | Script reads it |
//! |---|---|---|
//! | `kw-session-{realm}` | the session's id and its secret | no |
//! | `kw-login-{realm}` | chance that ties a login to the browser that began it | no |
//! | `kw-state-{realm}` | the session's id, which is no secret, for the status page | yes |
//!
//! Under https their names begin with `__Host-`: no other host and no other scheme can set them. They are
//! `SameSite=None` there, since an application renews its tokens in a frame; what a cookie alone could do is guarded
//! by forms that another site cannot make. Over http, which is for this machine only, they are `Lax`.

use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Response};

use crate::app::App;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The single sign-on session.
    Session,
    /// A login that has begun.
    Login,
    /// What the status page compares.
    State,
}

impl Cookie {
    /// Its name for a realm, whose own name fits into one.
    pub(crate) fn name(self, app: &App, realm: &str) -> String {
        let kind = match self {
            Self::Session => "session",
            Self::Login => "login",
            Self::State => "state",
        };
        let prefix = if is_secure(app) { "__Host-" } else { "" };
        format!("{prefix}kw-{kind}-{realm}")
    }

    /// Its value in a request.
    pub(crate) fn read<'h>(self, app: &App, realm: &str, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(app, realm);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(its, _)| *its == name)
            .map(|(_, value)| value)
    }

    /// Gives it to the browser until that is closed.
    pub(crate) fn set(self, app: &App, realm: &str, value: &str, response: &mut Response<Body>) {
        self.write(app, realm, value, "", response);
    }

    /// Takes it away.
    pub(crate) fn clear(self, app: &App, realm: &str, response: &mut Response<Body>) {
        self.write(app, realm, "", "; Max-Age=0", response);
    }

    fn write(self, app: &App, realm: &str, value: &str, more: &str, response: &mut Response<Body>) {
        let hidden = if self == Self::State { "" } else { "; HttpOnly" };
        let site = if is_secure(app) {
            "; Secure; SameSite=None"
        } else {
            "; SameSite=Lax"
        };
        let line = format!("{}={value}; Path=/{hidden}{site}{more}", self.name(app, realm));
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, line);
        }
    }
}

fn is_secure(app: &App) -> bool {
    app.settings.public_url.starts_with("https://")
}
