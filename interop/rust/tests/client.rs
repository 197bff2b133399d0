//! `oauth2` as the client, `jsonwebtoken` as the API.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use keyward_interop::{Metadata, discover, issuer, secret};
use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::reqwest::blocking::Client as Http;
use oauth2::{
    AccessToken, AuthType, ClientId, ClientSecret, IntrospectionUrl, RequestTokenError, Scope,
    TokenIntrospectionResponse as _, TokenResponse as _, TokenUrl,
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    iss: String,
}

fn token(http: &Http, client_id: &str, auth: AuthType) -> AccessToken {
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_client_secret(ClientSecret::new(secret(client_id)))
        .set_token_uri(TokenUrl::new(discover(http).token_endpoint).unwrap())
        .set_auth_type(auth);
    let request = client
        .exchange_client_credentials()
        .add_scope(Scope::new("openid".to_owned()));
    request.request(http).unwrap().access_token().clone()
}

fn active(http: &Http, metadata: &Metadata, token: &AccessToken) -> bool {
    let client = BasicClient::new(ClientId::new("backend-api".to_owned()))
        .set_client_secret(ClientSecret::new(secret("backend-api")))
        .set_introspection_url(IntrospectionUrl::new(metadata.introspection_endpoint.clone()).unwrap());
    client.introspect(token).request(http).unwrap().active()
}

fn validate(http: &Http, token: &str, algorithm: Algorithm, audience: &str) -> Result<Claims, ErrorKind> {
    let keys = http.get(discover(http).jwks_uri).send().unwrap().text().unwrap();
    let keys: JwkSet = serde_json::from_str(&keys).unwrap();
    let key = keys.find(&decode_header(token).unwrap().kid.unwrap()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer()]);
    validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
    let decoded = decode::<Claims>(token, &DecodingKey::from_jwk(key).unwrap(), &validation);
    decoded
        .map(|token| token.claims)
        .map_err(jsonwebtoken::errors::Error::into_kind)
}

#[test]
fn discovery_by_issuer() {
    assert_eq!(discover(&Http::new()).issuer, issuer());
}

#[test]
fn tokens_validate() {
    let http = Http::new();
    for (client_id, algorithm) in [
        ("backend-service", Algorithm::RS256),
        ("at-jwt-service", Algorithm::RS256),
        ("ps256-service", Algorithm::PS256),
        ("es256-service", Algorithm::ES256),
        ("eddsa-service", Algorithm::EdDSA),
    ] {
        for auth in [AuthType::BasicAuth, AuthType::RequestBody] {
            let token = token(&http, client_id, auth);
            let claims = validate(&http, token.secret(), algorithm, "backend-api").unwrap();
            assert_eq!(claims.iss, issuer());
            assert!(!claims.sub.is_empty(), "{client_id}");
        }
    }
}

#[test]
fn another_audience_and_a_changed_signature_are_refused() {
    let http = Http::new();
    let token = token(&http, "backend-service", AuthType::BasicAuth);
    let refused = validate(&http, token.secret(), Algorithm::RS256, "another-api").unwrap_err();
    assert_eq!(refused, ErrorKind::InvalidAudience);
    let (signed, signature) = token.secret().rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let changed = format!("{signed}.{first}{}", &signature[1..]);
    let refused = validate(&http, &changed, Algorithm::RS256, "backend-api").unwrap_err();
    assert_eq!(refused, ErrorKind::InvalidSignature);
}

#[test]
fn revoked_token_introspects_as_inactive() {
    let http = Http::new();
    let metadata = discover(&http);
    let token = token(&http, "backend-service", AuthType::BasicAuth);
    assert!(active(&http, &metadata, &token));
    // By hand: the library revokes over https only.
    let revoked = http
        .post(&metadata.revocation_endpoint)
        .basic_auth("backend-service", Some(secret("backend-service")))
        .form(&[("token", token.secret())])
        .send()
        .unwrap();
    assert_eq!(revoked.status(), 200);
    assert!(!active(&http, &metadata, &token));
}

#[test]
fn wrong_secret_is_the_librarys_own_error() {
    let http = Http::new();
    let secret = ClientSecret::new("wrong".to_owned());
    let id = ClientId::new("backend-service".to_owned());
    let client = BasicClient::new(id)
        .set_client_secret(secret)
        .set_token_uri(TokenUrl::new(discover(&http).token_endpoint).unwrap());
    match client.exchange_client_credentials().request(&http) {
        Err(RequestTokenError::ServerResponse(refused)) => {
            assert_eq!(refused.error(), &BasicErrorResponseType::InvalidClient);
        }
        other => panic!("{other:?}"),
    }
}
