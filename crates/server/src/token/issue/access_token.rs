//! The access token: signed, or kept as a row when the client's tokens are opaque.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::client::AccessTokenFormat;
use keyward_domain::grant::AccessTokenRecord;
use keyward_domain::policy::claims::TokenPlan;
use keyward_domain::ports::Tx;
use keyward_jose::jws;
use keyward_protocol::at_jwt::{AccessTokenClaims, ClientRoles};

use super::Times;
use crate::app::App;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::http::write::{Decide, write};
use crate::snapshot::{self, RealmSnapshot};
use crate::token::approval::Approval;
use crate::token::{TokenError, opaque};

/// Mints the access token of an approval.
pub(super) async fn mint(
    app: &App,
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    jti: &str,
    times: Times,
    cx: &Cx,
) -> Result<String, TokenError> {
    let settings = &approval.client.client.settings.access_token;
    let subject = approval.sub();
    let mint = |claims: &AccessTokenClaims<'_>| -> Result<Minted, TokenError> {
        match settings.format {
            AccessTokenFormat::Keycloak | AccessTokenFormat::AtJwt => sign(realm, approval, claims, cx),
            AccessTokenFormat::Opaque => serde_json::to_string(claims)
                .map(Minted::Opaque)
                .map_err(|error| Fault::Corrupt(error.to_string()).into()),
        }
    };
    match with_claims(realm, approval, jti, &subject, (times, cx), mint)? {
        Minted::Signed(token) => Ok(token),
        Minted::Opaque(claims) => keep(app, realm, approval, claims, times, cx).await,
    }
}

enum Minted {
    Signed(String),
    Opaque(String),
}

fn sign(
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    claims: &AccessTokenClaims<'_>,
    cx: &Cx,
) -> Result<Minted, TokenError> {
    let settings = &approval.client.client.settings.access_token;
    let algorithm = settings
        .signature_algorithm
        .unwrap_or(realm.realm.settings.default_signature_algorithm);
    let entry = realm.signing_key(algorithm, cx.now).ok_or(TokenError::NoSigningKey)?;
    let header = entry
        .header(snapshot::typ(settings.format))
        .ok_or(TokenError::NoSigningKey)?;
    let token = jws::sign(&entry.key, algorithm, header, claims)
        .map_err(|error| Fault::Crypto(format!("access token: {error}")))?;
    Ok(Minted::Signed(token))
}

async fn keep(
    app: &App,
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    claims: String,
    times: Times,
    cx: &Cx,
) -> Result<String, TokenError> {
    let fresh = opaque::mint(cx.now, &mut SystemEntropy);
    let record = AccessTokenRecord {
        id: fresh.id,
        hash: fresh.hash,
        realm: realm.realm.id,
        client: approval.client.client.id,
        claims,
        expires_at: times.expires_at,
    };
    write(app.store(), &Keep(&record)).await?;
    Ok(fresh.token)
}

struct Keep<'a>(&'a AccessTokenRecord);

#[async_trait]
impl Decide for Keep<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.insert_access_token(self.0).await
    }
}

/// Lends the claims (RFC 9068 §2.2) to `then`: they borrow from the plan, so nothing is copied for a signature.
fn with_claims<T>(
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    jti: &str,
    subject: &str,
    (times, cx): (Times, &Cx),
    then: impl FnOnce(&AccessTokenClaims<'_>) -> T,
) -> T {
    let plan: &TokenPlan = &approval.plan;
    let extra = plan.claims(approval.moment(cx));
    let client_id = approval.client.client.client_id.as_str();
    let audience: Vec<&str> = borrow(&plan.audience);
    let allowed_origins = borrow(&plan.allowed_origins);
    let realm_roles = borrow(&plan.realm_roles);
    let names: Vec<(&str, Vec<&str>)> = plan
        .client_roles
        .iter()
        .map(|(client, roles)| (client.as_str(), borrow(roles)))
        .collect();
    let client_roles: Vec<ClientRoles<'_>> = names
        .iter()
        .map(|(client_id, roles)| ClientRoles { client_id, roles })
        .collect();
    let grant = approval.given.as_ref().map(|given| &given.grant);
    let auth_time = grant.and_then(|grant| u64::try_from(grant.authorized.auth_time.secs()).ok());
    let sid = grant.map(|grant| grant.session.to_string());
    let nonce = approval.given.as_ref().and_then(|given| given.nonce.as_deref());
    then(&AccessTokenClaims {
        exp: u64::try_from(times.expires_at.secs()).unwrap_or(0),
        iat: u64::try_from(times.issued_at.secs()).unwrap_or(0),
        auth_time: auth_time.filter(|_| plan.auth_time),
        jti,
        iss: &realm.issuer,
        aud: &audience,
        sub: subject,
        typ: "Bearer",
        azp: client_id,
        nonce: nonce.filter(|_| plan.nonce),
        sid: sid.as_deref(),
        acr: plan.acr,
        allowed_origins: &allowed_origins,
        realm_access: &realm_roles,
        resource_access: &client_roles,
        scope: &plan.scope,
        client_id,
        preferred_username: extra.get("preferred_username"),
        email: extra.get("email"),
        email_verified: extra.get("email_verified"),
        extra: &extra,
    })
}

fn borrow(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}
