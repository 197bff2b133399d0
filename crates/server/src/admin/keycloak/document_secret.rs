//! Secrets inside what is kept as data: sealed in the row, masked for whoever looks, in the clear in a realm file.
//!
//! A secret is a member of `config`, a text or the first of a list of texts. Sealed it is a text with a prefix that
//! nobody else writes: whatever comes in with that prefix is refused.

use keyward_domain::document::DocumentKind;
use keyward_domain::id::{DocumentId, RealmId};
use keyward_domain::{Entropy as _, Fault};
use keyward_jose::{Sealer, digest};
use serde_json::Value;

use super::shown_secret::MASK;
use crate::http::entropy::SystemEntropy;

/// What a sealed member begins with.
const SEALED: &str = "keyward-sealed:";

/// The members that are secrets.
const fn members(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::IdentityProvider => &["clientSecret"],
        DocumentKind::Component => &[
            "bindCredential",
            "privateKey",
            "ecdsaPrivateKey",
            "eddsaPrivateKey",
            "secret",
            "keystorePassword",
            "keyPassword",
        ],
        DocumentKind::AuthenticatorConfig => &["secret.key", "api.key"],
        _ => &[],
    }
}

/// Whether a member of `config` is a secret.
pub(crate) fn is_secret(kind: DocumentKind, name: &str) -> bool {
    members(kind).contains(&name)
}

/// Whether a text is a sealed secret.
pub(crate) fn is_sealed(text: &str) -> bool {
    text.starts_with(SEALED)
}

/// The document that a secret stands in.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) realm: RealmId,
    pub(crate) kind: DocumentKind,
    pub(crate) id: DocumentId,
}

/// Seals the secrets of a body that came in. A masked one stays what it is in `before`.
pub(crate) fn seal(place: Place, body: &mut Value, before: Option<&Value>, sealer: &Sealer) -> Result<(), Fault> {
    for &name in members(place.kind) {
        let kept = before
            .and_then(|before| before.pointer(&pointer(name)))
            .map(|value| first(value).to_owned());
        let Some(text) = member(body, name) else {
            continue;
        };
        if text.as_str() == MASK {
            *text = kept.unwrap_or_default();
        } else if text.starts_with(SEALED) {
            text.clear();
        } else if !text.is_empty() {
            let mut nonce = [0; 12];
            SystemEntropy.fill(&mut nonce);
            let sealed = sealer
                .seal(&binding(place, name), text.as_bytes(), nonce)
                .map_err(|error| Fault::Crypto(error.to_string()))?;
            *text = format!("{SEALED}{}", digest::b64url_encode(&sealed));
        }
    }
    Ok(())
}

/// Opens the secrets of a row's body.
pub(crate) fn open(place: Place, body: &mut Value, sealer: &Sealer) -> Result<(), Fault> {
    for &name in members(place.kind) {
        let Some(text) = member(body, name) else {
            continue;
        };
        let Some(sealed) = text.strip_prefix(SEALED) else {
            continue;
        };
        let failed = || Fault::Crypto(format!("the secret of document {} cannot be opened", place.id));
        let sealed = digest::b64url_decode(sealed).map_err(|_| failed())?;
        let plain = sealer.open(&binding(place, name), &sealed).map_err(|_| failed())?;
        *text = String::from_utf8(plain.to_vec()).map_err(|_| failed())?;
    }
    Ok(())
}

/// Seals the secrets of a row's body anew that an older key sealed. Returns how many.
pub(crate) fn reseal(place: Place, body: &mut Value, sealer: &Sealer) -> Result<usize, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("document {}: {error}", place.id));
    let mut count = 0;
    for &name in members(place.kind) {
        let Some(text) = member(body, name) else {
            continue;
        };
        let Some(sealed) = text.strip_prefix(SEALED) else {
            continue;
        };
        let sealed = digest::b64url_decode(sealed).map_err(|error| failed(&error))?;
        if !sealer.is_outdated(&sealed).map_err(|error| failed(&error))? {
            continue;
        }
        let mut nonce = [0; 12];
        SystemEntropy.fill(&mut nonce);
        let fresh = sealer
            .reseal(&binding(place, name), &sealed, nonce)
            .map_err(|error| failed(&error))?;
        *text = format!("{SEALED}{}", digest::b64url_encode(&fresh));
        count += 1;
    }
    Ok(count)
}

/// Masks the secrets of a row's body.
pub(crate) fn mask(kind: DocumentKind, body: &mut Value) {
    for &name in members(kind) {
        if let Some(text) = member(body, name).filter(|text| !text.is_empty()) {
            MASK.clone_into(text);
        }
    }
}

fn pointer(name: &str) -> String {
    format!("/config/{name}")
}

/// The text of a member, or the first text of its list.
fn member<'b>(body: &'b mut Value, name: &str) -> Option<&'b mut String> {
    let value = body.pointer_mut(&pointer(name))?;
    let value = match value {
        Value::Array(list) => list.first_mut()?,
        one => one,
    };
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn first(value: &Value) -> &str {
    match value {
        Value::Array(list) => list.first().and_then(Value::as_str).unwrap_or_default(),
        one => one.as_str().unwrap_or_default(),
    }
}

/// What a secret is bound to, so that it does not open in another document.
fn binding(place: Place, name: &str) -> Vec<u8> {
    let Place { realm, kind, id } = place;
    format!("document|{realm}|{}|{id}|{name}", kind.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use keyward_jose::SealingKey;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn place(id: u128) -> Place {
        Place {
            realm: RealmId(Uuid::nil()),
            kind: DocumentKind::IdentityProvider,
            id: DocumentId(Uuid::from_u128(id)),
        }
    }

    #[test]
    fn a_secret_is_sealed_masked_kept_and_opened() {
        let sealer = Sealer::new(SealingKey::new([1; 32].into()), Vec::new());
        let came = json!({ "alias": "a", "config": { "clientSecret": "hunter2", "clientId": "c" } });
        let mut row = came.clone();
        seal(place(1), &mut row, None, &sealer).unwrap();
        assert!(!row.to_string().contains("hunter2"));
        let mut shown = row.clone();
        mask(DocumentKind::IdentityProvider, &mut shown);
        assert_eq!(shown["config"]["clientSecret"], MASK);
        seal(place(1), &mut shown, Some(&row), &sealer).unwrap();
        assert_eq!(shown, row);
        let mut copied = row.clone();
        assert!(open(place(2), &mut copied, &sealer).is_err());
        open(place(1), &mut row, &sealer).unwrap();
        assert_eq!(row, came);
    }

    #[test]
    fn a_sealed_text_that_somebody_sends_is_dropped() {
        let sealer = Sealer::new(SealingKey::new([1; 32].into()), Vec::new());
        let mut sent = json!({ "config": { "clientSecret": "keyward-sealed:AAAA" } });
        seal(place(1), &mut sent, None, &sealer).unwrap();
        assert_eq!(sent["config"]["clientSecret"], "");
    }
}
