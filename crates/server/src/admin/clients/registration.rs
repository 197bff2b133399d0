//! What stands around the registration of clients by themselves.

use keyward_domain::secret::Secret;
use keyward_domain::{Fault, entropy};
use keyward_jose::sign_keyed;
use serde::Serialize;

use super::{description, find, get, initial_access, protect, registration_policies};
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};
use crate::http::entropy::SystemEntropy;

pub(super) static ROUTES: [Route; 6] = [
    route!(
        GET "/admin/realms/{realm}/clients-initial-access",
        Need::ViewClients,
        Offered::DataOnly,
        initial_access::list
    ),
    route!(
        POST "/admin/realms/{realm}/clients-initial-access",
        Need::ManageClients,
        Offered::DataOnly,
        initial_access::create
    ),
    route!(
        DELETE "/admin/realms/{realm}/clients-initial-access/{id}",
        Need::ManageClients,
        Offered::DataOnly,
        initial_access::delete
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/registration-access-token",
        Need::ManageClients,
        Offered::DataOnly,
        regenerate
    ),
    route!(
        POST "/admin/realms/{realm}/client-description-converter",
        Need::ManageClients,
        Offered::Full,
        description::convert
    ),
    route!(
        GET "/admin/realms/{realm}/client-registration-policy/providers",
        Need::ViewRealm,
        Offered::DataOnly,
        registration_policies::providers
    ),
];

/// Where a client's row keeps which of its registration access tokens is the present one.
pub(super) const TOKEN_ID: &str = "registrationAccessTokenId";

/// What a token for the registration of clients says.
pub(super) struct Token<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'static str,
    /// Seconds of Unix time; 0 is never.
    pub(super) expires_at: i64,
    pub(super) registration_auth: Option<&'static str>,
    pub(super) allowed_origins: Option<&'a [String]>,
}

/// The claims, in Keycloak's order.
#[derive(Serialize)]
struct Claims<'a> {
    exp: i64,
    iat: i64,
    jti: &'a str,
    iss: &'a str,
    aud: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_auth: Option<&'a str>,
    #[serde(rename = "allowed-origins", skip_serializing_if = "Option::is_none")]
    allowed_origins: Option<&'a [String]>,
}

/// Signs a token with the realm's HMAC key: only this server reads it.
pub(super) fn mint(call: &AdminCall, token: &Token<'_>) -> Result<ShownSecret, AdminError> {
    let realm = call.realm()?;
    let hmac = realm.hmac_keys.first();
    let hmac = hmac.ok_or_else(|| Fault::Crypto("the realm has no HMAC key".into()))?;
    let claims = Claims {
        exp: token.expires_at,
        iat: call.cx.now.secs(),
        jti: token.id,
        iss: &realm.issuer,
        aud: &realm.issuer,
        typ: token.kind,
        registration_auth: token.registration_auth,
        allowed_origins: token.allowed_origins,
    };
    let signed = sign_keyed(&hmac.key, &hmac.header, &claims)
        .map_err(|error| Fault::Crypto(format!("registration token: {error}")))?;
    Ok(ShownSecret::new(Secret::new(signed)))
}

/// `POST …/registration-access-token`: a new one; the one before is not the client's any more.
async fn regenerate(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    protect::require_manageable(call, entry)?;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let id = entropy::uuid(&mut SystemEntropy).to_string();
    client.settings.kept.insert(TOKEN_ID.to_owned(), id.clone().into());
    tx.update_client(&client).await?;
    let done = Done::new(Operation::Action, "CLIENT", call.resource_path());
    call.commit(tx, done).await?;
    let mut shown = get::shown(call, entry).await?.masked();
    shown.registration_access_token = Some(mint(
        call,
        &Token {
            id: &id,
            kind: "RegistrationAccessToken",
            expires_at: 0,
            registration_auth: Some("authenticated"),
            allowed_origins: None,
        },
    )?);
    Ok(Answer::json(&shown))
}
