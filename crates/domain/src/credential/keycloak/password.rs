//! A password's hash: Keycloak's two JSON texts, and the PHC string that is kept of them.

use std::collections::BTreeMap;

use keyward_jose::digest::b64_encode;
use keyward_jose::mime;
use keyward_jose::password::{
    Argon2Params, Argon2Type, Argon2Version, Kdf, PasswordError, Pbkdf2Digest, Pbkdf2Params, StoredHash,
};
use serde::{Deserialize, Serialize};

use super::number::Number;
use super::{ImportError, read, write};

/// What stands for no salt.
const NO_SALT: &str = "__SALT__";

/// The PHC string of `credentialData` and `secretData`.
pub(super) fn import(credential_data: &str, secret_data: &str) -> Result<String, ImportError> {
    let data: CredentialData<'_> = read("credentialData", credential_data)?;
    let secret: SecretData<'_> = read("secretData", secret_data)?;
    stored(&data, &secret)
}

/// The PHC string of the fields that stood beside each other until Keycloak 8.
pub(super) fn import_legacy(
    algorithm: &str,
    hash_iterations: Number,
    salt: Option<&str>,
    hashed_salted_value: &str,
) -> Result<String, ImportError> {
    let data = CredentialData {
        algorithm: algorithm.into(),
        hash_iterations: Some(hash_iterations),
        additional_parameters: None,
        algorithm_data: None,
    };
    let secret = SecretData {
        value: hashed_salted_value.into(),
        salt: salt.map(Into::into),
    };
    stored(&data, &secret)
}

/// `credentialData` and `secretData` of a PHC string.
pub(super) fn export(phc: &str) -> Result<(String, String), PasswordError> {
    let stored = StoredHash::parse(phc)?;
    let length = [stored.hash().len().to_string()];
    let credential_data = match stored.kdf() {
        Kdf::Argon2(params) => write(&ExportedData {
            hash_iterations: params.passes,
            algorithm: "argon2",
            additional_parameters: Argon2Parameters {
                hash_length: length,
                memory: [params.memory_kib.to_string()],
                kind: [type_name(params.kind)],
                version: [version_name(params.version)],
                parallelism: [params.lanes.to_string()],
            },
        }),
        Kdf::Pbkdf2(params) => write(&ExportedData {
            hash_iterations: params.iterations,
            algorithm: digest_name(params.digest),
            additional_parameters: NoParameters {},
        }),
    };
    let salt = match stored.salt() {
        [] => NO_SALT.to_owned(),
        salt => b64_encode(salt),
    };
    let secret_data = write(&ExportedSecret {
        value: b64_encode(stored.hash()),
        salt,
        additional_parameters: NoParameters {},
    });
    Ok((credential_data, secret_data))
}

/// The extra parameters, several values each, of which the first counts.
type Parameters = BTreeMap<String, Vec<String>>;

/// Keycloak writes the extra parameters under one name and reads them under the other; files have both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialData<'a> {
    #[serde(borrow)]
    algorithm: std::borrow::Cow<'a, str>,
    hash_iterations: Option<Number>,
    additional_parameters: Option<Parameters>,
    algorithm_data: Option<Parameters>,
}

#[derive(Deserialize)]
struct SecretData<'a> {
    #[serde(borrow)]
    value: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    salt: Option<std::borrow::Cow<'a, str>>,
}

fn stored(data: &CredentialData<'_>, secret: &SecretData<'_>) -> Result<String, ImportError> {
    let kdf = match (&*data.algorithm, digest(&data.algorithm)) {
        ("argon2", _) => Kdf::Argon2(argon2(data)?),
        (_, Some(digest)) => Kdf::Pbkdf2(Pbkdf2Params {
            digest,
            iterations: data.iterations()?,
        }),
        (other, None) => return Err(ImportError::algorithm(other)),
    };
    let hash = mime::b64_decode(&secret.value).map_err(|_| ImportError::Malformed("value"))?;
    let salt = match secret.salt.as_deref() {
        None | Some(NO_SALT) => Vec::new(),
        Some(salt) => mime::b64_decode(salt)
            .map_err(|_| ImportError::Malformed("salt"))?
            .to_vec(),
    };
    if matches!(kdf, Kdf::Argon2(_))
        && let Some(length) = data.parameter("hashLength")
        && length.parse() != Ok(hash.len())
    {
        return Err(ImportError::Malformed("hashLength"));
    }
    let stored = StoredHash::new(kdf, salt, hash.to_vec());
    stored
        .map(|stored| stored.to_phc())
        .map_err(|_| ImportError::Limits("the password hash"))
}

impl CredentialData<'_> {
    fn iterations(&self) -> Result<u32, ImportError> {
        let number = self.hash_iterations.ok_or(ImportError::Missing("hashIterations"))?;
        number.to_u32().ok_or(ImportError::Malformed("hashIterations"))
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let maps = [&self.additional_parameters, &self.algorithm_data];
        let values = maps.into_iter().flatten().find_map(|map| map.get(name))?;
        values.first().map(String::as_str)
    }

    fn required(&self, name: &'static str) -> Result<&str, ImportError> {
        self.parameter(name).ok_or(ImportError::Missing(name))
    }

    fn number(&self, name: &'static str) -> Result<u32, ImportError> {
        self.required(name)?.parse().map_err(|_| ImportError::Malformed(name))
    }
}

fn argon2(data: &CredentialData<'_>) -> Result<Argon2Params, ImportError> {
    let (kind, version) = (data.required("type")?, data.required("version")?);
    let kinds = [Argon2Type::Id, Argon2Type::I, Argon2Type::D];
    let versions = [Argon2Version::V13, Argon2Version::V10];
    Ok(Argon2Params {
        kind: kinds
            .into_iter()
            .find(|known| type_name(*known) == kind)
            .ok_or(ImportError::Malformed("type"))?,
        version: versions
            .into_iter()
            .find(|known| version_name(*known) == version)
            .ok_or(ImportError::Malformed("version"))?,
        memory_kib: data.number("memory")?,
        passes: data.iterations()?,
        lanes: data.number("parallelism")?,
    })
}

const fn type_name(kind: Argon2Type) -> &'static str {
    match kind {
        Argon2Type::Id => "id",
        Argon2Type::I => "i",
        Argon2Type::D => "d",
    }
}

const fn version_name(version: Argon2Version) -> &'static str {
    match version {
        Argon2Version::V13 => "1.3",
        Argon2Version::V10 => "1.0",
    }
}

/// Keycloak's names are those of the PHC strings.
const fn digest_name(digest: Pbkdf2Digest) -> &'static str {
    match digest {
        Pbkdf2Digest::Sha1 => "pbkdf2",
        Pbkdf2Digest::Sha256 => "pbkdf2-sha256",
        Pbkdf2Digest::Sha512 => "pbkdf2-sha512",
    }
}

fn digest(name: &str) -> Option<Pbkdf2Digest> {
    let digests = [Pbkdf2Digest::Sha1, Pbkdf2Digest::Sha256, Pbkdf2Digest::Sha512];
    digests.into_iter().find(|digest| digest_name(*digest) == name)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedData<P> {
    hash_iterations: u32,
    algorithm: &'static str,
    additional_parameters: P,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Argon2Parameters {
    hash_length: [String; 1],
    memory: [String; 1],
    #[serde(rename = "type")]
    kind: [&'static str; 1],
    version: [&'static str; 1],
    parallelism: [String; 1],
}

#[derive(Serialize)]
struct NoParameters {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedSecret {
    value: String,
    salt: String,
    additional_parameters: NoParameters,
}

#[cfg(test)]
mod tests;
