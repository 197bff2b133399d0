//! From a component to a key.

use keyward_jose::digest::b64url_decode;
use keyward_jose::key::keycloak_kid;
use keyward_jose::{Algorithm, KeyType, SigningKey};
use zeroize::Zeroizing;

use super::config::{der, key_error, kid, priority, secret, status, value};
use super::{Config, ECDSA, EDDSA, ImportedKey, KeyMaterial, Names};
use crate::credential::keycloak::ImportError;

/// The longest secret in bytes: Keycloak offers 512.
const MAX_SECRET: usize = 1024;

/// The key in a component, by the name of its provider and its configuration. `None` if there is no key in it: one that
/// a script wrote to have a key made, or one from an answer or a partial export, which mask keys.
///
/// The key ID is the one that the old server's tokens name: what the configuration says, else the digest that Keycloak
/// computes. A public key and a certificate that come along must be the private key's.
pub fn import(provider: &str, config: &Config) -> Result<Option<ImportedKey>, ImportError> {
    let found = match provider {
        "rsa" | "rsa-generated" => rsa(config, value(config, "keyUse").unwrap_or("sig"))?,
        "rsa-enc" | "rsa-enc-generated" => rsa(config, "enc")?,
        "ecdsa-generated" => on_curve(config, &ECDSA)?,
        "eddsa-generated" => on_curve(config, &EDDSA)?,
        "hmac-generated" => secret_key(config, value(config, "algorithm").unwrap_or("HS512"))?,
        "aes-generated" => secret_key(config, "AES")?,
        other => return Err(ImportError::kind(other)),
    };
    let Some((kid, material)) = found else {
        return Ok(None);
    };
    Ok(Some(ImportedKey {
        kid,
        priority: priority(config)?,
        status: status(config)?,
        material,
    }))
}

type Found = Option<(String, KeyMaterial)>;

fn rsa(config: &Config, key_use: &str) -> Result<Found, ImportError> {
    let Some(text) = secret(config, "privateKey") else {
        return Ok(None);
    };
    let encrypts = match key_use.to_ascii_lowercase().as_str() {
        "sig" => false,
        "enc" => true,
        _ => return Err(ImportError::kind(key_use)),
    };
    let default = if encrypts { "RSA-OAEP" } else { Algorithm::Rs256.name() };
    let name = value(config, "algorithm").unwrap_or(default);
    let private = der("privateKey", text)?;
    let key = SigningKey::from_der(KeyType::Rsa2048, &private).map_err(key_error("privateKey"))?;
    let certificate = match value(config, "certificate") {
        Some(text) => Some(certificate_of(&key, text)?),
        None => None,
    };
    let kid = kid(config)?.unwrap_or_else(|| keycloak_kid(key.public_der()));
    let material = if encrypts {
        KeyMaterial::Encryption {
            algorithm: encryption(name)?,
            pkcs8: key.to_pkcs8().map_err(key_error("privateKey"))?,
            public_der: key.public_der().to_vec(),
            certificate,
        }
    } else {
        let algorithm = Algorithm::parse(name).filter(|algorithm| algorithm.key_type() == KeyType::Rsa2048);
        KeyMaterial::Signing {
            algorithm: algorithm.ok_or_else(|| ImportError::algorithm(name))?,
            key: Box::new(key.with_kid(kid.clone())),
            certificate,
        }
    };
    Ok(Some((kid, material)))
}

/// The key stands in its certificate byte for byte. Nothing else of a certificate is trusted or used.
fn certificate_of(key: &SigningKey, text: &str) -> Result<Vec<u8>, ImportError> {
    let certificate = der("certificate", text)?;
    let public = key.public_der();
    if certificate.windows(public.len()).any(|window| window == public) {
        Ok(certificate.to_vec())
    } else {
        Err(ImportError::Mismatch("certificate"))
    }
}

fn encryption(name: &str) -> Result<String, ImportError> {
    match name {
        "RSA-OAEP" | "RSA-OAEP-256" | "RSA1_5" => Ok(name.to_owned()),
        other => Err(ImportError::algorithm(other)),
    }
}

fn on_curve(config: &Config, names: &Names) -> Result<Found, ImportError> {
    let Some(text) = secret(config, names.private) else {
        return Ok(None);
    };
    let curve = value(config, names.curve).unwrap_or(names.curve_name);
    if curve != names.curve_name {
        return Err(ImportError::algorithm(curve));
    }
    let private = der(names.private, text)?;
    let key = SigningKey::from_der(names.key_type, &private).map_err(key_error(names.private))?;
    if let Some(text) = value(config, names.public)
        && *der(names.public, text)? != key.public_der()
    {
        return Err(ImportError::Mismatch(names.public));
    }
    let kid = kid(config)?.unwrap_or_else(|| keycloak_kid(key.public_der()));
    let material = KeyMaterial::Signing {
        algorithm: names.algorithm,
        key: Box::new(key.with_kid(kid.clone())),
        certificate: None,
    };
    Ok(Some((kid, material)))
}

fn secret_key(config: &Config, algorithm: &str) -> Result<Found, ImportError> {
    let Some(text) = secret(config, "secret") else {
        return Ok(None);
    };
    let Some(kid) = kid(config)? else {
        return Err(ImportError::Missing("kid"));
    };
    if !matches!(algorithm, "HS256" | "HS384" | "HS512" | "AES") {
        return Err(ImportError::algorithm(algorithm));
    }
    let material = KeyMaterial::Secret {
        algorithm: algorithm.to_owned(),
        bytes: secret_bytes(text)?,
    };
    Ok(Some((kid, material)))
}

/// Base64url; older releases wrote the other alphabet and padding, and Keycloak reads both.
fn secret_bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    if text.len() > MAX_SECRET * 2 {
        return Err(ImportError::TooLarge("secret"));
    }
    let url_safe: Zeroizing<String> = text
        .trim_end_matches('=')
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect::<String>()
        .into();
    let bytes = b64url_decode(&url_safe).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| ImportError::Malformed("secret"))?;
    match bytes.len() {
        // The shortest that Keycloak makes.
        16..=MAX_SECRET => Ok(bytes),
        _ => Err(ImportError::Limits("secret")),
    }
}
