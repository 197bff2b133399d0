//! A request whose answer a person sees.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use keyward_domain::Fault;
use keyward_protocol::params::Params;

use super::call::Call;
use super::edge::Cx;
use super::respond::{self, EarlyAnswer};
use super::{body, realm};
use crate::app::App;
use crate::pages::{ErrorKind, ErrorPage, Frame, Language, Locale, Page};
use crate::snapshot::RealmSnapshot;

/// A request whose realm is known and whose form, if any, has arrived.
pub(crate) struct PageRequest {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Instant, request id, caller's address.
    pub(crate) cx: Cx,
    /// The realm, as it was when the request came.
    pub(crate) realm: Arc<RealmSnapshot>,
    /// The request's headers.
    pub(crate) headers: HeaderMap,
    /// Whether it is a POST.
    pub(crate) posted: bool,
    query: String,
    form: Bytes,
}

impl PageRequest {
    /// Finds the realm, then reads the form of a POST.
    pub(crate) async fn read(call: Call) -> Result<Self, EarlyAnswer> {
        let Call {
            app,
            cx,
            realm: name,
            headers,
            query,
            posted,
            body,
        } = call;
        let realm = match realm::find(&app, &name, &cx).await {
            Ok(realm) => realm,
            Err(answer) => return Err(Box::new(in_words(&app, &cx, &headers, &name, *answer))),
        };
        let form = if posted {
            body::form(&app, &headers, body)
                .await
                .map_err(|error| Box::new(error.answer()))?
        } else {
            Bytes::new()
        };
        Ok(Self {
            app,
            cx,
            realm,
            headers,
            posted,
            query,
            form,
        })
    }

    /// The parameters of the query.
    pub(crate) fn query(&self) -> Result<Params<'_>, EarlyAnswer> {
        Params::parse_query(&self.query).map_err(|_| Box::new(self.error(ErrorKind::InvalidRequest)))
    }

    /// The parameters of the form.
    pub(crate) fn form(&self) -> Result<Params<'_>, EarlyAnswer> {
        Params::parse_form(&self.form).map_err(|_| Box::new(self.error(ErrorKind::InvalidRequest)))
    }

    /// The parameters of the form for a POST, else those of the query.
    pub(crate) fn params(&self) -> Result<Params<'_>, EarlyAnswer> {
        if self.posted { self.form() } else { self.query() }
    }

    /// The language to answer in.
    pub(crate) fn locale(&self, ui_locales: Option<&str>) -> Locale {
        let accepted = self.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Locale::choose(ui_locales, accepted)
    }

    /// Draws a page.
    pub(crate) fn show(&self, page: &Page<'_>, locale: Locale, languages: &[Language<'_>]) -> Response<Body> {
        let settings = &self.realm.realm.settings;
        let name = if settings.display_name.is_empty() {
            self.realm.realm.name.as_str()
        } else {
            &settings.display_name
        };
        let frame = Frame {
            realm: name,
            locale,
            languages,
            request_id: self.cx.request_id(),
        };
        self.app.pages.render(page, &frame)
    }

    /// Draws an error page.
    pub(crate) fn error(&self, kind: ErrorKind) -> Response<Body> {
        self.error_page(&ErrorPage {
            kind,
            detail: None,
            client_id: None,
        })
    }

    /// Draws an error page with its particulars.
    pub(crate) fn error_page(&self, page: &ErrorPage<'_>) -> Response<Body> {
        self.show(&Page::Error(*page), self.locale(None), &[])
    }

    /// A fault of ours: the person learns that and the request id, the log learns why.
    pub(crate) fn fault(&self, fault: &Fault) -> Response<Body> {
        let logged = respond::fault(fault, &self.cx);
        self.error(if logged.status() == StatusCode::SERVICE_UNAVAILABLE {
            ErrorKind::Unavailable
        } else {
            ErrorKind::ServerError
        })
    }

    /// Sends the browser on: 302 after a GET, 303 after a POST, so that a form with a password is never sent again
    /// (RFC 9700 §4.12).
    pub(crate) fn redirect(&self, location: &str) -> Response<Body> {
        let Ok(location) = HeaderValue::from_str(location) else {
            return self.error(ErrorKind::InvalidRequest);
        };
        let mut response = respond::empty();
        *response.status_mut() = if self.posted {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FOUND
        };
        response.headers_mut().insert(LOCATION, location);
        response
    }
}

/// Why there is no realm, as a page for whoever reads pages.
fn in_words(app: &App, cx: &Cx, headers: &HeaderMap, name: &str, answer: Response<Body>) -> Response<Body> {
    let kind = match answer.status() {
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::RealmDisabled,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
        _ => ErrorKind::ServerError,
    };
    if reads_pages(headers) {
        // The name of a realm that is not there is a stranger's text.
        let shown = if kind == ErrorKind::NotFound { "Keyward" } else { name };
        without_realm(app, cx, headers, shown, kind)
    } else {
        answer
    }
}

/// Whether a person with a browser waits for the answer.
pub(crate) fn reads_pages(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// An error page where no realm is known.
pub(crate) fn without_realm(app: &App, cx: &Cx, headers: &HeaderMap, name: &str, kind: ErrorKind) -> Response<Body> {
    let language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let page = Page::Error(ErrorPage {
        kind,
        detail: None,
        client_id: None,
    });
    let frame = Frame {
        realm: name,
        locale: Locale::choose(None, language),
        languages: &[],
        request_id: cx.request_id(),
    };
    app.pages.render(&page, &frame)
}
