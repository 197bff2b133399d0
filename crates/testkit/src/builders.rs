//! Things with literal values. Identifiers follow from names, so that a failing test names the same rows each time.

use keyward_domain::Timestamp;
use keyward_domain::client::{Client, ClientSecret, ClientSettings};
use keyward_domain::credential::{Credential, Otp};
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy::growing_uuid_floor;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::{AccessTokenRecord, AuthorizationCode, Authorized, Grant, GrantKind, TokenHash};
use keyward_domain::group::Group;
use keyward_domain::id::{
    AccessTokenId, ClientSecretId, ClientUuid, CredentialId, DocumentId, EventId, GrantId, GroupId, RealmId, RoleId,
    ScopeId, SessionId, UserId,
};
use keyward_domain::key::{HmacKeyRecord, KeyRecord};
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::role::Role;
use keyward_domain::scope::{ClientScope, ScopeSettings};
use keyward_domain::session::{Consent, Session};
use keyward_domain::user::{Attributes, FederatedIdentity, Profile, User};
use keyward_jose::alg::Algorithm;
use keyward_jose::digest::sha256;
use keyward_jose::totp::TotpParams;
use uuid::{Builder, Uuid};

/// The instant at which tests begin: 2027-01-15T08:00:00Z.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A realm.
///
/// # Panics
///
/// When `name` is not a realm name.
#[expect(clippy::expect_used, reason = "a wrong name is a mistake in the test")]
pub fn realm(name: &str) -> Realm {
    Realm {
        id: RealmId(id("realm", name)),
        name: RealmName::parse(name).expect("a realm name"),
        enabled: true,
        not_before: Timestamp::default(),
        settings: RealmSettings {
            display_name: format!("Realm {name}"),
            ..RealmSettings::default()
        },
    }
}

/// A confidential client of a realm.
pub fn client(realm: &Realm, client_id: &str) -> Client {
    Client {
        id: ClientUuid(id(realm.name.as_str(), client_id)),
        realm: realm.id,
        client_id: client_id.into(),
        enabled: true,
        not_before: Timestamp::default(),
        settings: ClientSettings {
            name: client_id.to_uppercase(),
            service_account: true,
            default_scopes: vec!["basic".into()],
            optional_scopes: vec!["orders:read".into()],
            ..ClientSettings::default()
        },
    }
}

/// A secret of a client, made `age` seconds before [`NOW`].
pub fn client_secret(client: &Client, name: &str, age: i64) -> ClientSecret {
    ClientSecret {
        id: ClientSecretId(id("client secret", name)),
        client: client.id,
        sealed: format!("sealed {name}").into_bytes(),
        created_at: NOW.minus_secs(age),
        expires_at: None,
    }
}

/// A person.
pub fn user(realm: &Realm, username: &str) -> User {
    User {
        id: UserId(id(realm.name.as_str(), username)),
        realm: realm.id,
        username: username.into(),
        enabled: true,
        service_account_of: None,
        created_at: NOW,
        required_actions: Vec::new(),
        not_before: Timestamp::default(),
        profile: Profile {
            email: Some(format!("{username}@example.com")),
            email_verified: true,
            first_name: Some("Given".into()),
            ..Profile::default()
        },
    }
}

/// The service account of a client.
pub fn service_account(realm: &Realm, client: &Client) -> User {
    User {
        service_account_of: Some(client.id),
        profile: Profile::default(),
        ..user(realm, &User::service_account_username(&client.client_id))
    }
}

/// A password of a user.
pub fn credential(user: &User, phc: &str) -> Credential {
    Credential {
        id: CredentialId(id("credential", phc)),
        user: user.id,
        phc: phc.into(),
        created_at: NOW,
        label: String::new(),
    }
}

/// A role of a realm.
pub fn role(realm: &Realm, name: &str) -> Role {
    Role {
        id: RoleId(id(realm.name.as_str(), &format!("role {name}"))),
        realm: realm.id,
        client: None,
        name: name.into(),
        description: format!("May {name}"),
        attributes: Attributes::new(),
    }
}

/// A role of a client.
pub fn client_role(realm: &Realm, client: &Client, name: &str) -> Role {
    Role {
        id: RoleId(id(&client.client_id, &format!("role {name}"))),
        client: Some(client.id),
        ..role(realm, name)
    }
}

/// A group at the top of a realm, or below another one.
pub fn group(realm: &Realm, parent: Option<&Group>, name: &str) -> Group {
    let above = parent.map_or_else(|| realm.name.to_string(), |parent| parent.id.to_string());
    Group {
        id: GroupId(id(&above, &format!("group {name}"))),
        realm: realm.id,
        parent: parent.map(|parent| parent.id),
        name: name.into(),
        description: format!("Group {name}"),
        attributes: Attributes::new(),
    }
}

/// A document of a realm.
pub fn document(realm: &Realm, kind: DocumentKind, name: &str) -> Document {
    Document {
        id: DocumentId(id(realm.name.as_str(), &format!("{} {name}", kind.as_str()))),
        realm: realm.id,
        kind,
        name: name.into(),
        body: serde_json::json!({ "alias": name }),
    }
}

/// A login of a user at an identity provider.
pub fn federated_identity(user: &User, provider: &str, external_id: &str) -> FederatedIdentity {
    FederatedIdentity {
        user: user.id,
        provider: provider.into(),
        external_id: external_id.into(),
        external_name: format!("{}@{provider}", user.username),
    }
}

/// A client scope.
pub fn scope(realm: &Realm, name: &str) -> ClientScope {
    ClientScope {
        id: ScopeId(id(realm.name.as_str(), &format!("scope {name}"))),
        realm: realm.id,
        name: name.into(),
        settings: ScopeSettings {
            description: format!("Scope {name}"),
            ..ScopeSettings::default()
        },
    }
}

/// A signing key, active from [`NOW`] and `later` seconds. What it seals is no key.
pub fn key(realm: &Realm, kid: &str, later: i64) -> KeyRecord {
    KeyRecord {
        kid: kid.into(),
        realm: realm.id,
        algorithm: Algorithm::Es256,
        sealed: b"sealed".to_vec(),
        published_at: NOW,
        active_from: NOW.plus_secs(later),
    }
}

/// An HMAC key, made `age` seconds before [`NOW`]. What it seals is no key.
pub fn hmac_key(realm: &Realm, kid: &str, age: i64) -> HmacKeyRecord {
    HmacKeyRecord {
        kid: kid.into(),
        realm: realm.id,
        sealed: b"sealed".to_vec(),
        created_at: NOW.minus_secs(age),
    }
}

/// A one-time password device of a user. What it seals is no secret.
pub fn otp(user: &User, label: &str) -> Otp {
    Otp {
        id: CredentialId(id(&user.username, &format!("otp {label}"))),
        user: user.id,
        label: label.into(),
        params: TotpParams::default(),
        sealed: b"sealed".to_vec(),
        last_step: 0,
        created_at: NOW,
    }
}

/// A session of a user in a browser, for ten hours.
pub fn session(user: &User, name: &str) -> Session {
    Session {
        id: SessionId(id("session", name)),
        realm: user.realm,
        user: user.id,
        cookie: Some(TokenHash::of(format!("cookie {name}").as_bytes())),
        auth_time: NOW,
        address: "192.0.2.1".into(),
        user_agent: "Browser/1.0".into(),
        started_at: NOW,
        seen_at: NOW,
        expires_at: NOW.plus_secs(36_000),
    }
}

/// What a user let a client have.
pub fn consent(user: &User, client: &Client, scope: &[&str]) -> Consent {
    Consent {
        user: user.id,
        client: client.id,
        scope: scope.iter().map(ToString::to_string).collect(),
        given_at: NOW,
    }
}

/// A grant of a user to a client, for an hour, that ends after half an hour without use.
pub fn grant(client: &Client, user: &User, name: &str) -> Grant {
    Grant {
        id: GrantId(id("grant", name)),
        realm: client.realm,
        client: client.id,
        user: user.id,
        session: session(user, name).id,
        kind: GrantKind::Online,
        authorized: Authorized {
            scope: vec!["openid".into(), "orders:read".into()],
            auth_time: NOW,
            acr: "1".into(),
            ..Authorized::default()
        },
        sequence: 0,
        previous: -1,
        rotated_at: NOW,
        idle_secs: 1800,
        access_until: NOW.plus_secs(300),
        created_at: NOW,
        expires_at: NOW.plus_secs(3600),
        revoked_at: None,
    }
}

/// An authorization code of a grant that is to come, for a minute.
pub fn code(grant: &Grant, text: &str) -> AuthorizationCode {
    AuthorizationCode {
        hash: TokenHash::of(text.as_bytes()),
        grant: grant.id,
        realm: grant.realm,
        client: grant.client,
        user: grant.user,
        session: grant.session,
        authorized: grant.authorized.clone(),
        redirect_uri: "http://127.0.0.1/callback".into(),
        code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into()),
        nonce: Some("n-0S6_WzA2Mj".into()),
        expires_at: NOW.plus_secs(60),
    }
}

/// An opaque access token of a client, for five minutes.
pub fn access_token(client: &Client, text: &str) -> AccessTokenRecord {
    AccessTokenRecord {
        id: AccessTokenId(id("access token", text)),
        hash: TokenHash::of(text.as_bytes()),
        realm: client.realm,
        client: client.id,
        claims: r#"{"sub":"x"}"#.into(),
        expires_at: NOW.plus_secs(300),
    }
}

/// An event of a realm: the user `username` was created, `later` seconds after [`NOW`].
pub fn event(realm: &Realm, username: &str, later: i64) -> Event {
    let at = NOW.plus_secs(later);
    // As those of the server do, it begins with its instant.
    let instant = growing_uuid_floor(at).as_u128();
    Event {
        id: EventId(Uuid::from_u128(instant | (id("event", username).as_u128() >> 48))),
        at,
        realm: Some(realm.name.to_string()),
        request_id: Some("request-1".into()),
        address: None,
        what: What::UserCreated {
            username: username.into(),
            id: UserId(id(realm.name.as_str(), username)),
        },
    }
}

fn id(kind: &str, name: &str) -> Uuid {
    let mut bytes = [0; 16];
    for (byte, random) in bytes.iter_mut().zip(sha256(format!("{kind}|{name}").as_bytes())) {
        *byte = random;
    }
    Builder::from_random_bytes(bytes).into_uuid()
}
