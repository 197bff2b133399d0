//! An issuer that is only a name and a key.

use std::time::Duration;

use keyward_client::UnixMillis;
use keyward_client::jwks::{JwksCache, KeySet};
use keyward_client::time::{Clock as _, SystemClock};
use keyward_jose::{Algorithm, Jwk, JwkSet};
use serde_json::json;

use super::{TestKey, Token};
use crate::settings::Preset;

/// How long its tokens live.
const LIFETIME: Duration = Duration::from_mins(5);

/// An issuer for tests: signs tokens with a fixed key and serves nothing.
#[derive(Clone, Debug)]
pub struct Issuer {
    url: String,
    preset: Preset,
    algorithm: Algorithm,
    key: TestKey,
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new()
    }
}

impl Issuer {
    /// `https://issuer.test`, with tokens as in RFC 9068 §2, signed with ES256.
    pub fn new() -> Self {
        Self::at("https://issuer.test")
    }

    /// The same under another name.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            preset: Preset::default(),
            algorithm: Algorithm::Es256,
            key: TestKey::P256,
        }
    }

    /// Makes its tokens look like those of a product.
    #[must_use]
    pub fn preset(mut self, preset: Preset) -> Self {
        self.preset = preset;
        self
    }

    /// Signs with this algorithm, and with the first key for it.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self.key = TestKey::of(algorithm);
        self
    }

    /// Signs with this key, and with the first algorithm for it.
    #[must_use]
    pub fn key(mut self, key: TestKey) -> Self {
        self.algorithm = key.algorithm();
        self.key = key;
        self
    }

    /// Its name, as in `iss`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its public key, as it would publish it. RFC 7517 §4
    pub fn jwk(&self) -> Jwk {
        self.key.signing_key().public_jwk().clone()
    }

    /// Its keys, for [`crate::Builder::keys`].
    pub fn keys(&self) -> JwksCache {
        JwksCache::fixed(KeySet::new([&self.jwk()]))
    }

    /// Its keys as a document, for a server of the test. RFC 7517 §5
    pub fn key_set(&self) -> JwkSet {
        JwkSet { keys: vec![self.jwk()] }
    }

    /// A token of a person `alice` for the client `shop`, from now on for five minutes. It is for no API yet: see
    /// [`Token::audience`].
    pub fn token(&self) -> Token {
        self.token_at(SystemClock.now())
    }

    /// The same, issued at an instant.
    pub fn token_at(&self, now: UnixMillis) -> Token {
        let typ = match self.preset {
            Preset::Rfc9068 => "at+jwt",
            Preset::Keycloak | Preset::Keyward | Preset::Auth0 => "JWT",
        };
        let signing_key = self.key.signing_key();
        let token = Token::new(signing_key, self.algorithm)
            .header("typ", typ)
            .claim("iss", self.url.as_str())
            .claim("iat", now.secs())
            .claim("exp", now.plus(LIFETIME).secs())
            .claim("sub", "alice");
        match self.preset {
            Preset::Rfc9068 => token.claim("client_id", "shop").claim("jti", "t-1"),
            Preset::Auth0 => token.claim("azp", "shop").claim("sub", "auth0|alice"),
            Preset::Keyward => keycloak(token).claim("client_id", "shop"),
            Preset::Keycloak => keycloak(token),
        }
    }
}

/// What Keycloak writes into the token of a person.
fn keycloak(token: Token) -> Token {
    token
        .claim("jti", "onrtac:3f1c2b7e-6d0a-4b39-9c55-0e8a7d6f1b20")
        .claim("typ", "Bearer")
        .claim("azp", "shop")
        .claim("sid", "qDs1Ak5dWzYhQf0tXcVbNm3u")
        .claim("acr", "1")
        .claim("allowed-origins", json!(["https://shop.example.com"]))
        .claim(
            "realm_access",
            json!({"roles": ["default-roles-shop", "offline_access", "uma_authorization"]}),
        )
        .claim(
            "resource_access",
            json!({"account": {"roles": ["manage-account", "view-profile"]}}),
        )
        .claim("scope", "openid email profile")
        .claim("email_verified", true)
        .claim("preferred_username", "alice")
}
