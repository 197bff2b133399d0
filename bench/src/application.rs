use std::net::SocketAddr;

use keyward_jose::Algorithm;
use serde::Deserialize;

use crate::Failure;
use crate::connection::Answer;
use crate::request::{self, Headers};
use crate::scenario::TOKEN;

/// An application in a browser, as a public client: what it asks.
#[derive(Clone)]
pub(crate) struct Application {
    server: SocketAddr,
    client_id: String,
}

/// The tokens that it gets.
#[derive(Deserialize)]
pub(crate) struct Tokens<'a> {
    #[serde(rename = "access_token")]
    pub(crate) access: &'a str,
    #[serde(rename = "refresh_token")]
    pub(crate) refresh: &'a str,
    /// Needed in every answer, as its signature is counted.
    #[serde(rename = "id_token")]
    _id: &'a str,
}

/// Where the browser is sent back to; nobody listens there, and the bench does not follow.
pub(crate) const CALLBACK: &str = "https://app.example.com/callback";

const AUTH: &str = "/realms/demo/protocol/openid-connect/auth";

/// RFC 7636 appendix B
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636 appendix B
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Application {
    /// The application whose access tokens and ID tokens are signed with `algorithm`.
    pub(crate) fn new(server: SocketAddr, algorithm: Algorithm) -> Self {
        Self {
            server,
            client_id: Self::client_id(algorithm),
        }
    }

    /// `client_id` of that application.
    pub(crate) fn client_id(algorithm: Algorithm) -> String {
        format!("bench-app-{}", algorithm.name().to_lowercase())
    }

    /// Where the server is.
    pub(crate) fn server(&self) -> SocketAddr {
        self.server
    }

    /// An authorization request (RFC 6749 §4.1.1) that a page may answer.
    pub(crate) fn authorize(&self) -> Vec<u8> {
        self.authorize_with(&[], &[])
    }

    /// An authorization request of a browser that is logged in; no page may answer it (OIDC Core §3.1.2.1).
    pub(crate) fn authorize_silently(&self, session: &str) -> Vec<u8> {
        self.authorize_with(&[("prompt", "none")], &[("Cookie", session)])
    }

    /// Redeems a code (RFC 6749 §4.1.3).
    pub(crate) fn redeem(&self, code: &str) -> Vec<u8> {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
    }

    /// Renews the tokens (RFC 6749 §6).
    pub(crate) fn refresh(&self, refresh_token: &str) -> Vec<u8> {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    fn authorize_with(&self, more: &[(&str, &str)], headers: Headers<'_>) -> Vec<u8> {
        let usual = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "4f1c9a7e"),
            ("nonce", "b83d05c2"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let query = request::encode_pairs(&[&usual, more].concat());
        request::get(self.server, &format!("{AUTH}?{query}"), headers)
    }

    fn token(&self, fields: &[(&str, &str)]) -> Vec<u8> {
        let client = [("client_id", self.client_id.as_str())];
        request::post(self.server, TOKEN, &[fields, &client].concat(), &[])
    }
}

/// The tokens of a token response.
pub(crate) fn tokens<'a>(answer: &'a Answer<'_>) -> Result<Tokens<'a>, Failure> {
    Ok(serde_json::from_slice(answer.ok()?)?)
}

/// The code of an authorization response (RFC 6749 §4.1.2).
pub(crate) fn code<'a>(answer: &'a Answer<'_>) -> Result<&'a str, Failure> {
    let location = answer.header("location").next();
    let query = location
        .and_then(|location| location.strip_prefix(CALLBACK))
        .and_then(|rest| rest.strip_prefix('?'));
    let code = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("code=")));
    // A code is letters, digits, `-` and `_`: nothing to decode.
    code.ok_or_else(|| format!("no code: {:?}: {}", location, answer.unexpected()).into())
}
