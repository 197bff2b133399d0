//! A client: the application that asks for tokens (RFC 6749 §1.1).

use std::collections::BTreeMap;

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{ClientSecretId, ClientUuid, RealmId};
use crate::policy::grant_lifespan::ClientSessionLifespans;
use crate::policy::lifetime::{AccessTokenLifespan, SecurityProfile};
use crate::realm::RealmSettings;
use crate::scope::ProtocolMapper;
use crate::timestamp::Timestamp;

pub mod origin;
pub mod redirect_uri;
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that an operator sets by itself"
)]
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
    /// Password grant (Keycloak's direct access grants): only for clients that nothing else can serve.
    pub direct_access_grants: bool,
    /// Client credentials grant.
    pub service_account: bool,
    /// Where the browser may be sent back to, as it is compared: what Keycloak's administrators write relative to the
    /// root URL stands here in full.
    pub redirect_uris: Vec<String>,
    /// Where the browser may be sent after logout; `+` stands for the redirect URIs (OIDC RP-Initiated Logout §3).
    pub post_logout_redirect_uris: Vec<String>,
    /// Whether it runs in a browser or on a device of the person (OIDC Registration §2).
    pub application_type: ApplicationType,
    /// Honour a trailing `*` in redirect URIs, as Keycloak does: for clients moved from there, and reported.
    pub legacy_wildcard: bool,
    /// Where the application lives, for the way back from a page of ours.
    pub home_url: Option<String>,
    /// Proof that the code is redeemed by who asked for it (RFC 7636).
    pub pkce: Pkce,
    /// Whether people are asked before it gets something.
    pub consent: ConsentPolicy,
    /// Whether a refresh token is replaced when it is used.
    pub refresh_rotation: RefreshRotation,
    /// Whether it gets refresh tokens at all.
    pub refresh_tokens: RefreshTokens,
    /// How long what it was given lives; the realm's word when absent.
    pub sessions: ClientSessionLifespans,
    /// The ID tokens it gets.
    pub id_token: IdTokenSettings,
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
    /// Which roles its tokens carry.
    pub role_scope: RoleScope,
    /// For people.
    pub description: String,
    /// Only checks tokens: it never asks for any (Keycloak's `bearerOnly`).
    pub bearer_only: bool,
    /// Keycloak's attributes, whole; what is read of them stands in the fields above.
    pub attributes: BTreeMap<String, String>,
    /// Members of the representation that nothing here reads; they go out again as they came in.
    pub kept: Map<String, Value>,
}

/// Which of the subject's roles the tokens of a client carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleScope {
    /// All (Keycloak's `fullScopeAllowed`).
    #[default]
    Full,
    /// Its own, and those of its scope mappings and of the granted client scopes.
    Mapped,
}

impl Client {
    /// What people see: its name, or `client_id` where it has none.
    pub fn shown_name(&self) -> &str {
        match self.settings.name.as_str() {
            "" => &self.client_id,
            name => name,
        }
    }
}

impl ClientSettings {
    /// Whether a refresh token of this client is replaced when it is used (RFC 9700 §4.14.2). A public client's is,
    /// whatever it says itself, unless the realm lets it stay.
    pub fn rotates(&self, realm: &RealmSettings) -> bool {
        match (self.refresh_rotation, self.client_type) {
            (RefreshRotation::Always, _) => true,
            (_, ClientType::Public) => !realm.public_refresh_tokens_stay,
            (RefreshRotation::ByClientType, ClientType::Confidential) => realm.revoke_refresh_token,
            (RefreshRotation::Never, ClientType::Confidential) => false,
        }
    }

    /// Whether an authorization request of this client must bring a code challenge (OAuth 2.1 §7.5.1).
    pub fn demands_pkce(&self, realm: &RealmSettings) -> bool {
        self.pkce == Pkce::Required || (self.client_type == ClientType::Public && realm.pkce_for_public_clients)
    }
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
    /// Only what the protocol needs, and claims whose mappers say so: the rest is told at introspection (Keycloak's
    /// `client.use.lightweight.access.token.enabled`).
    pub lightweight: bool,
}

/// The ID tokens of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdTokenSettings {
    /// What is in them.
    pub content: IdTokenContent,
    /// Their signature; the realm's default when absent.
    pub signature_algorithm: Option<Algorithm>,
}

/// What is in an ID token beside what the protocol needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenContent {
    /// Nothing but what `claims` asks for; the rest is at the userinfo endpoint (OIDC Core §5.4).
    #[default]
    Protocol,
    /// What the mappers of the granted scopes give, as Keycloak's clients expect.
    Mappers,
}

/// Whether a client must use PKCE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// Always (OAuth 2.1 §7.5.1).
    #[default]
    Required,
    /// When it likes, if its realm allows: a confidential client always may.
    Optional,
}

/// Whether people are asked before a client gets something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Never: the application is the operator's own.
    #[default]
    None,
    /// Once for each scope.
    Remember,
    /// Each time.
    Always,
}

/// Whether a refresh token is replaced when it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshRotation {
    /// For public clients (RFC 9700 §4.14.2); for a confidential client, which proves itself at each use, as its realm
    /// says.
    #[default]
    ByClientType,
    /// Always.
    Always,
    /// Never (FAPI 2.0 §5.3.2.1). A public client's stays only where its realm lets it.
    Never,
}

/// Whether a client gets refresh tokens (Keycloak's `use.refresh.tokens`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshTokens {
    /// With every grant of a person.
    #[default]
    Issued,
    /// None.
    Withheld,
}

/// OIDC Registration §2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a server or in a browser.
    #[default]
    Web,
    /// On a device: a loopback redirect to `localhost` may have any port (RFC 8252 §7.3).
    Native,
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
    /// By something that is not offered: it cannot authenticate at all, least of all by a secret.
    NotOffered,
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
