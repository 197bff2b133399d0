//! JWTs as a resource server sees them, and as an attacker makes them.

use keyward_domain::key;
use keyward_domain::ports::Store as _;
use keyward_jose::digest::{b64url_decode, b64url_encode};
use keyward_jose::{Algorithm, HeaderSegment, JwkSet, SigningKey, Unverified, VerifyingKey, jws};
use serde_json::{Value, json};

use super::{CERTS, Node, Request, SEALER, TestServer};

/// The header, not verified.
pub(crate) fn header(token: &str) -> Value {
    part(token, 0)
}

/// The claims, not verified.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&b64url_decode(text).unwrap()).unwrap()
}

/// Verifies a token against a JWKS and gives its claims: the key by `kid`, its algorithm from the JWKS.
pub(crate) fn verify(jwks: &JwkSet, token: &str) -> Result<Value, String> {
    let unverified = Unverified::parse(token).map_err(|error| error.to_string())?;
    let kid = unverified.kid().ok_or("no kid")?.to_owned();
    let jwk = jwks.find(&kid).ok_or(format!("unknown kid {kid}"))?;
    let key = VerifyingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
    let verified = unverified.verify(&key).map_err(|error| error.to_string())?;
    verified.claims().map_err(|error| error.to_string())
}

/// A token put together from JSON and any signature: nobody signs it.
pub(crate) fn forge(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let [header, claims] = [header, claims].map(|part| b64url_encode(part.to_string().as_bytes()));
    format!("{header}.{claims}.{}", b64url_encode(signature))
}

/// What a strange key signs, under whatever `kid` and `typ`.
pub(crate) fn sign(key: &SigningKey, algorithm: Algorithm, kid: &str, typ: &str, claims: &Value) -> String {
    jws::sign(key, algorithm, &HeaderSegment::new(algorithm, kid, typ), claims).unwrap()
}

impl Node {
    /// The JWKS as served.
    pub(crate) async fn jwks(&self) -> JwkSet {
        let answer = Request::get(CERTS).send(self).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_slice(&answer.body).unwrap()
    }
}

impl TestServer {
    /// What the realm itself would sign: another kind of JWT than an access token.
    pub(crate) async fn sign_as_realm(&self, typ: &str, claims: &Value) -> String {
        let keys = self.outage.read().await.unwrap().keys(self.realm.id).await.unwrap();
        let record = keys.iter().find(|key| key.algorithm == Algorithm::Es256).unwrap();
        let binding = key::binding(record.realm, &record.kid);
        let pkcs8 = SEALER.open(&binding, &record.sealed).unwrap();
        let key = SigningKey::from_pkcs8(record.algorithm.key_type(), &pkcs8).unwrap();
        sign(&key, record.algorithm, &record.kid, typ, claims)
    }
}

/// `claims` with one member replaced.
pub(crate) fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    match value {
        Value::Null => drop(changed.as_object_mut().unwrap().remove(name)),
        value => changed[name] = value,
    }
    changed
}

/// The claims that every access token of the service has, by `now` in seconds.
pub(crate) fn usual(server: &TestServer, token: &str, now: i64) -> Value {
    let found = claims(token);
    json!({
        "exp": now + 300,
        "iat": now,
        "jti": found["jti"],
        "iss": server.issuer(),
        "aud": "backend-api",
        "sub": found["sub"],
        "typ": "Bearer",
        "azp": "backend-service",
        "acr": "1",
        "client_id": "backend-service",
    })
}
