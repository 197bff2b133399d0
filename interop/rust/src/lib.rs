//! Discovery (RFC 8414 §3), which `oauth2` leaves to its callers.

mod person;
mod realm;

pub use person::{Person, REDIRECT_URI};
pub use realm::{PASSWORD, Realm, claims, hardcoded_claim, in_realm, refused, strings};

use oauth2::reqwest::blocking::Client as Http;
use serde::Deserialize;

/// What the tests need of a server's metadata (RFC 8414 §2).
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub token_endpoint: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub jwks_uri: String,
}

/// The server under test, from the environment.
pub fn issuer() -> String {
    std::env::var("KEYWARD_ISSUER").unwrap()
}

/// The secret of a client, from the environment.
pub fn secret(client_id: &str) -> String {
    std::env::var(format!("KEYWARD_{}_SECRET", client_id.to_uppercase().replace('-', "_"))).unwrap()
}

/// The metadata, on the path that RFC 8414 §3.1 builds from the issuer.
pub fn discover(http: &Http) -> Metadata {
    let issuer = issuer();
    let path = issuer.find("/realms/").unwrap();
    let (host, path) = issuer.split_at(path);
    let url = format!("{host}/.well-known/oauth-authorization-server{path}");
    serde_json::from_str(&http.get(url).send().unwrap().text().unwrap()).unwrap()
}
