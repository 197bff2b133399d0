//! Who logged in. OIDC Core §2

use std::fmt;
use std::time::Duration;

use keyward_jose::digest::constant_time_eq;
use keyward_jose::{Algorithm, Unverified, half_hash};
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::audience::Audience;
use crate::jwks::{JwksCache, KeyError};
use crate::time::UnixMillis;

/// How far the issuer's clock may be from ours.
const LEEWAY: Duration = Duration::from_mins(1);

/// The claims of an ID token that was verified.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    sub: String,
    claims: Map<String, Value>,
}

/// What an ID token must say.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedIdToken<'a> {
    /// The issuer that was asked. OIDC Core §3.1.3.7
    pub issuer: &'a str,
    /// The client that asked.
    pub client_id: &'a str,
    /// The `nonce` that was sent.
    pub nonce: Option<&'a str>,
    /// The access token that came with it.
    pub access_token: Option<&'a str>,
}

/// Why an ID token is not believed. OIDC Core §3.1.3.7
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdTokenError {
    /// Not a JWT that is signed with an algorithm of ours, or its claims are no ID token's.
    #[error("the ID token is malformed")]
    Malformed,
    /// A JWT of another type.
    #[error("the token is no ID token")]
    Type,
    /// The key that signed it cannot be had.
    #[error("the ID token's key: {0}")]
    Key(#[from] KeyError),
    /// The signature is not the issuer's.
    #[error("the ID token's signature is invalid")]
    Signature,
    /// `iss` is another issuer.
    #[error("the ID token is from another issuer")]
    Issuer,
    /// `aud` or `azp` is another client.
    #[error("the ID token is for another client")]
    Audience,
    /// It has expired, or was issued in the future.
    #[error("the ID token is not of this time")]
    Time,
    /// `nonce` is not what was sent: the token is of another login.
    #[error("the ID token is of another login")]
    Nonce,
    /// `at_hash` is not of the access token. OIDC Core §3.1.3.8
    #[error("the ID token belongs to another access token")]
    AccessToken,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: u64,
    iat: u64,
    nonce: Option<String>,
    azp: Option<String>,
    at_hash: Option<String>,
}

impl IdToken {
    /// Verifies an ID token. OIDC Core §3.1.3.7
    ///
    /// # Errors
    /// [`IdTokenError`]
    pub async fn verify(
        token: &str,
        expected: ExpectedIdToken<'_>,
        keys: &JwksCache,
        now: UnixMillis,
    ) -> Result<Self, IdTokenError> {
        let token = Unverified::parse(token).map_err(|_| IdTokenError::Malformed)?;
        if token.typ().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(IdTokenError::Type);
        }
        let key = keys.key(token.kid(), token.alg(), now).await?;
        let verified = token.verify(&key).map_err(|_| IdTokenError::Signature)?;
        let members = verified.object().map_err(|_| IdTokenError::Malformed)?;
        let claims: Claims =
            serde_json::from_value(Value::Object(members.clone())).map_err(|_| IdTokenError::Malformed)?;
        check(&claims, verified.alg(), expected, now)?;
        Ok(Self {
            sub: claims.sub,
            claims: members,
        })
    }

    /// The user, never reassigned at this issuer.
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// Any claim.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

fn check(
    claims: &Claims,
    algorithm: Algorithm,
    expected: ExpectedIdToken<'_>,
    now: UnixMillis,
) -> Result<(), IdTokenError> {
    let (now, leeway) = (now.secs(), LEEWAY.as_secs());
    if claims.sub.is_empty() {
        return Err(IdTokenError::Malformed);
    }
    if claims.iss != expected.issuer {
        return Err(IdTokenError::Issuer);
    }
    // Several audiences are fine only when the token says that it was issued to us.
    let is_ours =
        claims.aud.is_only(expected.client_id) || (claims.aud.contains(expected.client_id) && claims.azp.is_some());
    if !is_ours || claims.azp.as_deref().is_some_and(|azp| azp != expected.client_id) {
        return Err(IdTokenError::Audience);
    }
    if claims.exp.saturating_add(leeway) <= now || claims.iat > now.saturating_add(leeway) {
        return Err(IdTokenError::Time);
    }
    if let Some(sent) = expected.nonce {
        let nonce = claims.nonce.as_deref().ok_or(IdTokenError::Nonce)?;
        if !constant_time_eq(nonce.as_bytes(), sent.as_bytes()) {
            return Err(IdTokenError::Nonce);
        }
    }
    match (&claims.at_hash, expected.access_token) {
        (Some(hash), Some(token)) if *hash != half_hash(algorithm, token) => Err(IdTokenError::AccessToken),
        _ => Ok(()),
    }
}

/// Claims are personal data.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken").finish_non_exhaustive()
    }
}
