//! The ID token (OIDC Core §2).

use keyward_domain::client::IdTokenContent;
use keyward_domain::policy::{claims, scope};
use keyward_domain::scope::Target;
use keyward_domain::{Fault, entropy};
use keyward_jose::{half_hash, jws};
use keyward_protocol::id_token::IdTokenClaims;
use serde_json::{Map, Value};

use super::Times;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::snapshot::RealmSnapshot;
use crate::token::TokenError;
use crate::token::approval::{Approval, Given};

/// Mints the ID token that goes out beside `access_token`.
pub(super) fn mint(
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    given: &Given,
    access_token: &str,
    times: Times,
    cx: &Cx,
) -> Result<String, TokenError> {
    let settings = &approval.client.client.settings.id_token;
    let algorithm = settings
        .signature_algorithm
        .unwrap_or(realm.realm.settings.default_signature_algorithm);
    let entry = realm.signing_key(algorithm, cx.now).ok_or(TokenError::NoSigningKey)?;
    let header = entry.header("JWT").ok_or(TokenError::NoSigningKey)?;
    let seconds = |at: keyward_domain::Timestamp| u64::try_from(at.secs()).unwrap_or(0);
    let authorized = &given.grant.authorized;
    let client_id = approval.client.client.client_id.as_str();
    let content = content(realm, approval, given, cx);
    let mut audience = vec![client_id];
    audience.extend(
        content
            .audience
            .iter()
            .map(String::as_str)
            .filter(|name| *name != client_id),
    );
    let claims = IdTokenClaims {
        exp: seconds(times.expires_at),
        iat: seconds(times.issued_at),
        auth_time: Some(seconds(authorized.auth_time)).filter(|_| content.auth_time),
        jti: &entropy::uuid(&mut SystemEntropy).to_string(),
        iss: &realm.issuer,
        aud: &audience,
        sub: &approval.sub(),
        typ: "ID",
        azp: client_id,
        nonce: given.nonce.as_deref(),
        sid: Some(&given.grant.session.to_string()),
        at_hash: Some(&half_hash(algorithm, access_token)),
        acr: Some(authorized.acr.as_str()).filter(|_| content.acr),
        extra: &content.claims,
    };
    jws::sign(&entry.key, algorithm, header, &claims)
        .map_err(|error| Fault::Crypto(format!("ID token: {error}")).into())
}

/// What is in it beside what the protocol always needs.
struct Content {
    /// Whom it is for beside the client.
    audience: Vec<String>,
    auth_time: bool,
    acr: bool,
    claims: Map<String, Value>,
}

/// What the client's mappers give, or only what was asked for by name.
fn content(realm: &RealmSnapshot, approval: &Approval<'_>, given: &Given, cx: &Cx) -> Content {
    let client = approval.client;
    let authorized = &given.grant.authorized;
    let mut content = match client.client.settings.id_token.content {
        IdTokenContent::Mappers => {
            let granted: Vec<&str> = given.scope.iter().map(String::as_str).collect();
            let plan = claims::id_token(realm.plan_input(client, &approval.subject, &granted));
            Content {
                claims: plan.members(approval.moment(cx)),
                auth_time: plan.auth_time,
                acr: plan.acr.is_some(),
                audience: plan.audience,
            }
        }
        IdTokenContent::Protocol => Content {
            claims: Map::new(),
            auth_time: true,
            acr: true,
            audience: Vec::new(),
        },
    };
    if let Some(asked) = &authorized.claims {
        let all = scope::claimable(&client.client.settings, &authorized.scope);
        let input = realm.plan_input(client, &approval.subject, &all);
        content
            .claims
            .extend(claims::requested(input, &asked.id_token, Target::IdToken));
        content.auth_time |= asked.id_token.contains_key("auth_time");
        content.acr |= asked.id_token.contains_key("acr");
    }
    content
}
