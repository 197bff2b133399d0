//! ID tokens that are believed, and those that are not.

use keyward_client::jwks::KeyError;
use keyward_client::{ExpectedIdToken, IdToken, IdTokenError, JwksCache, KeySet};
use keyward_jose::{Algorithm, half_hash};
use serde_json::{Value, json};

use crate::support::{NOON, Signer};

const ISSUER: &str = "https://id.example.com/realms/acme";

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "ada", "aud": "cli", "exp": NOON.secs() + 300, "iat": NOON.secs(),
        "nonce": "n", "at_hash": half_hash(Algorithm::EdDsa, "access"), "email": "ada@example.com",
    })
}

async fn verify(token: &str, signer: &Signer) -> Result<IdToken, IdTokenError> {
    let expected = ExpectedIdToken {
        issuer: ISSUER,
        client_id: "cli",
        nonce: Some("n"),
        access_token: Some("access"),
    };
    let keys = JwksCache::fixed(KeySet::new([&signer.jwk()]));
    IdToken::verify(token, expected, &keys, NOON).await
}

#[tokio::test]
async fn a_good_one() {
    let signer = Signer::ed25519();
    let token = verify(&signer.sign("JWT", &claims()), &signer).await.unwrap();
    assert_eq!(token.sub(), "ada");
    assert_eq!(token.claim("email"), Some(&json!("ada@example.com")));
    assert_eq!(token.claim("groups"), None);
    assert_eq!(format!("{token:?}"), "IdToken { .. }");
}

/// Each line is a change of one claim. OIDC Core §3.1.3.7
#[tokio::test]
async fn one_wrong_claim_is_enough() {
    let signer = Signer::ed25519();
    let now = NOON.secs();
    let changes = [
        (
            "iss",
            json!("https://id.example.com/realms/other"),
            Err(IdTokenError::Issuer),
        ),
        (
            "iss",
            json!("https://id.example.com/realms/acme/"),
            Err(IdTokenError::Issuer),
        ),
        ("iss", json!([ISSUER]), Err(IdTokenError::Malformed)),
        ("sub", json!(""), Err(IdTokenError::Malformed)),
        ("sub", Value::Null, Err(IdTokenError::Malformed)),
        ("aud", json!("other"), Err(IdTokenError::Audience)),
        ("aud", json!(["cli"]), Ok(())),
        ("aud", json!(["cli", "other"]), Err(IdTokenError::Audience)),
        ("aud", json!([]), Err(IdTokenError::Audience)),
        ("azp", json!("cli"), Ok(())),
        ("azp", json!("other"), Err(IdTokenError::Audience)),
        ("exp", json!(now - 59), Ok(())),
        ("exp", json!(now - 60), Err(IdTokenError::Time)),
        ("exp", json!("tomorrow"), Err(IdTokenError::Malformed)),
        ("exp", Value::Null, Err(IdTokenError::Malformed)),
        ("iat", json!(now + 60), Ok(())),
        ("iat", json!(now + 61), Err(IdTokenError::Time)),
        ("nonce", json!("m"), Err(IdTokenError::Nonce)),
        ("nonce", json!("nn"), Err(IdTokenError::Nonce)),
        ("nonce", Value::Null, Err(IdTokenError::Nonce)),
        (
            "at_hash",
            json!("AAAAAAAAAAAAAAAAAAAAAA"),
            Err(IdTokenError::AccessToken),
        ),
        ("at_hash", Value::Null, Ok(())),
    ];
    for (claim, value, expected) in changes {
        let mut claims = claims();
        claims[claim] = value.clone();
        let result = verify(&signer.sign("JWT", &claims), &signer).await.map(drop);
        assert_eq!(result, expected, "{claim}: {value}");
    }
    let mut both = claims();
    both["aud"] = json!(["cli", "other"]);
    both["azp"] = json!("cli");
    assert!(verify(&signer.sign("JWT", &both), &signer).await.is_ok());
}

#[tokio::test]
async fn other_tokens_and_strangers_signatures_are_refused() {
    let (signer, stranger) = (Signer::ed25519(), Signer::ed25519());
    for typ in ["at+jwt", "logout+jwt", "application/at+jwt"] {
        let error = verify(&signer.sign(typ, &claims()), &signer).await.unwrap_err();
        assert_eq!(error, IdTokenError::Type, "{typ}");
    }
    let error = verify(&stranger.sign("JWT", &claims()), &signer).await.unwrap_err();
    assert_eq!(error, IdTokenError::Key(KeyError::Unknown));
    let token = signer.sign("JWT", &claims());
    let other = stranger.sign("JWT", &claims());
    let forged = format!(
        "{}.{}",
        token.rsplit_once('.').unwrap().0,
        other.rsplit_once('.').unwrap().1
    );
    assert_eq!(verify(&forged, &signer).await.unwrap_err(), IdTokenError::Signature);
    for text in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AA"] {
        assert_eq!(
            verify(text, &signer).await.unwrap_err(),
            IdTokenError::Malformed,
            "{text}"
        );
    }
}
