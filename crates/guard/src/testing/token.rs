//! A token, made up as a test needs it.

use std::sync::Arc;

use http::HeaderValue;
use keyward_jose::{Algorithm, SigningKey, digest};
use serde_json::{Map, Value};

use super::Mutation;

/// A token before it is signed. Everything can be set, above all what no issuer would.
#[derive(Clone, Debug)]
pub struct Token {
    key: Arc<SigningKey>,
    algorithm: Algorithm,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    header_tail: String,
    claims_tail: String,
    payload: Option<String>,
    mutations: Vec<Mutation>,
}

impl Token {
    pub(super) fn new(key: Arc<SigningKey>, algorithm: Algorithm) -> Self {
        let header = [("alg", algorithm.name()), ("kid", key.kid())];
        Self {
            header: header
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            key,
            algorithm,
            claims: Map::new(),
            header_tail: String::new(),
            claims_tail: String::new(),
            payload: None,
            mutations: Vec::new(),
        }
    }

    /// Sets the subject. RFC 7519 §4.1.2
    #[must_use]
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// Sets the API that it is for. RFC 7519 §4.1.3
    #[must_use]
    pub fn audience(self, audience: &str) -> Self {
        self.claim("aud", audience)
    }

    /// Sets the scope, as names with spaces between. RFC 9068 §2.2.3
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        self.claim("scope", scope)
    }

    /// Sets a claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a member of the JOSE header. `alg` changes what the header says, not how the token is signed.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a member of the JOSE header out.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Adds text to the header's JSON, as it is, before the closing brace: a second `alg`, say.
    #[must_use]
    pub fn header_tail(mut self, members: &str) -> Self {
        members.clone_into(&mut self.header_tail);
        self
    }

    /// Adds text to the claims' JSON, as it is, before the closing brace: a second `sub`, say.
    #[must_use]
    pub fn claims_tail(mut self, members: &str) -> Self {
        members.clone_into(&mut self.claims_tail);
        self
    }

    /// Signs this text in place of the claims.
    #[must_use]
    pub fn payload(mut self, text: &str) -> Self {
        self.payload = Some(text.to_owned());
        self
    }

    /// Changes how it is signed, or what was signed.
    #[must_use]
    pub fn mutate(mut self, mutation: Mutation) -> Self {
        self.mutations.push(mutation);
        self
    }

    /// The token as it is sent.
    pub fn sign(&self) -> String {
        let hmac = self.mutations.iter().find_map(|mutation| mutation.secret(&self.key));
        let mut header = self.header.clone();
        if hmac.is_some() {
            header.insert("alg".into(), "HS256".into());
        }
        let claims = object(&self.claims, &self.claims_tail);
        let payload = self.payload.as_deref().unwrap_or(&claims);
        let input = format!(
            "{}.{}",
            digest::b64url_encode(object(&header, &self.header_tail).as_bytes()),
            digest::b64url_encode(payload.as_bytes())
        );
        let signature = match hmac {
            Some(secret) => secret.sign(input.as_bytes()).to_vec(),
            None => self.signature(&input),
        };
        let token = format!("{input}.{}", digest::b64url_encode(&signature));
        self.mutations
            .iter()
            .fold(token, |token, mutation| mutation.apply(token))
    }

    /// The value of the header `Authorization`. RFC 6750 §2.1
    ///
    /// # Panics
    /// When a mutation left what no header can hold.
    #[expect(clippy::expect_used, reason = "a test that sends no token would prove nothing")]
    pub fn bearer(&self) -> HeaderValue {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.sign())).expect("a token fits into a header");
        value.set_sensitive(true);
        value
    }

    #[expect(clippy::expect_used, reason = "each key comes with an algorithm of its own")]
    fn signature(&self, input: &str) -> Vec<u8> {
        self.key.sign(self.algorithm, input.as_bytes()).expect("the key signs")
    }
}

fn object(members: &Map<String, Value>, tail: &str) -> String {
    let text = Value::from(members.clone()).to_string();
    match (tail.is_empty(), text.strip_suffix('}')) {
        (false, Some("{")) => format!("{{{tail}}}"),
        (false, Some(open)) => format!("{open},{tail}}}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use keyward_client::UnixMillis;
    use keyward_jose::Unverified;

    use crate::settings::Preset;
    use crate::testing::Issuer;

    #[test]
    fn what_is_signed_is_what_was_said() {
        let issuer = Issuer::new();
        let token = issuer
            .token_at(UnixMillis(1_000))
            .without("sub")
            .claims_tail("\"sub\":\"x\"")
            .sign();
        let key = issuer.jwk();
        let key = keyward_jose::VerifyingKey::from_jwk(&key).unwrap();
        let verified = Unverified::parse(&token).unwrap().verify(&key).unwrap();
        assert_eq!(verified.typ(), Some("at+jwt"));
        let claims = verified.object().unwrap();
        assert_eq!(
            (&claims["iat"], &claims["exp"], &claims["sub"]),
            (&1.into(), &301.into(), &"x".into())
        );
    }

    #[test]
    fn every_preset_has_its_look() {
        for (preset, typ) in [
            (Preset::Rfc9068, "at+jwt"),
            (Preset::Keycloak, "JWT"),
            (Preset::Keyward, "JWT"),
            (Preset::Auth0, "JWT"),
        ] {
            let token = Issuer::new().preset(preset).token().sign();
            assert_eq!(Unverified::parse(&token).unwrap().typ(), Some(typ));
        }
    }
}
