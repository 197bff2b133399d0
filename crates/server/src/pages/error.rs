//! What went wrong, told to a person.

use axum::http::StatusCode;
use minijinja::{Value, context};

/// An error page. What the caller sent is quoted, never followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorPage<'a> {
    /// What happened.
    pub kind: ErrorKind,
    /// The offending value, quoted as it came: a redirect URI, a parameter's name.
    pub detail: Option<&'a str>,
    /// The client that the request named.
    pub client_id: Option<&'a str>,
}

/// What happened. Each has a heading, a sentence and a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// No client of this name.
    UnknownClient,
    /// The client is switched off.
    DisabledClient,
    /// The client only answers with tokens, it never asks for a login.
    BearerOnlyClient,
    /// The redirect URI is not on the client's list. RFC 9700 §4.1.3
    InvalidRedirectUri,
    /// There is no redirect URI, and not exactly one on the list.
    MissingRedirectUri,
    /// The request has a mistake, and there is no address yet to which it could be told.
    InvalidRequest,
    /// The login lay open too long, or was finished elsewhere.
    LoginExpired,
    /// A mailed link was used before, is too old, or its person is another one by now.
    LinkExpired,
    /// The browser sends no cookies.
    CookiesBlocked,
    /// A form came from another site, or from another browser than the one that was shown it.
    ForgedForm,
    /// The account is switched off.
    AccountDisabled,
    /// The logout's return address or ID token was not accepted.
    InvalidLogout,
    /// The realm wants TLS.
    HttpsRequired,
    /// The realm is switched off.
    RealmDisabled,
    /// No such page or realm.
    NotFound,
    /// The server cannot do it just now.
    Unavailable,
    /// A fault of ours.
    ServerError,
}

impl ErrorKind {
    #[cfg(test)]
    pub(super) const ALL: [Self; 17] = [
        Self::UnknownClient,
        Self::DisabledClient,
        Self::BearerOnlyClient,
        Self::InvalidRedirectUri,
        Self::MissingRedirectUri,
        Self::InvalidRequest,
        Self::LoginExpired,
        Self::LinkExpired,
        Self::CookiesBlocked,
        Self::ForgedForm,
        Self::AccountDisabled,
        Self::InvalidLogout,
        Self::HttpsRequired,
        Self::RealmDisabled,
        Self::NotFound,
        Self::Unavailable,
        Self::ServerError,
    ];

    /// The page's status.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::UnknownClient
            | Self::DisabledClient
            | Self::InvalidRedirectUri
            | Self::MissingRedirectUri
            | Self::InvalidRequest
            | Self::LoginExpired
            | Self::LinkExpired
            | Self::CookiesBlocked
            | Self::InvalidLogout => StatusCode::BAD_REQUEST,
            Self::BearerOnlyClient
            | Self::ForgedForm
            | Self::AccountDisabled
            | Self::HttpsRequired
            | Self::RealmDisabled => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown_client",
            Self::DisabledClient => "disabled_client",
            Self::BearerOnlyClient => "bearer_only_client",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::MissingRedirectUri => "missing_redirect_uri",
            Self::InvalidRequest => "invalid_request",
            Self::LoginExpired => "login_expired",
            Self::LinkExpired => "link_expired",
            Self::CookiesBlocked => "cookies_blocked",
            Self::ForgedForm => "forged_form",
            Self::AccountDisabled => "account_disabled",
            Self::InvalidLogout => "invalid_logout",
            Self::HttpsRequired => "https_required",
            Self::RealmDisabled => "realm_disabled",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::ServerError => "server_error",
        }
    }
}

impl ErrorPage<'_> {
    pub(super) fn context(&self) -> Value {
        context! {
            heading => format!("error_{}_heading", self.kind.key()),
            text => format!("error_{}_text", self.kind.key()),
            status => self.kind.status().as_u16(),
            detail => self.detail,
            client_id => self.client_id,
        }
    }
}
