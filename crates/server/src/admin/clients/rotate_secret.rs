//! Giving a client a new secret while the old one still works for a while.

use keyward_domain::client::Client;
use keyward_domain::event::What;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use super::seal;
use crate::admin::note;
use crate::http::entropy::SystemEntropy;

/// Adds a secret and lets the one before it work for `overlap_secs` more. Any older one ends at once: a client has
/// at most two.
pub async fn rotate_secret(
    tx: &mut dyn Tx,
    realm: &Realm,
    client: &Client,
    sealer: &Sealer,
    overlap_secs: i64,
    now: Timestamp,
) -> Result<Secret, Fault> {
    let secret = entropy::secret(&mut SystemEntropy);
    let row = seal(sealer, realm, client.id, &secret, now)?;
    tx.insert_client_secret(&row).await?;
    tx.expire_other_client_secrets(client.id, row.id, now.plus_secs(overlap_secs), now)
        .await?;
    let what = What::ClientSecretRotated {
        client: client.client_id.clone(),
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok(secret)
}
