//! An ID token that a client shows again (OIDC Core §3.1.2.1, OIDC RP-Initiated Logout §2).

use keyward_jose::Unverified;
use keyward_protocol::id_token::IdTokenHint;

use crate::snapshot::RealmSnapshot;

/// Reads one that this realm signed; it may have expired.
pub(crate) fn read(realm: &RealmSnapshot, token: &str) -> Option<IdTokenHint> {
    let unverified = Unverified::parse(token).ok()?;
    let key = realm.key(unverified.kid()?)?;
    let hint: IdTokenHint = unverified.verify(key.key.verifying_key()).ok()?.claims().ok()?;
    hint.is_from(&realm.issuer).then_some(hint)
}
