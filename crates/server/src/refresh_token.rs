//! Refresh tokens: what stands in one, and which grant one names that comes back.
//!
//! A refresh token is a pure function of its grant's row (id, sequence, issue time) under the realm's HMAC key: nothing
//! of it is stored, a forged one fails before anything is read, and one whose answer was lost can be made again.

use keyward_domain::client::Client;
use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::id::{GrantId, UserId};
use keyward_domain::policy::grant_lifespan::GrantLifespan;
use keyward_domain::policy::lifetime;
use keyward_domain::realm::Realm;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp};
use keyward_jose::{sign_keyed, verify_keyed};
use keyward_protocol::refresh_token::{OFFLINE_TYP, REFRESH_TYP, RefreshTokenClaims};
use uuid::Uuid;

use crate::app::App;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// A refresh token that this server made. Whether its grant still lives, the store knows.
#[derive(Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: GrantId,
    pub(crate) sequence: i64,
    pub(crate) claims: RefreshTokenClaims,
}

/// Makes the current refresh token of a grant.
pub(crate) fn mint(realm: &RealmSnapshot, grant: &Grant, client: &ClientEntry) -> Result<String, Fault> {
    let hmac = realm
        .hmac_keys
        .first()
        .ok_or_else(|| Fault::Crypto("the realm has no HMAC key".into()))?;
    let seconds = |at: Timestamp| u64::try_from(at.secs()).unwrap_or(0);
    let typ = match grant.kind {
        GrantKind::Online => REFRESH_TYP,
        GrantKind::Offline => OFFLINE_TYP,
    };
    let claims = RefreshTokenClaims {
        exp: told_end(realm, grant, client).map(seconds),
        iat: seconds(grant.rotated_at),
        jti: token_id(grant),
        iss: realm.issuer.clone(),
        aud: realm.issuer.clone(),
        sub: client.sub(grant.user).to_string(),
        typ: typ.into(),
        azp: client.client.client_id.clone(),
        sid: Some(grant.session.to_string()),
        scope: grant.authorized.scope.join(" "),
    };
    sign_keyed(&hmac.key, &hmac.header, &claims).map_err(|error| Fault::Crypto(format!("refresh token: {error}")))
}

/// How long grants of a client live by what is set now.
pub(crate) fn lifespan(realm: &RealmSnapshot, client: &ClientEntry, kind: GrantKind) -> GrantLifespan {
    GrantLifespan::of(&realm.realm.settings.sessions, &client.client.settings.sessions, kind)
}

/// When the current refresh token of a grant ends, as far as the client is told. As in Keycloak, offline tokens tell it
/// only where the realm gives them a longest life: else their end moves with each use, and only the row knows it.
pub(crate) fn told_end(realm: &RealmSnapshot, grant: &Grant, client: &ClientEntry) -> Option<Timestamp> {
    let told = match grant.kind {
        GrantKind::Online => true,
        GrantKind::Offline => realm.realm.settings.sessions.offline_session_max_lifespan_enabled,
    };
    told.then(|| lifespan(realm, client, grant.kind).refresh_until(grant))
}

/// `jti` of the current refresh token of a grant.
pub(crate) fn token_id(grant: &Grant) -> String {
    format!("{}.{}", grant.id.0.simple(), grant.sequence)
}

/// Reads a refresh token of this realm. `None` when this server did not make it.
pub(crate) fn parse(realm: &RealmSnapshot, token: &str) -> Option<RefreshToken> {
    let hmac = realm.hmac_keys.iter().find(|hmac| hmac.header.begins(token))?;
    let claims: RefreshTokenClaims = verify_keyed(&hmac.key, &hmac.header, token).ok()?;
    let (grant, sequence) = claims.jti.split_once('.')?;
    claims.is_from(&realm.issuer).then_some(())?;
    Some(RefreshToken {
        grant: GrantId(Uuid::try_parse(grant).ok()?),
        sequence: sequence.parse().ok()?,
        claims,
    })
}

impl RefreshToken {
    /// Whose it is. Only the grant knows, when the client knows its people by other names.
    pub(crate) async fn user(&self, app: &App, client: &ClientEntry) -> Result<Option<UserId>, Fault> {
        if client.is_pairwise() {
            let grant = app.store().read().await?.grant(self.grant).await?;
            Ok(grant.map(|grant| grant.user))
        } else {
            Ok(self.claims.sub.parse().ok())
        }
    }

    /// Whether it ended before `now` by what stands in it.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.claims
            .exp
            .is_some_and(|exp| i64::try_from(exp).unwrap_or(i64::MAX) <= now.secs())
    }

    /// When it was issued.
    pub(crate) fn issued_at(&self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.claims.iat).unwrap_or(0))
    }

    /// Whether it outlives the login that it came from.
    pub(crate) fn kind(&self) -> GrantKind {
        if self.claims.typ == OFFLINE_TYP {
            GrantKind::Offline
        } else {
            GrantKind::Online
        }
    }

    /// The scopes of its grant.
    pub(crate) fn scope(&self) -> Vec<String> {
        let names = self.claims.scope.split(' ').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    /// Whether it is older than what is accepted about a person.
    pub(crate) fn is_stale_for(&self, user: &User) -> bool {
        lifetime::is_before(i64::try_from(self.claims.iat).unwrap_or(0), user.not_before)
    }

    /// Whether it is older than the realm or its client accepts.
    pub(crate) fn is_stale(&self, realm: &Realm, client: &Client) -> bool {
        let issued_at = i64::try_from(self.claims.iat).unwrap_or(0);
        lifetime::is_before(issued_at, realm.not_before) || lifetime::is_before(issued_at, client.not_before)
    }
}

/// `jti` of an access token of a person's grant: `mark`, the grant, and what tells it from the others of that grant. A
/// last `c` says that claims were asked for by name, which the userinfo endpoint then reads from the grant.
pub(crate) fn access_token_id(mark: impl std::fmt::Display, grant: &Grant, serial: impl std::fmt::Display) -> String {
    let asked = grant
        .authorized
        .claims
        .as_ref()
        .is_some_and(|claims| !claims.userinfo.is_empty());
    let flag = if asked { "c" } else { "" };
    format!("{mark}:{}.{serial}{flag}", grant.id.0.simple())
}

/// Whether an access token says little of what it stands for, from its `jti`.
pub(crate) fn is_lightweight(jti: &str) -> bool {
    let mark = jti.split_once(':').map(|(mark, _)| mark);
    mark.is_some_and(|mark| mark.len() == 6 && mark.get(2..4) == Some("lt"))
}

/// The grant that an access token came of, from its `jti`.
pub(crate) fn grant_of(jti: &str) -> Option<GrantId> {
    let (_, rest) = jti.split_once(':')?;
    let (grant, _) = rest.split_once('.')?;
    Uuid::try_parse(grant).ok().map(GrantId)
}

/// Whether claims were asked for by name when the grant of an access token was given.
pub(crate) fn asked_for_claims(jti: &str) -> bool {
    grant_of(jti).is_some() && jti.ends_with('c')
}

#[cfg(test)]
mod tests {
    use super::{GrantId, Uuid, asked_for_claims, grant_of};

    #[test]
    fn an_access_token_names_its_grant() {
        let grant = "0000000000000000000000000000000a";
        assert_eq!(
            grant_of(&format!("onrtac:{grant}.3")),
            Some(GrantId(Uuid::from_u128(10)))
        );
        assert!(!asked_for_claims(&format!("onrtac:{grant}.3")));
        assert!(asked_for_claims(&format!("onrtac:{grant}.3c")));
        for other in ["trrtcc:3e9ebdae-0000-4000-8000-00000000000c", "", "onrtac:x.1c", "a.b"] {
            assert_eq!(grant_of(other), None, "{other}");
            assert!(!asked_for_claims(other), "{other}");
        }
    }
}
