//! `openidconnect`: code + PKCE with a person, the ID token verified, userinfo, refresh.

use keyward_interop::{Person, REDIRECT_URI, issuer, secret};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::reqwest::blocking::Client as Http;
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
};

fn http() -> Http {
    Http::builder()
        .redirect(openidconnect::reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

#[test]
fn login_userinfo_and_refresh() {
    let http = http();
    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(issuer()).unwrap(), &http).unwrap();
    for client_id in ["frontend-app", "web-app"] {
        let secret = (client_id == "web-app").then(|| ClientSecret::new(secret(client_id)));
        let client = CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client_id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let answer = Person::default().visit(&url);
        assert_eq!(answer.get("state"), Some(state.secret()));
        let code = AuthorizationCode::new(answer.get("code").unwrap().clone());
        let tokens = client
            .exchange_code(code.clone())
            .unwrap()
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.secret().clone()))
            .request(&http)
            .unwrap();
        let claims = tokens
            .id_token()
            .unwrap()
            .claims(&client.id_token_verifier(), &nonce)
            .unwrap()
            .clone();
        assert!(claims.auth_time().is_some() || claims.auth_context_ref().is_some());

        let person: CoreUserInfoClaims = client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .unwrap()
            .request(&http)
            .unwrap();
        assert_eq!(person.preferred_username().unwrap().as_str(), "alice");
        assert_eq!(person.email().unwrap().as_str(), "alice@example.com");

        let refreshed = client
            .exchange_refresh_token(tokens.refresh_token().unwrap())
            .unwrap()
            .request(&http)
            .unwrap();
        assert_ne!(refreshed.access_token().secret(), tokens.access_token().secret());

        let again = client
            .exchange_code(code)
            .unwrap()
            .set_pkce_verifier(verifier)
            .request(&http);
        match again {
            Err(RequestTokenError::ServerResponse(refused)) => {
                assert_eq!(refused.error(), &CoreErrorResponseType::InvalidGrant);
            }
            other => panic!("a code spent twice: {other:?}"),
        }
    }
}
