//! What stands around the registration of clients by themselves: tokens for it, and the rules that it can have.

use keyward_domain::secret::Secret;
use keyward_domain::{Fault, entropy};
use keyward_jose::sign_keyed;
use serde::Serialize;
use serde_json::{Value, json};

use super::{description, find, get, initial_access, protect};
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
        providers
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

/// `GET …/client-registration-policy/providers`: the rules that there are, with what they need to know.
async fn providers(call: &AdminCall) -> Result<Answer, AdminError> {
    let scopes: Vec<&str> = call
        .realm()?
        .scopes
        .keys()
        .map(String::as_str)
        .chain(["openid"])
        .collect();
    let property = |name: &str, kind: &str| {
        json!({
            "name": name,
            "label": format!("{name}.label"),
            "helpText": format!("{name}.tooltip"),
            "type": kind,
            "secret": false,
            "required": false,
            "readOnly": false,
        })
    };
    let with = |mut property: Value, member: &str, value: Value| {
        if let Some(members) = property.as_object_mut() {
            members.insert(member.to_owned(), value);
        }
        property
    };
    let provider = |id: &str, help: &str, properties: Vec<Value>| json!({ "id": id, "helpText": help, "properties": properties, "metadata": {} });
    let allowed_scopes = with(
        property("allowed-client-scopes", "MultivaluedList"),
        "options",
        json!(scopes),
    );
    let default_scopes = with(property("allow-default-scopes", "boolean"), "defaultValue", json!(true));
    let most = with(property("max-clients", "String"), "defaultValue", json!("200"));
    let on = |name: &str| with(property(name, "boolean"), "defaultValue", json!("true"));
    Ok(Answer::json(&[
        provider(
            "allowed-client-templates",
            "Which client scopes a registered client may have",
            vec![allowed_scopes, default_scopes],
        ),
        provider(
            "registration-web-origins",
            "Which web origins may register clients",
            vec![property("web-origins", "MultivaluedString")],
        ),
        provider(
            "client-disabled",
            "A registered client is disabled until an administrator enables it",
            vec![],
        ),
        provider("scope", "A registered client has not the full scope", vec![]),
        provider("max-clients", "No client is registered beyond this number", vec![most]),
        provider(
            "allowed-protocol-mappers",
            "Which kinds of protocol mappers a registered client may have",
            vec![property("allowed-protocol-mapper-types", "MultivaluedList")],
        ),
        provider(
            "trusted-hosts",
            "From which hosts clients may be registered, and which hosts their addresses may name",
            vec![
                property("trusted-hosts", "MultivaluedString"),
                on("host-sending-registration-request-must-match"),
                on("client-uris-must-match"),
            ],
        ),
        provider(
            "consent-required",
            "People are always asked before a registered client gets something",
            vec![],
        ),
    ]))
}
