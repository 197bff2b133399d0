use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::alg::KeyType;
use crate::digest::b64url_encode;
use crate::jwk::Jwk;
use crate::jws::{HeaderSegment, sign};
use crate::key::SigningKey;

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const RSA_KEY: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;

const P256_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

fn verifying_key(jwk: &str) -> VerifyingKey {
    VerifyingKey::from_jwk(&serde_json::from_str::<Jwk>(jwk).unwrap()).unwrap()
}

fn verified(token: &str, jwk: &str) -> Verified {
    Unverified::parse(token).unwrap().verify(&verifying_key(jwk)).unwrap()
}

fn refused(token: &str) -> JwsError {
    Unverified::parse(token).unwrap_err()
}

fn with_header(json: &str) -> String {
    format!("{}.{PAYLOAD}.AA", b64url_encode(json.as_bytes()))
}

fn signed(key: &SigningKey) -> String {
    let header = HeaderSegment::new(Algorithm::Es256, key.kid(), "at+jwt");
    sign(key, Algorithm::Es256, &header, &json!({"sub": "alice"})).unwrap()
}

/// RFC 7515 §A.2
#[test]
fn rs256_vector() {
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let claims: Value = verified(&token, RSA_KEY).claims().unwrap();
    assert_eq!(
        claims,
        json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true})
    );
}

/// RFC 7515 §A.3
#[test]
fn es256_vector() {
    let token = format!(
        "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    assert_eq!(verified(&token, P256_KEY).alg(), Algorithm::Es256);
}

/// RFC 8037 §A.5. Its payload is text, which a signature may cover but claims may not be.
#[test]
fn eddsa_vector() {
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let verified = verified(
        token,
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    assert_eq!(verified.payload(), b"Example of Ed25519 signing");
    assert_eq!(verified.claims::<Value>().unwrap_err(), JwsError::Claims);
}

/// RFC 8725 §2.1: the public key as an HMAC secret.
#[test]
fn hmac_confusion_is_refused_at_parse() {
    let key = crate::hmac::HmacKey::new(RSA_KEY.as_bytes()).unwrap();
    let input = format!("{}.{PAYLOAD}", b64url_encode(br#"{"alg":"HS256"}"#));
    let token = format!("{input}.{}", b64url_encode(&key.sign(input.as_bytes())));
    assert_eq!(refused(&token), JwsError::Algorithm);
}

#[test]
fn none_is_refused_with_and_without_a_signature() {
    let token = with_header(r#"{"alg":"none"}"#);
    assert_eq!(refused(&token), JwsError::Algorithm);
    assert_eq!(refused(token.strip_suffix("AA").unwrap()), JwsError::Parts);
}

#[test]
fn duplicate_header_members_and_crit_are_refused() {
    assert_eq!(
        refused(&with_header(r#"{"alg":"none","alg":"RS256"}"#)),
        JwsError::Header
    );
    assert_eq!(
        refused(&with_header(r#"{"alg":"RS256","crit":["exp"],"exp":1}"#)),
        JwsError::Extension
    );
    assert_eq!(
        refused(&with_header(r#"{"alg":"RS256","b64":false}"#)),
        JwsError::Extension
    );
}

#[test]
fn tokens_have_three_parts_of_base64url() {
    for token in ["", ".", "..", "a", "a.b", ".a.b", "a.b.", "a.b.c.d", "a.b.c.d.e"] {
        assert_eq!(refused(token), JwsError::Parts, "{token}");
    }
    let header = b64url_encode(br#"{"alg":"RS256"}"#);
    for token in [
        format!("{header}=.e30.AA"),
        format!("{header}.e30=.AA"),
        format!("{header}.e30.A B"),
    ] {
        assert_eq!(refused(&token), JwsError::Base64, "{token}");
    }
    assert_eq!(refused(&format!("{header}.e30.A")), JwsError::Base64);
    assert_eq!(refused(&format!("{header}.e30.AB")), JwsError::Base64, "trailing bits");
    assert_eq!(refused(&format!("{header}.e30.AA\n")), JwsError::Base64);
}

#[test]
fn huge_tokens_are_refused() {
    let header = b64url_encode(br#"{"alg":"RS256"}"#);
    let token = |length: usize| format!("{header}.{}.AA", "A".repeat(length - header.len() - 4));
    assert_eq!(token(MAX_TOKEN_BYTES).len(), MAX_TOKEN_BYTES);
    assert!(Unverified::parse(&token(MAX_TOKEN_BYTES)).is_ok());
    assert_eq!(refused(&token(MAX_TOKEN_BYTES + 1)), JwsError::TooLarge);
}

#[test]
fn tampered_tokens_and_wrong_keys_are_refused() {
    let key = SigningKey::generate(KeyType::P256).unwrap();
    let token = signed(&key);
    let verify = |token: &str, key: &VerifyingKey| Unverified::parse(token).unwrap().verify(key).map(drop);
    assert_eq!(verify(&token, key.verifying_key()), Ok(()));

    let [header, _, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let payload = b64url_encode(br#"{"sub":"admin"}"#);
    assert_eq!(
        verify(&format!("{header}.{payload}.{signature}"), key.verifying_key()),
        Err(JwsError::Signature)
    );
    assert_eq!(
        verify(&token[..token.len() - 6], key.verifying_key()),
        Err(JwsError::Signature)
    );
    let zeros = b64url_encode(&[0; 64]);
    assert_eq!(
        verify(&format!("{header}.{payload}.{zeros}"), key.verifying_key()),
        Err(JwsError::Signature)
    );

    assert_eq!(verify(&token, &verifying_key(P256_KEY)), Err(JwsError::Signature));
    assert_eq!(
        verify(&token, &verifying_key(RSA_KEY)),
        Err(JwsError::AlgorithmMismatch)
    );
}

#[test]
fn headers_are_shown_before_and_after() {
    let key = SigningKey::generate(KeyType::P256).unwrap();
    let token = signed(&key);
    let unverified = Unverified::parse(&token).unwrap();
    assert_eq!(unverified.alg(), Algorithm::Es256);
    assert_eq!((unverified.kid(), unverified.typ()), (Some(key.kid()), Some("at+jwt")));
    assert_eq!(
        unverified.unverified_claims::<Value>().unwrap(),
        json!({"sub": "alice"})
    );
    let verified = unverified.verify(key.verifying_key()).unwrap();
    assert_eq!((verified.kid(), verified.typ()), (Some(key.kid()), Some("at+jwt")));
}

#[test]
fn claims_with_a_member_twice_are_refused() {
    let key = SigningKey::generate(KeyType::Ed25519).unwrap();
    let header = HeaderSegment::new(Algorithm::EdDsa, key.kid(), "JWT");
    let input = format!(
        "{}{}",
        header.as_str(),
        b64url_encode(br#"{"sub":"alice","sub":"admin"}"#)
    );
    let signature = key.sign(Algorithm::EdDsa, input.as_bytes()).unwrap();
    let token = format!("{input}.{}", b64url_encode(&signature));
    let verified = Unverified::parse(&token).unwrap().verify(key.verifying_key()).unwrap();
    assert_eq!(verified.claims::<Value>().unwrap_err(), JwsError::Claims);
}

proptest! {
    #[test]
    fn parse_never_panics(token in ".*") {
        let _ = Unverified::parse(&token);
    }

    #[test]
    fn parse_never_panics_on_what_looks_like_a_token(header in ".*", payload in any::<Vec<u8>>(), rest in "[A-Za-z0-9_.=-]{0,40}") {
        let _ = Unverified::parse(&format!("{}.{}.{rest}", b64url_encode(header.as_bytes()), b64url_encode(&payload)));
        let object = with_header(&format!(r#"{{"alg":"RS256",{header}}}"#));
        let _ = Unverified::parse(&object).map(|token| token.unverified_claims::<Value>());
        if let Ok(token) = Unverified::parse(&format!("{}.{}.AA", b64url_encode(br#"{"alg":"RS256"}"#), b64url_encode(&payload))) {
            let _ = token.unverified_claims::<Value>();
        }
    }
}
