//! The secrets of a realm's mail server, sealed together.

use std::collections::BTreeMap;

use keyward_domain::id::RealmId;
use keyward_domain::realm::Realm;
use keyward_domain::{Entropy as _, Fault};
use keyward_jose::{Sealer, digest};

use crate::http::entropy::SystemEntropy;

/// Every secret by its member of `smtpServer`.
pub(crate) fn open(realm: &Realm, sealer: &Sealer) -> Result<BTreeMap<String, String>, Fault> {
    let Some(sealed) = &realm.settings.smtp_password else {
        return Ok(BTreeMap::new());
    };
    let broken = || Fault::Crypto("the secrets of the mail server cannot be opened".into());
    let sealed = digest::b64url_decode(sealed).map_err(|_| broken())?;
    let opened = sealer.open(&binding(realm.id), &sealed).map_err(|_| broken())?;
    serde_json::from_slice(&opened).map_err(|_| broken())
}

/// Seals them, for [`keyward_domain::realm::RealmSettings::smtp_password`].
pub(crate) fn seal(realm: RealmId, secrets: &BTreeMap<String, String>, sealer: &Sealer) -> Result<String, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(error.to_string());
    let text = serde_json::to_vec(secrets).map_err(|error| failed(&error))?;
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = sealer
        .seal(&binding(realm), &text, nonce)
        .map_err(|error| failed(&error))?;
    Ok(digest::b64url_encode(&sealed))
}

/// Seals them anew, if an older key sealed them. `None` when nothing has to be done.
pub(crate) fn reseal(realm: &Realm, sealer: &Sealer) -> Result<Option<String>, Fault> {
    let Some(sealed) = &realm.settings.smtp_password else {
        return Ok(None);
    };
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("mail server of {}: {error}", realm.name));
    let bytes = digest::b64url_decode(sealed).map_err(|error| failed(&error))?;
    if !sealer.is_outdated(&bytes).map_err(|error| failed(&error))? {
        return Ok(None);
    }
    seal(realm.id, &open(realm, sealer)?, sealer).map(Some)
}

/// What they are bound to, so that those of one realm do not open in another.
fn binding(realm: RealmId) -> Vec<u8> {
    format!("smtp|{realm}").into_bytes()
}
