//! The ID token (OIDC Core §2).

use keyward_domain::client::IdTokenContent;
use keyward_domain::policy::claims::{self, PlanInput};
use keyward_domain::policy::scope;
use keyward_domain::{Fault, entropy};
use keyward_jose::{half_hash, jws};
use keyward_protocol::id_token::IdTokenClaims;
use serde_json::{Map, Value};

use super::Times;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::snapshot::RealmSnapshot;
use crate::snapshot::load::plan_input;
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
    let claims = IdTokenClaims {
        exp: seconds(times.expires_at),
        iat: seconds(times.issued_at),
        auth_time: Some(seconds(authorized.auth_time)),
        jti: &entropy::uuid(&mut SystemEntropy).to_string(),
        iss: &realm.issuer,
        aud: &approval.client.client.client_id,
        sub: &approval.subject.user.id.to_string(),
        typ: "ID",
        azp: &approval.client.client.client_id,
        nonce: given.nonce.as_deref(),
        sid: Some(&given.grant.session.to_string()),
        at_hash: Some(&half_hash(algorithm, access_token)),
        acr: Some(&authorized.acr),
        extra: &content(realm, approval, given),
    };
    jws::sign(&entry.key, algorithm, header, &claims)
        .map_err(|error| Fault::Crypto(format!("ID token: {error}")).into())
}

/// What is in it beside what the protocol needs: what the client's mappers give, or only what was asked for by name.
fn content(realm: &RealmSnapshot, approval: &Approval<'_>, given: &Given) -> Map<String, Value> {
    let mut content = match approval.client.client.settings.id_token.content {
        IdTokenContent::Mappers => approval.plan.extra.clone(),
        IdTokenContent::Protocol => Map::new(),
    };
    if let Some(asked) = &given.grant.authorized.claims {
        let names = asked.id_token.keys().map(String::as_str);
        content.extend(requested(realm, approval, given, names));
    }
    content
}

fn requested<'n>(
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    given: &Given,
    names: impl Iterator<Item = &'n str>,
) -> Map<String, Value> {
    let settings = &approval.client.client.settings;
    let all = scope::claimable(settings, &given.grant.authorized.scope);
    claims::requested(
        PlanInput {
            granted: &all,
            ..plan_input(&approval.client.client, &approval.subject, &all, &realm.scopes)
        },
        names,
    )
}
