//! Which key signs: of those that are active, the one of the highest priority, as in Keycloak. Here that is the one
//! whose time came last.

use keyward_domain::Timestamp;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;

use super::{RealmKey, RealmKeys, Row, Sort, signer};
use crate::admin::rest::AdminError;

/// After a change: lets the key sign that is to, and refuses a change that leaves none. Keys whose time is to come are
/// left to the rotation.
pub(in crate::admin::components) async fn arrange(
    tx: &mut dyn Tx,
    realm: RealmId,
    sort: Sort,
    now: Timestamp,
) -> Result<(), AdminError> {
    let RealmKeys { keys, .. } = RealmKeys::read(tx, realm, now).await?;
    let fitting: Vec<&RealmKey> = keys
        .iter()
        .filter(|key| key.row.sort() == sort && key.row.since() <= now)
        .collect();
    let current = signer(fitting.iter().map(|key| &key.row), now);
    let signs = |key: &RealmKey| current.is_some_and(|row| row.kid() == key.row.kid());
    let wanted = fitting
        .iter()
        .filter(|key| key.is_active())
        .max_by_key(|key| (key.priority(), signs(key)));
    let Some(wanted) = wanted else {
        return Err(AdminError::Invalid(
            format!(
                "The last key that signs {} stays: make another before",
                sort.algorithm()
            )
            .into(),
        ));
    };
    if signs(wanted) {
        return Ok(());
    }
    // Two of one instant would both be the last.
    for other in fitting.iter().filter(|key| key.row.since() == now) {
        other.row.clone().date(tx, before(now)).await?;
    }
    wanted.row.clone().date(tx, now).await?;
    Ok(())
}

fn before(instant: Timestamp) -> Timestamp {
    Timestamp::from_millis(instant.millis().saturating_sub(1))
}

/// The instant of a key that is added and must not sign before [`arrange`] says so: before the one that signs.
pub(super) fn behind<'a>(rows: impl Iterator<Item = &'a Row>, now: Timestamp) -> Timestamp {
    signer(rows, now).map_or(now, |row| before(row.since()))
}
