//! The question that the browser carries to the issuer. RFC 6749 §4.1.1

use keyward_jose::digest::{b64url_encode, sha256};
use keyward_protocol::metadata::ProviderMetadata;
use keyward_protocol::pkce::S256;

use super::LoginOptions;
use crate::form::Form;
use crate::secret::Secret;

/// One login that has begun.
pub(super) struct Draft {
    pub(super) redirect_uri: String,
    /// Ties the answer to this question. RFC 6749 §10.12
    pub(super) state: Secret,
    /// Ties the ID token to it. OIDC Core §3.1.2.1
    pub(super) nonce: String,
    /// Ties the code to it. RFC 7636 §4.1
    pub(super) verifier: Secret,
}

impl Draft {
    pub(super) fn new(redirect_uri: String, [state, nonce, verifier]: [[u8; 32]; 3]) -> Self {
        Self {
            redirect_uri,
            state: Secret::new(b64url_encode(&state)),
            nonce: b64url_encode(&nonce),
            verifier: Secret::new(b64url_encode(&verifier)),
        }
    }

    /// Where the browser goes; nowhere without an authorization endpoint. RFC 6749 §4.1.1, RFC 7636 §4.3
    pub(super) fn url(&self, metadata: &ProviderMetadata, client_id: &str, options: &LoginOptions) -> Option<String> {
        let endpoint = metadata.authorization_endpoint.as_deref()?;
        let challenge = b64url_encode(&sha256(self.verifier.reveal().as_bytes()));
        let mut query = Form::new()
            .with("response_type", "code")
            .with("client_id", client_id)
            .with("redirect_uri", &self.redirect_uri)
            .with("scope", &options.scope)
            .with("state", self.state.reveal())
            .with("code_challenge", &challenge)
            .with("code_challenge_method", S256);
        if options.asks_for_id_token() {
            query.push("nonce", &self.nonce);
        }
        let optional = [
            ("login_hint", &options.login_hint),
            ("prompt", &options.prompt),
            ("acr_values", &options.acr_values),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                query.push(name, value);
            }
        }
        for resource in &options.resources {
            query.push("resource", resource);
        }
        // A query that is there stays. RFC 6749 §3.1
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Some(format!("{endpoint}{joint}{}", query.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_question() {
        let draft = Draft::new(
            "http://127.0.0.1:49152/callback".to_owned(),
            [[1; 32], [2; 32], [3; 32]],
        );
        let metadata = |endpoint: &str| ProviderMetadata {
            authorization_endpoint: Some(endpoint.to_owned()),
            ..ProviderMetadata::default()
        };
        let options = LoginOptions {
            scope: "openid orders:read".to_owned(),
            login_hint: Some("ada@example.com".to_owned()),
            prompt: Some("login".to_owned()),
            acr_values: Some("gold".to_owned()),
            resources: vec!["https://api.example/".to_owned()],
            ..LoginOptions::default()
        };
        let query = concat!(
            "response_type=code&client_id=cli&redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Fcallback",
            "&scope=openid%20orders%3Aread&state=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
            "&code_challenge=g77gcvvTQj90gfwWOCFjatjPtz-u8N0FgfOXnqDHMbk&code_challenge_method=S256",
            "&nonce=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI&login_hint=ada%40example.com",
            "&prompt=login&acr_values=gold&resource=https%3A%2F%2Fapi.example%2F",
        );
        let url = |endpoint: &str| draft.url(&metadata(endpoint), "cli", &options).unwrap();
        assert_eq!(
            url("https://id.example/auth"),
            format!("https://id.example/auth?{query}")
        );
        assert_eq!(
            url("https://id.example/auth?a=b"),
            format!("https://id.example/auth?a=b&{query}")
        );
        assert_eq!(draft.url(&ProviderMetadata::default(), "cli", &options), None);
    }

    #[test]
    fn without_openid_there_is_no_nonce() {
        let draft = Draft::new("http://127.0.0.1:1/".to_owned(), [[0; 32]; 3]);
        let metadata = ProviderMetadata {
            authorization_endpoint: Some("https://id.example/auth".to_owned()),
            ..ProviderMetadata::default()
        };
        let options = LoginOptions {
            scope: "openid2 orders".to_owned(),
            ..LoginOptions::default()
        };
        assert!(!draft.url(&metadata, "cli", &options).unwrap().contains("nonce"));
    }
}
