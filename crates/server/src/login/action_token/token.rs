//! What stands in a link: a token that the realm signs with the key of its refresh tokens, told apart by its type.

use keyward_domain::policy::lifetime;
use keyward_domain::realm::Realm;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::{digest, sign_keyed, verify_keyed};
use serde::{Deserialize, Serialize};

use crate::http::entropy::SystemEntropy;
use crate::login::complete::UPDATE_PASSWORD;
use crate::snapshot::RealmSnapshot;

/// Keycloak's name of what a person does who proves an address.
pub(crate) const VERIFY_EMAIL: &str = "VERIFY_EMAIL";

/// What a link can ask for.
pub(crate) const ACTIONS: [&str; 2] = [VERIFY_EMAIL, UPDATE_PASSWORD];

/// `typ` of the token (Keycloak's claim, not the header's).
const TYP: &str = "execute-actions";

/// The claims of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ActionToken {
    exp: u64,
    iat: u64,
    /// What tells it from every other: it works once.
    pub(super) jti: String,
    iss: String,
    aud: String,
    /// The person.
    pub(super) sub: String,
    typ: String,
    /// `client_id` of the application that the person comes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) azp: Option<String>,
    /// The address that the mail went to: a link is dead once the person has another.
    pub(super) eml: String,
    /// What is asked for.
    pub(super) rqac: Vec<String>,
    /// Where the application is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reduri: Option<String>,
}

impl ActionToken {
    /// A token for a person whose address is `email`.
    pub(super) fn new(
        realm: &RealmSnapshot,
        (user, email): (&User, &str),
        actions: &[&str],
        now: Timestamp,
        lifespan: i64,
    ) -> Self {
        let secs = |at: Timestamp| u64::try_from(at.secs()).unwrap_or(0);
        Self {
            exp: secs(now.plus_secs(lifespan)),
            iat: secs(now),
            jti: entropy::uuid(&mut SystemEntropy).to_string(),
            iss: realm.issuer.clone(),
            aud: realm.issuer.clone(),
            sub: user.id.to_string(),
            typ: TYP.into(),
            azp: None,
            eml: email.to_owned(),
            rqac: actions.iter().map(|action| (*action).to_owned()).collect(),
            reduri: None,
        }
    }

    /// The text of the link's `key`.
    pub(super) fn sign(&self, realm: &RealmSnapshot) -> Result<String, Fault> {
        let hmac = realm
            .hmac_keys
            .first()
            .ok_or_else(|| Fault::Crypto("the realm has no HMAC key".into()))?;
        sign_keyed(&hmac.key, &hmac.header, self).map_err(|error| Fault::Crypto(format!("action token: {error}")))
    }

    /// Reads a key. `None` when this realm did not make it for this, or it is over.
    pub(super) fn parse(realm: &RealmSnapshot, key: &str, now: Timestamp) -> Option<Self> {
        let hmac = realm.hmac_keys.iter().find(|hmac| hmac.header.begins(key))?;
        let token: Self = verify_keyed(&hmac.key, &hmac.header, key).ok()?;
        let ours = token.typ == TYP && token.iss == realm.issuer && token.aud == realm.issuer;
        (ours && token.until() > now).then_some(token)
    }

    /// Whether the link still fits the person it was made for.
    pub(super) fn fits(&self, realm: &Realm, user: &User) -> bool {
        let issued_at = i64::try_from(self.iat).unwrap_or(0);
        user.enabled
            && user.id.to_string() == self.sub
            && user.profile.email.as_deref() == Some(self.eml.as_str())
            && !lifetime::is_before(issued_at, realm.not_before)
            && !lifetime::is_before(issued_at, user.not_before)
    }

    pub(super) fn asks_for(&self, action: &str) -> bool {
        self.rqac.iter().any(|asked| asked == action)
    }

    /// When it ends.
    pub(super) fn until(&self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.exp).unwrap_or(i64::MAX))
    }

    /// What is remembered of it, once it was used.
    pub(super) fn mark(&self, realm: &RealmSnapshot) -> [u8; 32] {
        digest::sha256(format!("action token|{}|{}", realm.realm.id, self.jti).as_bytes())
    }
}
