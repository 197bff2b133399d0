//! Keys and tokens of a real Keycloak 26.7, invented for these tests.

use super::*;
use crate::alg::Algorithm;
use crate::digest::{b64_encode, b64url_decode};
use crate::jws::Unverified;
use crate::{Jwk, pem};

const RSA: &str = "MIIEogIBAAKCAQEAluIDlIjKWrYvt0FN06TnFKUM/MYEYZoLaZ/TxkrSIJPt6i0CXLELUG54VzLj5zMeIaL50/ikSb+HnSfShGYmWGt9PXz9Y7x22Ukz5Zf55xsthXg3gkdeMWcreK89oCkdLRhtYX9oWFhjbyv5nlRs8UJv/lThuHq3M3R15h9rYF3evVdG46EAmvzO/Kg2LL2qOiXdt6l5arjlRPT/6tqNZhKncz+Svnhmo4docPiEgojLp6EhUJbJDgTsIf9VulfCAcTu6kdZs7WabW/DGBiNUWD6la7hedp8mc0N3uBezg1sPyy3UXO0rkoCw6IrHi0icVriy6sMqjBQTp4mhdgAXQIDAQABAoIBACIsIDl03be7yYTMso67q2Z+lzlss7NTS0Bp5XHkokCkoF7IQN+zbWeTDYhaS0mixzFBEyoSB0t4qINMcJ5x8D9YYO4bL9x148kEjk9yozPXcPDosFG+TjQMNMlJj0CF70i2XpeVXpGbuzGDmS5l2qKttGW63cCFcpahys4K0avqXa/KQRly/wUQn2nd+puOutDY4Lwr0vkA4MU0uo04IXDdzda1024zjxiKoHdL97LMJoJKrPMBG9Em8nP2lwCUrL3n3C/nWExISqqPzG697HweHDPEuB1JVvTEeWfbkMLjUKrnO5Gt06A13Lc97+HMklDvcnmckVfyCTsm9dpRBhUCgYEAxmPtyhZzyHaafzY/A4XAsJlvIpRJFf5r1af4jHG6IAFuH1q1AUMn1DZFN8ACISZAJqB+DBxcVJnFhNkSnDA6mf9l0SeQpUWw/qOd7eI8MueJb9NoqennDdgCg065K4FfTp6WCFjwztfrmYspTRqpHTOhbpDcjxYZS3Z7o4QFX28CgYEAwrJxbFF6aN1HsOKwhidnqOaoCyoPDFPmGWQUPTbivW/4Sf9DP62Ff5u+mBJ84bwTxteMgr8VnjR9J7sDnMSsdSVbD8KMnkGdExb1U+G0oQXQtOVW0/6DyZQupBVNSeuGgbEUIaGuoaQwNQL1yVbCkvPXcJbsT8urykUDVCizNvMCgYBgLC0n3D6AnU5EAO4HLR29/oNrherwKIfp6SWKH8+UmFzkAjrgw8dZDn37iq79ludeUksIX+86a9jej8R/xrmB0ddvzvhFxkUJDBQRL6zzGF79wMRqKiOCCIcfVFhbiLnFCQe+QC9sdiuWIWoCILx+lXraeIsTKilU9bj2CZf5LQKBgGt7v4og4QcLQgyw2Or2zg88ZwDi0zPnDVxvF41Dw6D5M4UGWsXIsa5k+K9TZYXpIrHfRT7Y5sJUD9PjNndRTDPPz5m/uYmUh3aGciFAtUs/vpxfD7QxCeg62hTTfbuVPshSTd7TN2kdD0/0tmPUdc5St1j8uLDEq64as1++qFFpAoGAEiQI8YZw30BZnHE03QDnwzbdvE6P+J7zql+jiW74mYA85hKjgttrJGUzEJB/p2Lz3SKV3hopIZSxVNyOAkUpCi9BMh8V5qQtm30IAKzPsitAPX2PHK1+P/7XID8fJwKnYGKpcLZ1SFdvpn8r8eYSYVRueuEaJH5yYTySp02Swog=";
const RSA_JWK: &str = r#"{"kid":"-9eU3aHZVNIjfCuPtO8oGMLY3T6TVL56983DPiVggIw","kty":"RSA","use":"sig","n":"luIDlIjKWrYvt0FN06TnFKUM_MYEYZoLaZ_TxkrSIJPt6i0CXLELUG54VzLj5zMeIaL50_ikSb-HnSfShGYmWGt9PXz9Y7x22Ukz5Zf55xsthXg3gkdeMWcreK89oCkdLRhtYX9oWFhjbyv5nlRs8UJv_lThuHq3M3R15h9rYF3evVdG46EAmvzO_Kg2LL2qOiXdt6l5arjlRPT_6tqNZhKncz-Svnhmo4docPiEgojLp6EhUJbJDgTsIf9VulfCAcTu6kdZs7WabW_DGBiNUWD6la7hedp8mc0N3uBezg1sPyy3UXO0rkoCw6IrHi0icVriy6sMqjBQTp4mhdgAXQ","e":"AQAB"}"#;
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCIgOiAiSldUIiwia2lkIiA6ICItOWVVM2FIWlZOSWpmQ3VQdE84b0dNTFkzVDZUVkw1Njk4M0RQaVZnZ0l3In0.eyJleHAiOjE3OTU0Nzg2MDgsImlhdCI6MTc5NTQ3ODAwOCwianRpIjoidHJydGNjOjcyNjVlNGE1LTVmYjgtMTlkMy1mMDJkLWUyNjdjZDI4MmEzZiIsImlzcyI6Imh0dHA6Ly8xMjcuMC4wLjE6ODI4MC9yZWFsbXMvc2hvcCIsImF1ZCI6ImFjY291bnQiLCJzdWIiOiJkMWUzY2MyNS02YjhjLTRhOGMtYTRiOC1iODZjZDA4NGZmYzUiLCJ0eXAiOiJCZWFyZXIiLCJhenAiOiJzaG9wLWhtYWMiLCJhY3IiOiIxIiwicmVhbG1fYWNjZXNzIjp7InJvbGVzIjpbIm9mZmxpbmVfYWNjZXNzIiwiZGVmYXVsdC1yb2xlcy1zaG9wIiwidW1hX2F1dGhvcml6YXRpb24iXX0sInJlc291cmNlX2FjY2VzcyI6eyJhY2NvdW50Ijp7InJvbGVzIjpbIm1hbmFnZS1hY2NvdW50IiwibWFuYWdlLWFjY291bnQtbGlua3MiLCJ2aWV3LXByb2ZpbGUiXX19LCJzY29wZSI6ImVtYWlsIHByb2ZpbGUgdGVuYW50IiwiZW1haWxfdmVyaWZpZWQiOmZhbHNlLCJjbGllbnRIb3N0IjoiMTI3LjAuMC4xIiwicHJlZmVycmVkX3VzZXJuYW1lIjoic2VydmljZS1hY2NvdW50LXNob3AtaG1hYyIsImNsaWVudEFkZHJlc3MiOiIxMjcuMC4wLjEiLCJjbGllbnRfaWQiOiJzaG9wLWhtYWMifQ.BALdcCgabOdtpyLD8l0_jVMwyvnCCpEw5CkA23hZr9j2BKVG7wTVh74T-v8wyCc7coqYHbKfKIy9DZT1jxZEozEBVKIAlEIdCbo5tdzti1r-YDc5TufJ-t7sVvn65lPKInCvrf4469FfTexZETvrlJf5Q4fEVOMw7uafGKmBnoKJoopVdujfTEbu0Obl79IycPoI_uSPxyeqO8wxIj5i2Es8VyUeL98kePtJE30w3fVVlSEqSb8eyw6T-iz2oKhlza4ldJF3SUinJ06mDup4JFFl5SmDpWAzNNSTB9p5K_Ql8SIDhjOy_xnnuU7cpHJa_ALVUMgQg8QuBj1hsbZRcw";

/// Without its public half, as Keycloak exports them.
const P256: &str = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCC2HfSwhWOhJ12QtmsOadp33LXtreQUnWuH33O8trtQDw==";
const P256_PUBLIC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHCDXEaKTpTY4t6rr4u6zhogcQKiyiO7wwQLKxgsVvltpOHzA9Z/BOh66uAiMAX8JKDDAeqC/uEGq2Zh1fKhf/w==";
const P256_JWK: &str = r#"{"kid":"nByqhhJFS6esbtWl37OnVUqlnRuiiIo-KcxMc07htN8","kty":"EC","use":"sig","crv":"P-256","x":"HCDXEaKTpTY4t6rr4u6zhogcQKiyiO7wwQLKxgsVvls","y":"aTh8wPWfwToeurgIjAF_CSgwwHqgv7hBqtmYdXyoX_8"}"#;
const P256_TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCIgOiAiSldUIiwia2lkIiA6ICJuQnlxaGhKRlM2ZXNidFdsMzdPblZVcWxuUnVpaUlvLUtjeE1jMDdodE44In0.eyJleHAiOjE3OTU0Nzg2MDcsImlhdCI6MTc5NTQ3ODAwNywianRpIjoidHJydGNjOjk5OGI4ZjA4LTIxMTEtMzBhNS1hM2I0LWE3NjAwMGU2MTkyNiIsImlzcyI6Imh0dHA6Ly8xMjcuMC4wLjE6ODI4MC9yZWFsbXMvc2hvcCIsImF1ZCI6WyJvcmRlcnMtYXBpIiwiYWNjb3VudCJdLCJzdWIiOiJiZTEwYjg4OC1kYjU2LTQ2NTUtOWI0NC04MGJkYjgxNDA1OTciLCJ0eXAiOiJCZWFyZXIiLCJhenAiOiJzaG9wLXdvcmtlciIsImFjciI6IjEiLCJyZWFsbV9hY2Nlc3MiOnsicm9sZXMiOlsiY2xlcmsiLCJvZmZsaW5lX2FjY2VzcyIsImRlZmF1bHQtcm9sZXMtc2hvcCIsInVtYV9hdXRob3JpemF0aW9uIl19LCJyZXNvdXJjZV9hY2Nlc3MiOnsib3JkZXJzLWFwaSI6eyJyb2xlcyI6WyJvcmRlcnMud3JpdGUiLCJvcmRlcnMucmVhZCJdfSwiYWNjb3VudCI6eyJyb2xlcyI6WyJtYW5hZ2UtYWNjb3VudCIsIm1hbmFnZS1hY2NvdW50LWxpbmtzIiwidmlldy1wcm9maWxlIl19fSwic2NvcGUiOiJlbWFpbCBwcm9maWxlIHRlbmFudCIsImVtYWlsX3ZlcmlmaWVkIjpmYWxzZSwiY2xpZW50SG9zdCI6IjEyNy4wLjAuMSIsInByZWZlcnJlZF91c2VybmFtZSI6InNlcnZpY2UtYWNjb3VudC1zaG9wLXdvcmtlciIsImNsaWVudEFkZHJlc3MiOiIxMjcuMC4wLjEiLCJjbGllbnRfaWQiOiJzaG9wLXdvcmtlciJ9.n7QAI8nBuvd7bQ0WMPc6r3zoX2LSRJToAuwF5vRYVTwo6dFNBdZdC2RsVzJLXiimM_9lJmGClJwY6J1W0cdRKg";

const ED25519: &str = "MC4CAQAwBQYDK2VwBCIEIP3ui/CLrk11cBdIA753PegviBiVcM4++HFunGweqQel";
const ED25519_JWK: &str = r#"{"kid":"QgPmpXOtV0R9av291ivSb2rIFJ9mqEJUsSegnWpjwnc","kty":"OKP","use":"sig","crv":"Ed25519","x":"B246BtDT4-iLja-4tsB48fF--0-Ee0lbacf11ICd3QA"}"#;
const ED25519_TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCIgOiAiSldUIiwia2lkIiA6ICJRZ1BtcFhPdFYwUjlhdjI5MWl2U2IycklGSjltcUVKVXNTZWduV3Bqd25jIn0.eyJleHAiOjE3OTU0Nzg2MTAsImlhdCI6MTc5NTQ3ODAxMCwianRpIjoiNDBhNjExNjgtN2E0MS1hZTMzLThkNGMtY2M5MWZmM2NhMDcyIiwiaXNzIjoiaHR0cDovLzEyNy4wLjAuMTo4MjgwL3JlYWxtcy9zaG9wIiwiYXVkIjoic2hvcC1yb3QiLCJzdWIiOiIwZDE3YzhhYy1jNTg5LTRiNWEtOTQyMy1mYTNlZDJjM2Y2NmEiLCJ0eXAiOiJJRCIsImF6cCI6InNob3Atcm90Iiwic2lkIjoiOVZlVlk5VTBKdUlOZ0wxZ2pUa1pCODc2IiwiYXRfaGFzaCI6ImMtbmhWN0p1X2E2TzVNNUdtaTJxXzFMX09UMkdQZ3BLMUxDYjctam43R3MiLCJhY3IiOiIxIiwiZW1haWxfdmVyaWZpZWQiOnRydWUsIm5hbWUiOiJBbGljZSBBbmRlcnMiLCJwcmVmZXJyZWRfdXNlcm5hbWUiOiJhbGljZSIsImxvY2FsZSI6ImRlIiwiZ2l2ZW5fbmFtZSI6IkFsaWNlIiwiZmFtaWx5X25hbWUiOiJBbmRlcnMiLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUuY29tIiwidGVuYW50Ijoibm9ydGgifQ.gPxpbXvsGxazssBw1ye3mA07e6ZprS8oFs-V9waocqa2vZX5bmAkyyWJGc65jUXGkg4BB_GnVcVd3VAkfSL5Cw";

fn imported(key_type: KeyType, text: &str) -> SigningKey {
    let key = SigningKey::from_der(key_type, &pem::decode(text).unwrap()).unwrap();
    let kid = keycloak_kid(key.public_der());
    key.with_kid(kid)
}

#[test]
fn an_imported_key_publishes_what_its_server_published() {
    for (key_type, private, jwk) in [
        (KeyType::Rsa2048, RSA, RSA_JWK),
        (KeyType::P256, P256, P256_JWK),
        (KeyType::Ed25519, ED25519, ED25519_JWK),
    ] {
        let key = imported(key_type, private);
        let published: Jwk = serde_json::from_str(jwk).unwrap();
        assert_eq!(*key.public_jwk(), published);
        assert_eq!(Some(key.kid()), published.kid.as_deref());
        assert_ne!(key.kid(), published.thumbprint().unwrap());
    }
}

#[test]
fn a_token_of_its_server_validates_with_an_imported_key() {
    for (key_type, private, algorithm, token) in [
        (KeyType::Rsa2048, RSA, Algorithm::Rs256, RSA_TOKEN),
        (KeyType::P256, P256, Algorithm::Es256, P256_TOKEN),
        (KeyType::Ed25519, ED25519, Algorithm::EdDsa, ED25519_TOKEN),
    ] {
        let key = imported(key_type, private);
        let token = Unverified::parse(token).unwrap();
        assert_eq!((token.kid(), token.alg()), (Some(key.kid()), algorithm));
        assert!(token.verify(key.verifying_key()).is_ok());
    }
}

/// What an export writes: the import of it gives the key with every half again.
#[test]
fn pkcs8_and_public_der_come_out_again() {
    for (key_type, private) in [
        (KeyType::Rsa2048, RSA),
        (KeyType::P256, P256),
        (KeyType::Ed25519, ED25519),
    ] {
        let key = imported(key_type, private);
        let again = SigningKey::from_pkcs8(key_type, &key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(again.public_der(), key.public_der());
        assert_eq!(again.kid(), key.public_jwk().thumbprint().unwrap());
    }
    assert_eq!(b64_encode(imported(KeyType::P256, P256).public_der()), P256_PUBLIC);
}

#[test]
fn each_structure_of_a_key_is_read() {
    for key_type in [KeyType::Rsa2048, KeyType::P256, KeyType::Ed25519] {
        let key = SigningKey::generate(key_type).unwrap();
        let pkcs8 = key.to_pkcs8().unwrap();
        assert_eq!(SigningKey::from_der(key_type, &pkcs8).unwrap().kid(), key.kid());
    }
    // RFC 5915 §3, from RFC 9500 §2.3.
    let sec1 = "MHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49AwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5V\
                j71vc75eSOkyMsxFxbFsTNEMTLjVuKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==";
    let key = SigningKey::from_der(KeyType::P256, &pem::decode(sec1).unwrap()).unwrap();
    assert_eq!(
        key.public_jwk().x.as_deref(),
        Some("QiVI-I-3gv-17KN0RFLHKh5Vj71vc75eSOkyMsxFxbE")
    );
}

#[test]
fn keys_of_another_sort_and_broken_ones_are_refused() {
    let rsa = pem::decode(RSA).unwrap();
    let p256 = pem::decode(P256).unwrap();
    for (key_type, der) in [
        (KeyType::P256, rsa.as_slice()),
        (KeyType::Ed25519, &rsa),
        (KeyType::Rsa2048, &p256),
        (KeyType::Ed25519, &p256),
        (KeyType::Rsa2048, &rsa[..rsa.len() - 1]),
        (KeyType::P256, &p256[..p256.len() - 1]),
        (KeyType::Rsa2048, b""),
        (KeyType::P256, b"0"),
        (KeyType::Ed25519, &[0x30, 0]),
    ] {
        assert_eq!(SigningKey::from_der(key_type, der).unwrap_err(), KeyError::Malformed);
    }
}

/// A throw-away RSA key of 1024 bits in PKCS#1.
#[test]
fn a_weak_rsa_key_is_refused_by_its_size_in_pkcs1_too() {
    let der = b64url_decode(
        "MIICXQIBAAKBgQDPLELIJlTBzW-PqYDwnfW5cMVxLO2cJd5PLGgem8tcwwcb4NVPnE4rVG0QbBdcdOVjGkmQihARSudEkRyOmN2qVzzCQQvTa3DqIBMCyYHDYt_7MBAfZIPDut2zODixg8wmAbwpohD4_H9qe9Ml42c8qyINwTFI8lgsGJJW5jMR0wIDAQABAoGBAKMHzKHe8DH2rYUbOZmgZH-CzA1M8ss_TZt2cZUsurML0qtQmexlL2qPrKgQt62NW_pJ9Hwm-Y_yJt5hZ1yb1UrMRv63MhOZovrVS0NH3Bx3upDTJqNSvyHHKzvV9X_R9KII2vOWVynWFvvxPtikCGupgAJPgJhXVB4CK6eSih25AkEA-slY7V8Ge0AD4HwiKe-gHor9VNWQnaD1A57cqnA4WHy0IZSSDWB55zQATf19Yt9hDfW9I0b0NirkJqOHfqQoBQJBANN6zr34vklS4mzFDZwnXnOY9W3ePi1aKlJqO2Db1BMb_-nUSWs1N_hRDG5NDxXY-77KM1zHxMEeW6o6F8-hsfcCQF3ZLWMe9WD4ErtWGL7SwnvLjYPKq-ShEC97qp5JgnxypkIOxB0nZlcEGb0VyG9QopRDyrTB36_JmzluZs0YhzUCQD3l3glAewGfHuLTMk6YP076YCuONwizMVv59_M7pHELavYXyn10kDNAFbFbIKU2Y0jOigYH-pDDv_StGDcPjrUCQQDMUhsAYaGGjNKGu8tPOS9Gf5nTq_r_Hx-OR2LsEOJ1M4jKy9-aeA4mbfnQfrfNvuOTE6LZMn82YDcKJf_6vT1g",
    );
    assert_eq!(
        SigningKey::from_der(KeyType::Rsa2048, &der.unwrap()).unwrap_err(),
        KeyError::Size
    );
}

#[test]
fn modulus_bits_are_those_of_rsa_keys() {
    assert_eq!(imported(KeyType::Rsa2048, RSA).modulus_bits(), Some(2048));
    assert_eq!(imported(KeyType::P256, P256).modulus_bits(), None);
}

#[test]
fn debug_shows_the_given_kid_alone() {
    let key = imported(KeyType::Ed25519, ED25519).with_kid("theirs".to_owned());
    assert_eq!(format!("{key:?}"), "SigningKey { kid: \"theirs\", .. }");
    assert_eq!(key.public_jwk().kid.as_deref(), Some("theirs"));
}
