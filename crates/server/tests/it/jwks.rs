//! The realm's public keys (RFC 7517).

use std::collections::BTreeSet;

use keyward_jose::Jwk;
use serde_json::Value;

use crate::support::{CERTS, Request, TestServer};

#[tokio::test]
async fn a_key_of_each_algorithm_is_there_from_the_beginning() {
    let server = TestServer::start().await;
    let answer = Request::get(CERTS).send(&server).await;
    assert_eq!(answer.status, 200);
    answer.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "public, max-age=300"),
        ("access-control-allow-origin", "*"),
        ("vary", "Accept"),
        ("etag", answer.header("etag").unwrap()),
    ]);
    let body = answer.json();
    let keys = body["keys"].as_array().unwrap();
    let algorithms: BTreeSet<&str> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(algorithms, BTreeSet::from(["RS256", "PS256", "ES256", "EdDSA"]));
    assert_eq!(keys.len(), 4);
}

#[tokio::test]
async fn keys_carry_their_thumbprint_and_nothing_private() {
    let server = TestServer::start().await;
    let body = Request::get(CERTS).send(&server).await.json();
    let mut kids = BTreeSet::new();
    for key in body["keys"].as_array().unwrap() {
        let members: BTreeSet<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        let own: &[&str] = match key["kty"].as_str().unwrap() {
            "RSA" => &["n", "e"],
            "EC" => &["crv", "x", "y"],
            "OKP" => &["crv", "x"],
            other => panic!("{other}"),
        };
        let expected: BTreeSet<&str> = own.iter().chain(&["kid", "kty", "alg", "use"]).copied().collect();
        assert_eq!(members, expected);
        assert_eq!(key["use"], "sig");
        let jwk: Jwk = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(key["kid"], Value::String(jwk.thumbprint().unwrap()));
        assert!(kids.insert(key["kid"].to_string()), "one key, one algorithm");
    }
}

#[tokio::test]
async fn each_realm_has_keys_of_its_own() {
    let server = TestServer::start().await;
    server.add_realm().await;
    let kids = |body: &Value| -> BTreeSet<String> {
        let keys = body["keys"].as_array().unwrap();
        keys.iter().map(|key| key["kid"].to_string()).collect()
    };
    let demo = Request::get(CERTS).send(&server).await.json();
    let path = "/realms/other/protocol/openid-connect/certs";
    let other = Request::get(path).send(&server).await.json();
    assert!(kids(&demo).is_disjoint(&kids(&other)));
}

#[tokio::test]
async fn the_media_type_of_key_sets_is_given_to_who_asks_for_it() {
    let server = TestServer::start().await;
    let request = Request::get(CERTS).header("Accept", "application/jwk-set+json");
    let answer = request.send(&server).await;
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let server = TestServer::start().await;
    let first = Request::get(CERTS).send(&server).await;
    let etag = first.header("etag").unwrap();
    let again = Request::get(CERTS).header("If-None-Match", etag).send(&server).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("cache-control"), Some("public, max-age=300"));
}
