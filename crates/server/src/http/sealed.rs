//! State that travels through a browser: sealed, so that nobody reads or changes it on the way, and bound to what it
//! is for. Nothing of a login that is not finished is kept here, so a flood of them costs no memory.

use keyward_domain::{Entropy as _, Fault};
use keyward_jose::digest;
use keyward_jose::seal::associated_data;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entropy::SystemEntropy;
use crate::app::App;
use crate::snapshot::RealmSnapshot;

/// Longest sealed text that is read.
const LONGEST: usize = 24 * 1024;

/// Seals a value for a realm and a purpose.
pub(crate) fn seal(app: &App, realm: &RealmSnapshot, purpose: &str, value: &impl Serialize) -> Result<String, Fault> {
    let plain = serde_json::to_vec(value).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = app
        .sealer
        .seal(&binding(realm, purpose), &plain, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(digest::b64url_encode(&sealed))
}

/// Opens what [`seal`] made for the same realm and purpose.
pub(crate) fn open<T: DeserializeOwned>(app: &App, realm: &RealmSnapshot, purpose: &str, text: &str) -> Option<T> {
    let sealed = digest::b64url_decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
    let plain = app.sealer.open(&binding(realm, purpose), &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

fn binding(realm: &RealmSnapshot, purpose: &str) -> Vec<u8> {
    associated_data(&["browser", &realm.realm.id.to_string(), purpose])
}
