//! Ending grants: in the store, and in the memory of every node.

use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::{Fault, Timestamp};

use crate::app::App;

/// A minute more than the tokens concerned: clocks of nodes disagree a little.
const MARGIN_SECS: i64 = 60;

/// Tells every node in this transaction that grants were revoked, and so their access tokens.
pub(crate) async fn tell(tx: &mut dyn Tx, realm: RealmId, revoked: &[Revoked]) -> Result<(), Fault> {
    for Revoked { grant, access_until } in revoked {
        let until = access_until.plus_secs(MARGIN_SECS);
        tx.append_change(realm, &Change::GrantRevoked { grant: *grant }, until)
            .await?;
    }
    Ok(())
}

/// Tells every node in this transaction that one access token was revoked.
pub(crate) async fn tell_token(
    tx: &mut dyn Tx,
    realm: RealmId,
    jti: &str,
    token_until: Timestamp,
) -> Result<(), Fault> {
    let change = Change::TokenRevoked { jti: jti.to_owned() };
    tx.append_change(realm, &change, token_until.plus_secs(MARGIN_SECS))
        .await?;
    Ok(())
}

/// After the commit: this node answers for them from now on; the others read it from the log.
pub(crate) fn note(app: &App, revoked: &[Revoked]) {
    for Revoked { grant, access_until } in revoked {
        app.revocations
            .insert_grant(*grant, access_until.plus_secs(MARGIN_SECS));
    }
}
