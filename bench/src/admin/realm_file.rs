use keyward_jose::{KeyType, SigningKey, digest};
use serde_json::{Value, json};

use crate::Failure;
use crate::request::Credentials;

/// Clients of a realm.
pub(super) const CLIENTS: usize = 5;

/// The RSA keys that every realm of a run gets: making two for each would take minutes.
pub(super) struct Keys {
    rsa: [String; 2],
}

impl Keys {
    pub(super) fn new() -> Result<Self, Failure> {
        let one = || private(KeyType::Rsa2048);
        Ok(Self { rsa: [one()?, one()?] })
    }

    /// A realm whose keys come along.
    pub(super) fn realm(&self, number: usize) -> Result<Value, Failure> {
        let [rs256, ps256] = &self.rsa;
        let mut realm = without_keys(&name(number));
        let components = json!({ "org.keycloak.keys.KeyProvider": [
            { "name": "rs", "providerId": "rsa", "config": { "privateKey": [rs256], "algorithm": ["RS256"] } },
            { "name": "ps", "providerId": "rsa", "config": { "privateKey": [ps256], "algorithm": ["PS256"] } },
            { "name": "es", "providerId": "ecdsa-generated",
              "config": { "ecdsaPrivateKey": [private(KeyType::P256)?], "ecdsaEllipticCurveKey": ["P-256"] } },
            { "name": "ed", "providerId": "eddsa-generated",
              "config": { "eddsaPrivateKey": [private(KeyType::Ed25519)?], "eddsaEllipticCurveKey": ["Ed25519"] } },
        ] });
        if let Some(members) = realm.as_object_mut() {
            members.insert("components".to_owned(), components);
        }
        Ok(realm)
    }
}

/// A realm that needs keys.
pub(super) fn without_keys(name: &str) -> Value {
    let clients: Vec<Value> = (0..CLIENTS).map(client).collect();
    json!({ "realm": name, "enabled": true, "clients": clients })
}

/// The name of the realm of this number.
pub(super) fn name(number: usize) -> String {
    format!("tenant-{number:04}")
}

/// A client of a realm; those of the same number have the same secret everywhere.
pub(super) fn credentials(number: usize) -> Credentials {
    Credentials {
        client_id: format!("service-{number}"),
        client_secret: format!("the secret of service {number}"),
    }
}

fn client(number: usize) -> Value {
    let Credentials {
        client_id,
        client_secret,
    } = credentials(number);
    json!({
        "clientId": client_id, "secret": client_secret, "serviceAccountsEnabled": true, "publicClient": false,
        "standardFlowEnabled": false, "attributes": { "access.token.signed.response.alg": "ES256" },
    })
}

fn private(key_type: KeyType) -> Result<String, Failure> {
    let key = SigningKey::generate(key_type)?;
    Ok(digest::b64_encode(&key.to_pkcs8()?))
}
