//! Every audit event, in one enum.
//!
//! An event is written in the transaction of the change it tells of. Where nothing changes (a token is issued, a
//! client fails to authenticate) it goes through a bounded queue. Metrics and audit sinks read events after commit.

use std::net::IpAddr;

use serde::Serialize;

use crate::id::{ClientUuid, EventId, RealmId, SessionId, UserId};
use crate::timestamp::Timestamp;

/// One audit record.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its row; grows with time.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The realm's name; absent for what concerns the server.
    pub realm: Option<String>,
    /// The request that caused it; absent for jobs and commands.
    pub request_id: Option<String>,
    /// The address of the caller.
    pub address: Option<IpAddr>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened. Texts that come from a caller are bounded before they get here; no secret, token or code is in
/// any of them.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// A token response went out.
    AccessTokenIssued {
        /// `client_id`.
        client: String,
        /// `grant_type`.
        grant_type: &'static str,
        /// The token's `jti`.
        jti: String,
        /// The granted scope.
        scope: String,
    },
    /// The token endpoint refused a request of a client that it knows.
    TokenRequestRefused {
        /// `client_id`.
        client: String,
        /// Why, as the variant's text.
        reason: String,
    },
    /// A client could not prove who it is.
    ClientAuthenticationFailed {
        /// The `client_id` presented, if it is one of the realm's.
        client: Option<String>,
        /// Why.
        reason: &'static str,
    },
    /// Failed authentications passed the limit of RFC 9700 §2.5 style throttling.
    ClientAuthenticationThrottled {
        /// The `client_id` presented, if it is one of the realm's.
        client: Option<String>,
    },
    /// A token was introspected.
    TokenIntrospected {
        /// `client_id` of the caller.
        client: String,
        /// The answer.
        active: bool,
    },
    /// A token was revoked.
    TokenRevoked {
        /// `client_id` of the caller.
        client: String,
        /// The token's `jti`.
        jti: String,
    },
    /// A client asked to revoke a token of another client.
    TokenRevocationRefused {
        /// `client_id` of the caller.
        client: String,
    },
    /// An authorization code came a second time.
    AuthorizationCodeReplayed {
        /// `client_id`.
        client: String,
    },
    /// A superseded refresh token came again.
    RefreshTokenReused {
        /// `client_id`.
        client: String,
    },
    /// A refresh token came more often, within the time in which it is answered with the same successor, than one
    /// client's parallel requests explain.
    RefreshTokenRepeated {
        /// `client_id`.
        client: String,
        /// How often.
        count: u32,
    },
    /// The authorization endpoint refused a request of a client that it knows.
    AuthorizationRefused {
        /// `client_id`.
        client: String,
        /// The error code.
        reason: &'static str,
    },
    /// An authorization code went out.
    AuthorizationCodeIssued {
        /// `client_id`.
        client: String,
        /// The person's row.
        user_id: UserId,
        /// The login that it came from.
        session: SessionId,
    },
    /// A person logged in.
    LoggedIn {
        /// The person's row.
        user_id: UserId,
        /// The session.
        session: SessionId,
        /// `client_id` of the application that they came from.
        client: Option<String>,
    },
    /// A login failed.
    LoginFailed {
        /// The person's row, when the name is somebody's.
        user_id: Option<UserId>,
        /// `client_id` of the application that they came from.
        client: Option<String>,
        /// Why.
        reason: &'static str,
    },
    /// Too many failed logins: a person or an address has to wait.
    LoginLocked {
        /// The person's row, when the name is somebody's.
        user_id: Option<UserId>,
        /// Whether for good, until an administrator says otherwise.
        permanently: bool,
    },
    /// A session ended because somebody said so.
    LoggedOut {
        /// The person's row.
        user_id: UserId,
        /// The session.
        session: SessionId,
    },
    /// A person let a client have something.
    ConsentGiven {
        /// `client_id`.
        client: String,
        /// The person's row.
        user_id: UserId,
        /// The scopes.
        scope: String,
    },
    /// A person did not let a client have something.
    ConsentDenied {
        /// `client_id`.
        client: String,
        /// The person's row.
        user_id: UserId,
    },
    /// A person took back what a client had.
    ConsentRevoked {
        /// `client_id`.
        client: String,
        /// The person's row.
        user_id: UserId,
    },
    /// A person set a new password.
    PasswordChanged {
        /// The person's row.
        user_id: UserId,
    },
    /// A person got a second factor.
    SecondFactorAdded {
        /// The person's row.
        user_id: UserId,
        /// How many that they had before went with it.
        replaced: u64,
    },
    /// A person was sent a mail with a link.
    MailSent {
        /// The person's row.
        user_id: UserId,
        /// What the link is for, by Keycloak's names of required actions, with blanks between.
        actions: String,
    },
    /// A mail could not be sent.
    MailFailed {
        /// The person's row.
        user_id: UserId,
        /// What the link was to be for.
        actions: String,
    },
    /// A person proved that a mail address is theirs.
    EmailVerified {
        /// The person's row.
        user_id: UserId,
    },
    /// An administrator opened a session as somebody else.
    Impersonated {
        /// Whose session it is.
        user_id: UserId,
        /// The session.
        session: SessionId,
        /// The realm of the administrator.
        by_realm: String,
        /// The administrator.
        by_user: UserId,
    },
    /// A realm was created.
    RealmCreated,
    /// A client scope was created.
    ScopeCreated {
        /// Its name.
        scope: String,
    },
    /// A client was created.
    ClientCreated {
        /// `client_id`.
        client: String,
        /// Its row.
        #[serde(rename = "client_uuid")]
        id: ClientUuid,
    },
    /// A client got a new secret.
    ClientSecretRotated {
        /// `client_id`.
        client: String,
    },
    /// A user was created.
    UserCreated {
        /// User name.
        username: String,
        /// Its row.
        #[serde(rename = "user_id")]
        id: UserId,
    },
    /// An administrator did something. It stands for everything that the admin API writes.
    AdminChange {
        /// `CREATE`, `UPDATE`, `DELETE` or `ACTION`, as in Keycloak.
        operation: &'static str,
        /// What kind of thing, by Keycloak's words: `CLIENT`, `REALM_ROLE_MAPPING`, ….
        resource_type: &'static str,
        /// Its path below the realm: `users/{id}/reset-password`.
        resource_path: String,
        /// The row of the realm: another may have its name later.
        realm_id: RealmId,
        /// The realm of the administrator.
        by_realm: String,
        /// `client_id` that the administrator came through.
        by_client: String,
        /// The administrator.
        by_user: UserId,
        /// What was sent, where the realm keeps that; secrets left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        representation: Option<String>,
    },
    /// A signing key appeared in the JWKS.
    KeyPublished {
        /// `kid`.
        kid: String,
        /// JWA name.
        algorithm: &'static str,
    },
    /// A signing key left the JWKS.
    KeyRemoved {
        /// `kid`.
        kid: String,
    },
}

/// Whether an event tells of something that was done or of something that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused. A full queue keeps these before successes.
    Failure,
}

impl What {
    /// The name as it stands in the record and in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccessTokenIssued { .. } => "access_token_issued",
            Self::TokenRequestRefused { .. } => "token_request_refused",
            Self::ClientAuthenticationFailed { .. } => "client_authentication_failed",
            Self::ClientAuthenticationThrottled { .. } => "client_authentication_throttled",
            Self::TokenIntrospected { .. } => "token_introspected",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::TokenRevocationRefused { .. } => "token_revocation_refused",
            Self::AuthorizationCodeReplayed { .. } => "authorization_code_replayed",
            Self::RefreshTokenReused { .. } => "refresh_token_reused",
            Self::RefreshTokenRepeated { .. } => "refresh_token_repeated",
            Self::AuthorizationRefused { .. } => "authorization_refused",
            Self::AuthorizationCodeIssued { .. } => "authorization_code_issued",
            Self::LoggedIn { .. } => "logged_in",
            Self::LoginFailed { .. } => "login_failed",
            Self::LoginLocked { .. } => "login_locked",
            Self::LoggedOut { .. } => "logged_out",
            Self::ConsentGiven { .. } => "consent_given",
            Self::ConsentDenied { .. } => "consent_denied",
            Self::ConsentRevoked { .. } => "consent_revoked",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SecondFactorAdded { .. } => "second_factor_added",
            Self::MailSent { .. } => "mail_sent",
            Self::MailFailed { .. } => "mail_failed",
            Self::EmailVerified { .. } => "email_verified",
            Self::Impersonated { .. } => "impersonated",
            Self::RealmCreated => "realm_created",
            Self::ScopeCreated { .. } => "scope_created",
            Self::ClientCreated { .. } => "client_created",
            Self::ClientSecretRotated { .. } => "client_secret_rotated",
            Self::UserCreated { .. } => "user_created",
            Self::AdminChange { .. } => "admin_change",
            Self::KeyPublished { .. } => "key_published",
            Self::KeyRemoved { .. } => "key_removed",
        }
    }

    /// Done or refused.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::TokenRequestRefused { .. }
            | Self::ClientAuthenticationFailed { .. }
            | Self::ClientAuthenticationThrottled { .. }
            | Self::TokenRevocationRefused { .. }
            | Self::AuthorizationCodeReplayed { .. }
            | Self::RefreshTokenReused { .. }
            | Self::RefreshTokenRepeated { .. }
            | Self::AuthorizationRefused { .. }
            | Self::LoginFailed { .. }
            | Self::LoginLocked { .. }
            | Self::MailFailed { .. }
            | Self::ConsentDenied { .. } => Outcome::Failure,
            Self::AccessTokenIssued { .. }
            | Self::TokenIntrospected { .. }
            | Self::TokenRevoked { .. }
            | Self::AuthorizationCodeIssued { .. }
            | Self::LoggedIn { .. }
            | Self::LoggedOut { .. }
            | Self::ConsentGiven { .. }
            | Self::ConsentRevoked { .. }
            | Self::PasswordChanged { .. }
            | Self::SecondFactorAdded { .. }
            | Self::MailSent { .. }
            | Self::EmailVerified { .. }
            | Self::Impersonated { .. }
            | Self::RealmCreated
            | Self::ScopeCreated { .. }
            | Self::ClientCreated { .. }
            | Self::ClientSecretRotated { .. }
            | Self::UserCreated { .. }
            | Self::AdminChange { .. }
            | Self::KeyPublished { .. }
            | Self::KeyRemoved { .. } => Outcome::Success,
        }
    }
}

/// Where events go that no transaction carries. It must not block: what does not fit is counted and dropped.
pub trait EventSink: Send + Sync {
    /// Takes one event.
    fn record(&self, event: Event);
}
