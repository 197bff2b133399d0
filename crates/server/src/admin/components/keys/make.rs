//! From a component to a key's row and back.

use keyward_domain::credential::keycloak::ImportError;
use keyward_domain::credential::keycloak::key::{self as keycloak, KeyMaterial, KeyStatus};
use keyward_domain::fault::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::{Entropy as _, Timestamp};
use keyward_jose::hmac::HmacKey;
use keyward_jose::{Algorithm, Sealer, SigningKey, digest};

use super::standing::behind;
use super::{Component, RealmKeys, Row, Sort};
use crate::admin::components::component::Config;
use crate::admin::keycloak::key_component::{KID, SECRETS};
use crate::admin::keycloak::shown_secret::MASK;
use crate::admin::keys::{generate, generate_hmac};
use crate::admin::rest::{AdminCall, AdminError};
use crate::admin::users::privilege;
use crate::http::entropy::SystemEntropy;

/// Refuses a key that somebody brings who may not do everything with the realm: whoever knows its private part can make
/// tokens of every administrator.
pub(in crate::admin::components) fn require_may_bring(call: &AdminCall, config: &Config) -> Result<(), AdminError> {
    let brought = |name: &&str| {
        config
            .get(*name)
            .is_some_and(|values| values.iter().any(|value| value != MASK))
    };
    if SECRETS.iter().any(brought) {
        privilege::require_everything(call)?;
    }
    Ok(())
}

/// Makes the key that a component asks for, or takes the one that it brings. `None` for sorts that nothing here uses:
/// they are kept as data. Private keys leave the component.
pub(in crate::admin::components) async fn make(
    call: &AdminCall,
    component: &mut Component,
    known: &RealmKeys,
) -> Result<Option<Row>, AdminError> {
    let Some(sort) = asked(component)? else {
        return Ok(None);
    };
    let (realm, now) = (call.realm_id()?, call.cx.now);
    let since = behind(
        known.keys.iter().map(|key| &key.row).filter(|row| row.sort() == sort),
        now,
    );
    let brought = brought(component)?;
    if component.provider == "rsa" && brought.is_none() {
        return Err(AdminError::invalid("'Private RSA Key' is required"));
    }
    let row = match (sort, brought) {
        (Sort::Hmac, Some(KeyMaterial::Secret { bytes, .. })) => hmac(call, component, &bytes, since)?,
        (Sort::Hmac, _) => {
            let mut record = generate_hmac(&call.app.sealer, realm, now)?;
            record.created_at = since;
            Row::Hmac(record)
        }
        (Sort::Signing(algorithm), Some(KeyMaterial::Signing { key, .. })) => {
            Row::Signing(sealed(&call.app.sealer, (realm, algorithm), &key, (now, since))?)
        }
        (Sort::Signing(algorithm), _) => Row::Signing(generate(&call.app.sealer, realm, algorithm, now, since).await?),
    };
    if known.keys.iter().any(|key| key.row.kid() == row.kid()) {
        return Err(AdminError::invalid("The realm has this key already"));
    }
    for secret in SECRETS {
        component.config.remove(secret);
    }
    if component.provider == "rsa" && component.value("certificate").is_none() {
        component.config.extend(certificate(call, &row)?);
    }
    component.set(KID, &row.kid());
    Ok(Some(row))
}

/// What kind of key a component is, if it is one that is used here; a refusal for the algorithms that are not offered.
pub(in crate::admin::components) fn asked(component: &Component) -> Result<Option<Sort>, AdminError> {
    let only = |name: &str, offered: &str| match component.value(name) {
        Some(value) if value != offered => Err(not_offered(value)),
        _ => Ok(()),
    };
    Ok(match component.provider.as_str() {
        "rsa" | "rsa-generated" => {
            only("keySize", "2048")?;
            match component.value("algorithm").unwrap_or("RS256") {
                "RS256" => Some(Sort::Signing(Algorithm::Rs256)),
                "PS256" => Some(Sort::Signing(Algorithm::Ps256)),
                other => return Err(not_offered(other)),
            }
        }
        "ecdsa-generated" => {
            only("ecdsaEllipticCurveKey", "P-256")?;
            Some(Sort::Signing(Algorithm::Es256))
        }
        "eddsa-generated" => {
            only("eddsaEllipticCurveKey", "Ed25519")?;
            Some(Sort::Signing(Algorithm::EdDsa))
        }
        "hmac-generated" => Some(Sort::Hmac),
        "java-keystore" => return Err(AdminError::NotOffered("keys in Java keystores")),
        _ => None,
    })
}

fn not_offered(what: &str) -> AdminError {
    let shown: String = what
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || *char == '-')
        .take(32)
        .collect();
    AdminError::Invalid(
        format!("{shown} is not offered: keys are RS256 and PS256 (2048 bits), ES256 (P-256), EdDSA (Ed25519)").into(),
    )
}

/// The key that a component brings, if it does.
fn brought(component: &Component) -> Result<Option<KeyMaterial>, AdminError> {
    let mut config = component.config.clone();
    if component.provider == "hmac-generated" {
        // Only a switched off key of ours comes back with a secret; Keycloak makes a new one whatever is sent.
        config
            .entry("algorithm".to_owned())
            .or_insert_with(|| vec!["HS256".to_owned()]);
    }
    let found = keycloak::import(&component.provider, &config).map_err(refusal)?;
    Ok(found.map(|found| found.material))
}

fn refusal(error: ImportError) -> AdminError {
    match error {
        ImportError::Malformed("privateKey") => AdminError::invalid("Failed to decode private key"),
        ImportError::Malformed("certificate") => AdminError::invalid("Failed to decode certificate"),
        other => AdminError::Invalid(other.to_string().into()),
    }
}

fn hmac(call: &AdminCall, component: &Component, bytes: &[u8], since: Timestamp) -> Result<Row, AdminError> {
    let realm = call.realm_id()?;
    HmacKey::new(bytes).map_err(|_| AdminError::invalid("'secret' is shorter than 32 bytes"))?;
    let kid = component.value(KID).unwrap_or_default().to_owned();
    Ok(Row::Hmac(HmacKeyRecord {
        sealed: seal(&call.app.sealer, &key::hmac_binding(realm, &kid), bytes)?,
        kid,
        realm,
        created_at: since,
    }))
}

fn sealed(
    sealer: &Sealer,
    (realm, algorithm): (RealmId, Algorithm),
    signing: &SigningKey,
    (published_at, active_from): (Timestamp, Timestamp),
) -> Result<KeyRecord, Fault> {
    let kid = signing.kid().to_owned();
    let pkcs8 = signing.to_pkcs8().map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(KeyRecord {
        sealed: seal(sealer, &key::binding(realm, &kid), &pkcs8)?,
        kid,
        realm,
        algorithm,
        published_at,
        active_from,
    })
}

fn seal(sealer: &Sealer, binding: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    sealer
        .seal(binding, plain, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))
}

/// A certificate for a key that came without one.
fn certificate(call: &AdminCall, row: &Row) -> Result<Option<(String, Vec<String>)>, AdminError> {
    let Row::Signing(record) = row else {
        return Ok(None);
    };
    let signing = open(record, &call.app.sealer)?;
    let made = signing.self_signed_certificate(call.realm()?.realm.name.as_str(), record.published_at.secs());
    Ok(made
        .ok()
        .map(|made| ("certificate".to_owned(), vec![digest::b64_encode(&made.der)])))
}

/// Puts a key to rest in its component, in the clear: the component's row seals it.
pub(in crate::admin::components) fn rest(call: &AdminCall, component: &mut Component, row: &Row) -> Result<(), Fault> {
    let sealer = &call.app.sealer;
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("key {}: {error}", row.kid()));
    let realm = call.realm().map_err(|_| Fault::Corrupt("no realm".into()))?;
    let exported = match row {
        Row::Hmac(record) => {
            let binding = key::hmac_binding(record.realm, &record.kid);
            let bytes = sealer.open(&binding, &record.sealed).map_err(|error| failed(&error))?;
            keycloak::export_secret(&record.kid, "HS256", &bytes, (0, KeyStatus::Disabled))
        }
        Row::Signing(record) => {
            let signing = open(record, sealer)?;
            let place = (realm.realm.name.as_str(), record.published_at);
            let exported = keycloak::export(&signing, record.algorithm, place, (0, KeyStatus::Disabled));
            exported.map_err(|error| failed(&error))?
        }
    };
    for name in SECRETS.into_iter().chain([KID]) {
        if let Some(value) = exported.config.get(name) {
            component.config.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// A key's row, opened.
pub(crate) fn open(record: &KeyRecord, sealer: &Sealer) -> Result<SigningKey, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("signing key {}: {error}", record.kid));
    let binding = key::binding(record.realm, &record.kid);
    let pkcs8 = sealer.open(&binding, &record.sealed).map_err(|error| failed(&error))?;
    let key = SigningKey::from_pkcs8(record.algorithm.key_type(), &pkcs8).map_err(|error| failed(&error))?;
    Ok(key.with_kid(record.kid.clone()))
}
