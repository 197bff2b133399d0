//! Reading a component's configuration.

use keyward_jose::KeyError;
use keyward_jose::pem;
use zeroize::Zeroizing;

use super::{Config, KeyStatus};
use crate::credential::keycloak::ImportError;

/// What stands in an answer or a partial export where a secret was.
const MASKED: &str = "**********";

/// The longest key ID.
const MAX_KID: usize = 255;

/// The longest text that is read of any other field.
const MAX_VALUE: usize = 1024;

/// The first value of a field, if there is one.
pub(super) fn value<'a>(config: &'a Config, name: &str) -> Option<&'a str> {
    let values = config.get(name)?;
    values.first().map(String::as_str).filter(|value| !value.is_empty())
}

/// A secret's text; `None` if it is not there or masked.
pub(super) fn secret<'a>(config: &'a Config, name: &str) -> Option<&'a str> {
    value(config, name).filter(|value| *value != MASKED)
}

/// A key or a certificate: PEM, or its base64 alone.
pub(super) fn der(name: &'static str, text: &str) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    pem::decode(text).map_err(|_| ImportError::Malformed(name))
}

/// The key ID of a component that names one. It goes into headers and URLs of caches: printable, and not long.
pub(super) fn kid(config: &Config) -> Result<Option<String>, ImportError> {
    match value(config, "kid") {
        Some(kid) if kid.len() > MAX_KID => Err(ImportError::TooLarge("kid")),
        Some(kid) if !kid.bytes().all(|byte| byte.is_ascii_graphic()) => Err(ImportError::Malformed("kid")),
        kid => Ok(kid.map(str::to_owned)),
    }
}

/// 0 where none is given.
pub(super) fn priority(config: &Config) -> Result<i64, ImportError> {
    match value(config, "priority") {
        Some(text) if text.len() > MAX_VALUE => Err(ImportError::TooLarge("priority")),
        Some(text) => text.parse().map_err(|_| ImportError::Malformed("priority")),
        None => Ok(0),
    }
}

/// Active and enabled where nothing is said.
pub(super) fn status(config: &Config) -> Result<KeyStatus, ImportError> {
    Ok(match (flag(config, "enabled")?, flag(config, "active")?) {
        (true, true) => KeyStatus::Active,
        (true, false) => KeyStatus::Passive,
        (false, _) => KeyStatus::Disabled,
    })
}

fn flag(config: &Config, name: &'static str) -> Result<bool, ImportError> {
    match value(config, name) {
        None => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(ImportError::Malformed(name)),
    }
}

/// What the crypto library says of the private key in field `name`.
pub(super) fn key_error(name: &'static str) -> impl Fn(KeyError) -> ImportError {
    move |error| match error {
        KeyError::Size => ImportError::Limits(name),
        KeyError::Malformed | KeyError::Unsupported | KeyError::AlgorithmMismatch | KeyError::Library => {
            ImportError::Malformed(name)
        }
    }
}
