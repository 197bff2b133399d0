//! Secrets that stand inside other rows, sealed under the current key: those of the mail server, and those of documents.

use keyward_domain::Fault;
use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_jose::Sealer;

use crate::admin::keycloak::document_secret::{self, Place};
use crate::mail::secrets;

/// Seals them anew where an older key sealed them. Returns how many.
pub async fn reseal(tx: &mut dyn Tx, realm: &Realm, sealer: &Sealer) -> Result<usize, Fault> {
    let mut count = 0;
    if let Some(sealed) = secrets::reseal(realm, sealer)? {
        let mut realm = realm.clone();
        realm.settings.smtp_password = Some(sealed);
        count += usize::from(tx.update_realm(&realm).await?);
    }
    for kind in DocumentKind::ALL {
        for mut document in tx.documents(realm.id, kind).await? {
            let place = Place {
                realm: document.realm,
                kind,
                id: document.id,
            };
            let resealed = document_secret::reseal(place, &mut document.body, sealer)?;
            if resealed > 0 && tx.update_document(&document).await? {
                count += resealed;
            }
        }
    }
    Ok(count)
}
