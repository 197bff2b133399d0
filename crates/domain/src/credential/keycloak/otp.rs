//! A one-time password device: Keycloak's two JSON texts, and parameters and secret.

use std::borrow::Cow;

use keyward_jose::totp::{self, TotpAlgorithm, TotpDigits, TotpParams};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::number::Number;
use super::{ImportError, read, write};

/// The longest step in seconds: a code is good for three.
const MAX_PERIOD: u32 = 3600;

/// The longest secret in bytes.
const MAX_SECRET: usize = 256;

pub(super) type Device = (TotpParams, Zeroizing<Vec<u8>>);

/// Parameters and secret of `credentialData` and `secretData`.
pub(super) fn import(credential_data: &str, secret_data: &str) -> Result<Device, ImportError> {
    let data: CredentialData<'_> = read("credentialData", credential_data)?;
    let secret: SecretData<'_> = read("secretData", secret_data)?;
    device(&data, &secret.value)
}

/// Parameters and secret of the fields that stood beside each other until Keycloak 8.
pub(super) fn import_legacy(data: &CredentialData<'_>, hashed_salted_value: &str) -> Result<Device, ImportError> {
    device(data, hashed_salted_value)
}

/// `credentialData` and `secretData` of a device.
///
/// A secret that is printable goes out as it is, which every release reads and which is how it came from one; any other
/// in base32, which older releases do not know.
pub(super) fn export(params: TotpParams, secret: &[u8]) -> (String, Zeroizing<String>) {
    let text = std::str::from_utf8(secret).ok();
    let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
    let (value, secret_encoding) = match text {
        Some(text) => (Zeroizing::new(text.to_owned()), None),
        None => (totp::secret_to_base32(secret), Some("BASE32")),
    };
    let data = write(&ExportedData {
        sub_type: "totp",
        digits: match params.digits {
            TotpDigits::Six => 6,
            TotpDigits::Eight => 8,
        },
        counter: 0,
        period: params.period,
        algorithm: algorithm_name(params.algorithm),
        secret_encoding,
    });
    let secret = write(&ExportedSecret { value: &value });
    (data, Zeroizing::new(secret))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CredentialData<'a> {
    #[serde(borrow)]
    pub(super) sub_type: Option<Cow<'a, str>>,
    pub(super) digits: Option<Number>,
    pub(super) period: Option<Number>,
    #[serde(borrow)]
    pub(super) algorithm: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) secret_encoding: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct SecretData<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

fn device(data: &CredentialData<'_>, value: &str) -> Result<Device, ImportError> {
    match data.sub_type.as_deref().ok_or(ImportError::Missing("subType"))? {
        "totp" => {}
        "hotp" => return Err(ImportError::Hotp),
        _ => return Err(ImportError::Malformed("subType")),
    }
    let number = |name, number: Option<Number>| number.ok_or(ImportError::Missing(name));
    let digits = match number("digits", data.digits)?.0 {
        6 => TotpDigits::Six,
        8 => TotpDigits::Eight,
        _ => return Err(ImportError::Limits("digits")),
    };
    let period = number("period", data.period)?.to_u32();
    let period = period
        .filter(|period| (1..=MAX_PERIOD).contains(period))
        .ok_or(ImportError::Limits("period"))?;
    let name = data.algorithm.as_deref().ok_or(ImportError::Missing("algorithm"))?;
    let algorithms = [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512];
    let algorithm = algorithms
        .into_iter()
        .find(|known| algorithm_name(*known) == name)
        .ok_or_else(|| ImportError::algorithm(name))?;
    let secret = match data.secret_encoding.as_deref() {
        None => Zeroizing::new(value.as_bytes().to_vec()),
        Some(encoding) if encoding.eq_ignore_ascii_case("BASE32") => {
            totp::secret_from_base32(value).ok_or(ImportError::Malformed("value"))?
        }
        Some(_) => return Err(ImportError::Malformed("secretEncoding")),
    };
    match secret.len() {
        0 => Err(ImportError::Malformed("value")),
        1..=MAX_SECRET => Ok((
            TotpParams {
                algorithm,
                digits,
                period: period.into(),
            },
            secret,
        )),
        _ => Err(ImportError::TooLarge("value")),
    }
}

const fn algorithm_name(algorithm: TotpAlgorithm) -> &'static str {
    match algorithm {
        TotpAlgorithm::Sha1 => "HmacSHA1",
        TotpAlgorithm::Sha256 => "HmacSHA256",
        TotpAlgorithm::Sha512 => "HmacSHA512",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedData {
    sub_type: &'static str,
    digits: u8,
    counter: u8,
    period: u64,
    algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_encoding: Option<&'static str>,
}

#[derive(Serialize)]
struct ExportedSecret<'a> {
    value: &'a str,
}

#[cfg(test)]
mod tests;
