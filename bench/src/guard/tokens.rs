use std::fmt::Write as _;

use keyward_jose::{Algorithm, HeaderSegment, Jwk, KeyType, SigningKey, digest, sign};

use crate::{Failure, clock};

/// As in every token and every configuration of a run.
pub(super) const ISSUER: &str = "http://127.0.0.1/realms/bench";
pub(super) const AUDIENCE: &str = "backend-api";
pub(super) const SCOPE: &str = "orders:read";

/// The issuer of a run.
pub(super) struct Minter {
    key: SigningKey,
    header: HeaderSegment,
}

impl Minter {
    /// With a new RSA key.
    pub(super) fn new() -> Result<Self, Failure> {
        let key = SigningKey::generate(KeyType::Rsa2048)?;
        let header = HeaderSegment::new(Algorithm::Rs256, key.kid(), "JWT");
        Ok(Self { key, header })
    }

    /// The public key as a JWK.
    pub(super) fn jwk(&self) -> Jwk {
        self.key.public_jwk().clone().with_algorithm(Algorithm::Rs256)
    }

    /// The public key as PEM, for programs that take no JWK. RFC 7468 §13
    pub(super) fn pem(&self) -> String {
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let text = digest::b64_encode(self.key.public_der());
        for line in text.as_bytes().chunks(64) {
            let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
        }
        pem + "-----END PUBLIC KEY-----\n"
    }

    /// A token of a person, with the claims that Keycloak writes.
    fn token(&self, number: u32) -> Result<String, Failure> {
        let now = clock::wall().secs();
        let claims = serde_json::json!({
            "exp": now + 3000, "iat": now, "auth_time": now, "jti": format!("onrtac:{number:08}-5b0c-4c6e-9a52-0e1c"),
            "iss": ISSUER, "aud": AUDIENCE, "sub": format!("{number:08}-2b6a-4a1d-8d0e-6d8a3c1f5e7b"), "typ": "Bearer",
            "azp": "frontend-app", "client_id": "frontend-app", "sid": format!("{number:08}-aa11-4b2c-8e3d-5f6071829304"),
            "acr": "1", "allowed-origins": ["http://127.0.0.1:5173"],
            "realm_access": {"roles": ["customer", "manager"]},
            "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
            "scope": format!("openid profile email {SCOPE}"), "email_verified": true, "preferred_username": "alice"
        });
        Ok(sign(&self.key, Algorithm::Rs256, &self.header, &claims)?)
    }

    /// So many tokens, all distinct.
    pub(super) fn tokens(&self, count: u32) -> Result<Vec<String>, Failure> {
        (0..count).map(|number| self.token(number)).collect()
    }
}
