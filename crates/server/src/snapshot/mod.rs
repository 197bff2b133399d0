//! A realm in memory: everything that the hot paths need, parsed once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;
use keyward_domain::Timestamp;
use keyward_domain::client::{AccessTokenFormat, Client};
use keyward_domain::id::{ClientUuid, GroupId, RoleId, UserId};
use keyward_domain::key::KeyRecord;
use keyward_domain::policy::claims::{self, PlanInput, Subject, TokenPlan};
use keyward_domain::realm::Realm;
use keyward_domain::role::{RoleBook, RoleLimit};
use keyward_domain::scope::{Mapper, ScopeEntry};
use keyward_guard::in_house;
use keyward_jose::hmac::HmacKey;
use keyward_jose::jws::KeyedHeader;
use keyward_jose::{Algorithm, HeaderSegment, SigningKey, digest};
use uuid::Uuid;

use crate::user_events::Recorded;

pub(crate) mod cache;
mod clients;
mod grow;
pub(crate) mod load;
mod roles;

pub(crate) use clients::Clients;
pub(crate) use grow::{Account, NewClient};

/// A realm as of one moment. It never changes; a change of the realm makes another.
#[derive(Clone)]
pub struct RealmSnapshot {
    /// The place in the log of changes that it was read at: it holds everything up to there.
    as_of: i64,
    /// Tells this state from an earlier one of the same realm.
    pub(crate) generation: usize,
    /// The realm's row.
    pub realm: Realm,
    /// `iss` of its tokens.
    pub issuer: String,
    /// Its clients by `client_id`.
    pub(crate) clients: Clients,
    /// Its scopes by name.
    pub(crate) scopes: Arc<BTreeMap<String, ScopeEntry>>,
    /// Its roles.
    pub(crate) roles: RoleBook,
    /// Its signing keys, oldest first.
    pub(crate) keys: Arc<[KeyEntry]>,
    /// The rows of these.
    key_rows: Arc<[KeyRecord]>,
    /// Knows its access tokens when they come back.
    pub(crate) guard: Arc<in_house::Guard>,
    /// Its HMAC keys, youngest first.
    pub(crate) hmac_keys: Arc<[HmacEntry]>,
    /// The events that it wants listed.
    pub(crate) recorded: Recorded,
    pub(crate) jwks: Document,
    pub(crate) metadata: Document,
}

/// A client with its secrets opened and its usual token planned.
#[derive(Clone)]
pub(crate) struct ClientEntry {
    pub(crate) client: Client,
    pub(crate) secrets: Vec<LiveSecret>,
    pub(crate) service_account: Option<Arc<Subject>>,
    /// The roles and groups that its service account was given itself.
    given: Given,
    /// Its own mappers.
    pub(crate) mappers: Vec<Mapper>,
    /// The roles that its tokens carry.
    pub(crate) limit: RoleLimit,
    /// The plan of a request without `scope`.
    pub(crate) default_plan: Option<Arc<TokenPlan>>,
}

/// Roles and groups as they were given, composites not resolved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) roles: Vec<RoleId>,
    pub(crate) groups: Vec<GroupId>,
}

/// A client secret as the hot path compares it.
#[derive(Clone)]
pub(crate) struct LiveSecret {
    pub(crate) digest: [u8; 32],
    pub(crate) expires_at: Option<Timestamp>,
}

/// A signing key, parsed, with the header of each token it can sign.
pub(crate) struct KeyEntry {
    pub(crate) key: SigningKey,
    pub(crate) algorithm: Algorithm,
    pub(crate) active_from: Timestamp,
    pub(crate) headers: Vec<(&'static str, HeaderSegment)>,
}

/// A key for tokens that only this server reads, with the header of those.
pub(crate) struct HmacEntry {
    pub(crate) key: HmacKey,
    pub(crate) header: KeyedHeader,
}

/// A public document, ready to send.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) body: Bytes,
    pub(crate) etag: HeaderValue,
}

impl Document {
    pub(crate) fn new(body: Vec<u8>) -> Self {
        let tag = digest::b64url_encode(&digest::sha256(&body));
        let etag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self {
            body: Bytes::from(body),
            etag,
        }
    }
}

impl RealmSnapshot {
    /// The key that signs `algorithm` at `now`.
    pub(crate) fn signing_key(&self, algorithm: Algorithm, now: Timestamp) -> Option<&KeyEntry> {
        let fitting = self.keys.iter().filter(|entry| entry.algorithm == algorithm);
        keyward_domain::key::signing(fitting.map(|entry| (entry, entry.active_from)), now)
    }

    /// What the plan of a client's token is made from.
    pub(crate) fn plan_input<'a>(
        &'a self,
        client: &'a ClientEntry,
        subject: &'a Subject,
        granted: &'a [&'a str],
    ) -> PlanInput<'a> {
        plan_input(client, subject, granted, &self.scopes, &self.roles)
    }

    /// A client by its row.
    pub(crate) fn client(&self, id: ClientUuid) -> Option<&ClientEntry> {
        self.clients.get(self.roles.client_id(id)?)
    }

    /// The key with this `kid`, in whatever state: what it signed may live on.
    pub(crate) fn key(&self, kid: &str) -> Option<&KeyEntry> {
        self.keys.iter().find(|entry| entry.key.kid() == kid)
    }
}

fn plan_input<'a>(
    client: &'a ClientEntry,
    subject: &'a Subject,
    granted: &'a [&'a str],
    scopes: &'a BTreeMap<String, ScopeEntry>,
    roles: &'a RoleBook,
) -> PlanInput<'a> {
    PlanInput {
        client: &client.client,
        client_mappers: &client.mappers,
        limit: &client.limit,
        granted,
        scopes,
        roles,
        subject,
        acr: "1",
    }
}

impl ClientEntry {
    /// What the client knows a user by: `sub` of its tokens.
    pub(crate) fn sub(&self, user: UserId) -> Uuid {
        claims::pairwise_sub(&self.client, &self.mappers, user).unwrap_or(user.0)
    }

    /// Whether that is another for each sector (OIDC Core §8.1).
    pub(crate) fn is_pairwise(&self) -> bool {
        self.mappers.iter().any(Mapper::is_pairwise)
    }
}

impl KeyEntry {
    /// The header of a token with this `typ`.
    pub(crate) fn header(&self, typ: &str) -> Option<&HeaderSegment> {
        self.headers
            .iter()
            .find(|(its, _)| *its == typ)
            .map(|(_, header)| header)
    }
}

/// `typ` in the header of a JWT access token.
pub(crate) const fn typ(format: AccessTokenFormat) -> &'static str {
    match format {
        AccessTokenFormat::AtJwt => "at+jwt",
        AccessTokenFormat::Keycloak | AccessTokenFormat::Opaque => "JWT",
    }
}
