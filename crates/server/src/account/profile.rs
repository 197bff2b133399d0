//! The profile of a person as JSON, for an application with their token.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::policy::claims::Subject;
use keyward_guard::Caller;
use keyward_protocol::bearer;
use serde::Serialize;

use crate::guarded::{self, Live, Token};
use crate::http::cors::{self, Verdict};
use crate::http::page::PageRequest;
use crate::http::respond;
use crate::user_events::told::ACCOUNT;

/// The roles of the account client that allow this.
const ROLES: [&str; 2] = ["view-profile", "manage-account"];

/// As Keycloak's user representation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    id: String,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    email_verified: bool,
    attributes: &'a BTreeMap<String, Vec<String>>,
}

/// Answers an application.
pub(super) async fn profile(page: &PageRequest) -> Response<Body> {
    told(page)
        .await
        .unwrap_or_else(|fault| respond::fault(&fault, &page.cx))
}

async fn told(page: &PageRequest) -> Result<Response<Body>, Fault> {
    let header = page.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let Ok(Some(sent)) = bearer::access_token(header, None) else {
        return Ok(unauthorized(page));
    };
    let realm = &page.realm;
    let token = guarded::find(&page.app, realm, sent.reveal(), &page.cx).await?;
    let Some((token, client)) = token.and_then(|token| token.client(realm).map(|client| (token, client))) else {
        return Ok(unauthorized(page));
    };
    let mut response = about(page, &token).await?;
    if let Verdict::Allowed(origin) = cors::judge(&page.app, &page.headers, &client.client.settings) {
        cors::expose(&mut response, origin);
    }
    Ok(response)
}

async fn about(page: &PageRequest, token: &Token) -> Result<Response<Body>, Fault> {
    let live = token.check(&page.app, &page.realm, &page.cx).await?;
    let of_person = live.filter(|live| live.subject.user.service_account_of.is_none());
    let Some(Live { caller, subject }) = of_person else {
        return Ok(unauthorized(page));
    };
    let Some(sight) = sight(&caller, &subject) else {
        return Ok(respond::plain_error(StatusCode::FORBIDDEN, "HTTP 403 Forbidden"));
    };
    let user = &subject.user;
    let none = BTreeMap::new();
    let profile = Profile {
        id: user.id.to_string(),
        username: &user.username,
        first_name: user.profile.first_name.as_deref(),
        last_name: user.profile.last_name.as_deref(),
        email: user.profile.email.as_deref().filter(|_| sight.email),
        email_verified: user.profile.email_verified && sight.email,
        attributes: if sight.attributes {
            &user.profile.attributes
        } else {
            &none
        },
    };
    serde_json::to_vec(&profile)
        .map(respond::private_json)
        .map_err(|error| Fault::Corrupt(error.to_string()))
}

/// What of the profile a token shows.
struct Sight {
    email: bool,
    attributes: bool,
}

/// A token for the profile shows the name, and the mail address when it is for that too. All of it shows a token for
/// the account client, of a person who holds one of Keycloak's roles there.
fn sight(caller: &Caller, subject: &Subject) -> Option<Sight> {
    let roles = subject.held.names.clients.get(ACCOUNT);
    let held = roles.is_some_and(|roles| ROLES.iter().any(|role| roles.iter().any(|held| held == role)));
    let account = held && caller.audience().iter().any(|audience| audience == ACCOUNT);
    (account || caller.has_scope("profile")).then(|| Sight {
        email: account || caller.has_scope("email"),
        attributes: account,
    })
}

fn unauthorized(page: &PageRequest) -> Response<Body> {
    let mut response = respond::plain_error(StatusCode::UNAUTHORIZED, "HTTP 401 Unauthorized");
    let challenge = bearer::challenge(page.realm.realm.name.as_str(), None);
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
