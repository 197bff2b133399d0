//! Who calls: client authentication (RFC 6749 §2.3), the same for every endpoint that takes it.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use keyward_domain::client::{ClientAuthMethod, ClientType};
use keyward_domain::event::What;
use keyward_domain::user_event::UserEventType;
use keyward_jose::digest;
use keyward_protocol::client_auth::{ClientAuthError, Presented};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::params::Params;

use super::cors::{self, Verdict};
use super::edge::Cx;
use super::respond;
use crate::app::App;
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::user_events::EventDraft;

/// A client that proved who it is, or that is public and cannot. Only [`authenticate`] makes one.
pub(crate) struct AuthenticatedClient<'s> {
    entry: &'s ClientEntry,
    cors: Option<HeaderValue>,
}

impl<'s> AuthenticatedClient<'s> {
    /// The client.
    pub(crate) fn entry(&self) -> &'s ClientEntry {
        self.entry
    }

    /// Whether it is a confidential client, and so has proved who it is.
    pub(crate) fn is_confidential(&self) -> bool {
        self.entry.client.settings.client_type == ClientType::Confidential
    }

    /// Lets a script of one of the client's origins read the answer.
    pub(crate) fn expose(&self, mut response: Response<Body>) -> Response<Body> {
        if let Some(origin) = &self.cors {
            cors::expose(&mut response, origin.clone());
        }
        response
    }
}

/// Why a client was not let in.
#[derive(Debug)]
pub(crate) enum ClientRefused {
    /// No client was named, or an `Authorization` header that names none.
    Nobody,
    /// Unknown or disabled client, wrong or missing secret, wrong method: the caller cannot tell which.
    Wrong {
        retry_after: Option<u32>,
        cors: Option<HeaderValue>,
    },
    /// The request contradicts itself.
    Malformed(ClientAuthError),
    /// A script of an origin that is not the client's.
    ForeignOrigin,
}

/// Whether an endpoint is asked by scripts of browsers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    /// The client's web origins decide.
    ByWebOrigins,
    /// Only servers ask; `Origin` means nothing.
    Never,
}

/// Finds out who calls. The same way, and in the same time, for an unknown client and for a wrong secret. A failure is
/// an event of the kind that the endpoint names.
pub(crate) fn authenticate<'s>(
    app: &App,
    realm: &'s RealmSnapshot,
    headers: &HeaderMap,
    params: &Params<'_>,
    (scripts, kind): (Scripts, UserEventType),
    cx: &Cx,
) -> Result<AuthenticatedClient<'s>, ClientRefused> {
    let tell = |client_id: Option<&str>, error| {
        let mut draft = EventDraft::begin(realm, cx, kind);
        draft
            .client(client_id.unwrap_or_default())
            .detail_if("grant_type", params.get("grant_type"));
        draft.refused(app, error);
    };
    let presented = presented(headers, params).inspect_err(|refused| {
        if matches!(refused, ClientRefused::Nobody) {
            tell(None, "client_not_found");
        }
    })?;
    let Some(client_id) = presented.client_id() else {
        tell(None, "client_not_found");
        return Err(ClientRefused::Nobody);
    };
    let known = named(realm, client_id, &presented);
    let entry = known.filter(|entry| entry.client.enabled);
    let verdict = match (entry, scripts) {
        (Some(entry), Scripts::ByWebOrigins) => cors::judge(app, headers, &entry.client.settings),
        _ => Verdict::NotCrossOrigin,
    };
    let cors = match &verdict {
        Verdict::Allowed(origin) => Some(origin.clone()),
        Verdict::NotCrossOrigin | Verdict::Foreign => None,
    };
    match verify(entry, &presented, cx) {
        // Only now: who cannot prove anything must not learn from its origin that the client exists.
        Ok(_) if verdict == Verdict::Foreign => Err(ClientRefused::ForeignOrigin),
        Ok(entry) => Ok(AuthenticatedClient { entry, cors }),
        Err(reason) => {
            let client = entry.map(|entry| entry.client.id);
            let retry_after = app.throttle.failed(cx.address, client, cx.now);
            let name = entry.map(|entry| entry.client.client_id.clone());
            let what = if retry_after.is_some() {
                What::ClientAuthenticationThrottled { client: name }
            } else {
                What::ClientAuthenticationFailed { client: name, reason }
            };
            app.events.record(cx.event(realm.realm.name.as_str(), what));
            let error = match (known, entry) {
                _ if retry_after.is_some() => "slow_down",
                (None, _) => "client_not_found",
                (Some(_), None) => "client_disabled",
                (Some(_), Some(_)) => "invalid_client_credentials",
            };
            tell(Some(client_id), error);
            Err(ClientRefused::Wrong { retry_after, cors })
        }
    }
}

fn presented<'p>(headers: &HeaderMap, params: &'p Params<'_>) -> Result<Presented<'p>, ClientRefused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let authorization = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(ClientRefused::Malformed(ClientAuthError::SeveralMechanisms));
    }
    Presented::parse(authorization, params).map_err(|error| match error {
        ClientAuthError::MalformedBasic | ClientAuthError::UnsupportedScheme => ClientRefused::Nobody,
        ClientAuthError::SeveralMechanisms | ClientAuthError::ClientIdMismatch => ClientRefused::Malformed(error),
    })
}

/// The client of that name. One that is known to skip the encoding (RFC 6749 §2.3.1) is also found by its name as
/// sent, unless that reads as the name of another, disabled or not: whom a name means must not change with that.
fn named<'s>(realm: &'s RealmSnapshot, client_id: &str, presented: &Presented<'_>) -> Option<&'s ClientEntry> {
    let as_sent = || match presented {
        Presented::SecretBasic(basic) => realm.clients.get(basic.raw_client_id()),
        _ => None,
    };
    realm
        .clients
        .get(client_id)
        .or_else(|| as_sent().filter(|entry| entry.client.settings.raw_basic))
}

/// Compares what was presented with what is registered. An error is for the log.
fn verify<'s>(
    entry: Option<&'s ClientEntry>,
    presented: &Presented<'_>,
    cx: &Cx,
) -> Result<&'s ClientEntry, &'static str> {
    let settings = entry.map(|entry| &entry.client.settings);
    let method = settings.map_or(ClientAuthMethod::ClientSecret, |settings| settings.auth_method);
    let (secret, raw, fits) = match presented {
        Presented::SecretBasic(basic) => {
            let raw = settings
                .is_some_and(|settings| settings.raw_basic)
                .then(|| basic.raw_secret().reveal());
            (
                basic.secret().map_or("", |secret| secret.reveal()),
                raw,
                matches!(
                    method,
                    ClientAuthMethod::ClientSecret | ClientAuthMethod::ClientSecretBasic
                ),
            )
        }
        Presented::SecretPost { secret, .. } => (
            secret.reveal(),
            None,
            matches!(
                method,
                ClientAuthMethod::ClientSecret | ClientAuthMethod::ClientSecretPost
            ),
        ),
        Presented::PublicId(_) => {
            return match entry {
                Some(_) if method == ClientAuthMethod::NotOffered => Err("method_not_offered"),
                Some(entry) if entry.client.settings.client_type == ClientType::Public => Ok(entry),
                Some(_) => Err("no_secret"),
                None => Err("unknown_client"),
            };
        }
        Presented::Assertion { .. } => return Err("assertion_not_supported"),
        Presented::None => return Err("nobody"),
    };
    let matches = secret_matches(entry, secret, cx) | raw.is_some_and(|raw| secret_matches(entry, raw, cx));
    match entry {
        None => Err("unknown_client"),
        Some(_) if method == ClientAuthMethod::NotOffered => Err("method_not_offered"),
        // A public client has no secret; one that sends something anyway is taken for what it is.
        Some(entry) if entry.client.settings.client_type == ClientType::Public => Ok(entry),
        Some(_) if !fits => Err("wrong_method"),
        Some(entry) if matches => Ok(entry),
        Some(_) => Err("wrong_secret"),
    }
}

/// Two comparisons whoever is asked for: a client has at most two live secrets, and an unknown one costs the same.
fn secret_matches(entry: Option<&ClientEntry>, presented: &str, cx: &Cx) -> bool {
    const NOTHING: [u8; 32] = [0; 32];
    let presented = digest::sha256(presented.as_bytes());
    let mut live = entry
        .into_iter()
        .flat_map(|entry| &entry.secrets)
        .filter(|secret| secret.expires_at.is_none_or(|until| cx.now < until))
        .map(|secret| (&secret.digest, true))
        .chain(std::iter::repeat((&NOTHING, false)));
    let mut compare = || {
        live.next()
            .is_some_and(|(digest, real)| digest::constant_time_eq(digest, &presented) & real)
    };
    compare() | compare()
}

impl ClientRefused {
    /// What the client is told. `wrong` is the endpoint's text for a failed authentication (Keycloak words it
    /// differently at introspection).
    pub(crate) fn answer(&self, headers: &HeaderMap, realm: &RealmSnapshot, wrong: &str) -> Response<Body> {
        match self {
            Self::Nobody => challenged("Invalid client or Invalid client credentials", headers, realm),
            Self::Wrong { retry_after, cors } => {
                let mut response = match retry_after {
                    None => challenged(wrong, headers, realm),
                    Some(secs) => {
                        let mut response = respond::error_with_status(
                            StatusCode::TOO_MANY_REQUESTS,
                            ErrorCode::InvalidClient,
                            "Too many failed attempts",
                        );
                        respond::retry_after(&mut response, *secs);
                        response
                    }
                };
                if let Some(origin) = cors {
                    cors::expose(&mut response, origin.clone());
                }
                response
            }
            Self::Malformed(error) => respond::error(error.code(), error.description()),
            Self::ForeignOrigin => {
                let mut response = respond::error(ErrorCode::AccessDenied, "");
                *response.body_mut() = Body::from(r#"{"error":"Invalid origin"}"#);
                response
            }
        }
    }
}

/// `invalid_client`; with a challenge when the client used the `Authorization` header (RFC 6749 §5.2).
fn challenged(text: &str, headers: &HeaderMap, realm: &RealmSnapshot) -> Response<Body> {
    let mut response = respond::error(ErrorCode::InvalidClient, text);
    if headers.contains_key(AUTHORIZATION)
        && let Ok(challenge) = HeaderValue::from_str(&format!("Basic realm=\"{}\"", realm.realm.name))
    {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
