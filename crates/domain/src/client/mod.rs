//! A client: the application that asks for tokens (RFC 6749 §1.1).

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};

use crate::id::{ClientSecretId, ClientUuid, RealmId};
use crate::policy::lifetime::{AccessTokenLifespan, SecurityProfile};
use crate::scope::ProtocolMapper;
use crate::timestamp::Timestamp;

pub mod origin;
pub mod spec;

/// A client's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its row.
    pub id: ClientUuid,
    /// The realm it lives in.
    pub realm: RealmId,
    /// `client_id`, unique in the realm.
    pub client_id: String,
    /// A disabled client is answered like an unknown one.
    pub enabled: bool,
    /// Tokens issued to it before this instant are not accepted any more.
    pub not_before: Timestamp,
    /// Everything else.
    pub settings: ClientSettings,
}

/// What an operator sets for a client. Stored as one JSON text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientSettings {
    /// For people.
    pub name: String,
    /// Whether it can keep a secret (RFC 6749 §2.1).
    pub client_type: ClientType,
    /// How it authenticates.
    pub auth_method: ClientAuthMethod,
    /// Compare Basic credentials also without form-decoding them, for clients that do not encode
    /// (RFC 6749 §2.3.1 says they must).
    pub raw_basic: bool,
    /// Authorization code flow.
    pub standard_flow: bool,
    /// Client credentials grant.
    pub service_account: bool,
    /// Where the browser may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Origins whose scripts may read answers; `+` stands for the origins of the redirect URIs.
    pub web_origins: Vec<String>,
    /// Scopes granted without asking.
    pub default_scopes: Vec<String>,
    /// Scopes granted when asked for.
    pub optional_scopes: Vec<String>,
    /// Mappers that apply whatever the scope.
    pub mappers: Vec<ProtocolMapper>,
    /// The access tokens it gets.
    pub access_token: AccessTokenSettings,
}

/// The access tokens of a client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessTokenSettings {
    /// Their form.
    pub format: AccessTokenFormat,
    /// Their signature; the realm's default when absent.
    pub signature_algorithm: Option<Algorithm>,
    /// How long they live; the realm's default when absent.
    pub lifespan: Option<AccessTokenLifespan>,
    /// How strict they are.
    pub profile: SecurityProfile,
}

/// RFC 6749 §2.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientType {
    /// Can keep a secret.
    #[default]
    Confidential,
    /// Cannot: an application in a browser or on a phone.
    Public,
}

/// How a confidential client authenticates. A client registered for one method cannot use another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthMethod {
    /// By its secret, in the header or in the body, as Keycloak's `client-secret`.
    #[default]
    ClientSecret,
    /// By its secret in the `Authorization` header only (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// By its secret in the body only (RFC 6749 §2.3.1).
    ClientSecretPost,
}

/// The form of an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessTokenFormat {
    /// A JWT as Keycloak makes it: `typ: JWT` in the header and `typ: Bearer` as a claim.
    #[default]
    #[serde(rename = "keycloak")]
    Keycloak,
    /// A JWT by RFC 9068: `typ: at+jwt` in the header.
    #[serde(rename = "at+jwt")]
    AtJwt,
    /// A reference that only the server can read: one row, gone at once when revoked.
    #[serde(rename = "opaque")]
    Opaque,
}

/// A client secret's row. Two live ones make a rotation without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its row.
    pub id: ClientSecretId,
    /// Whose it is.
    pub client: ClientUuid,
    /// The secret, sealed under a key outside the database, bound to this row.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; never when absent.
    pub expires_at: Option<Timestamp>,
}

/// What the sealed secret is bound to, so that a row copied over another does not open.
pub fn secret_binding(realm: RealmId, secret: ClientSecretId) -> Vec<u8> {
    format!("client-secret|{realm}|{secret}").into_bytes()
}
