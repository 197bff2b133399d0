use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

fn parse<'a>(authorization: &str, params: &'a Params<'_>) -> Result<Presented<'a>, ClientAuthError> {
    Presented::parse(Some(authorization.as_bytes()), params)
}

fn parse_basic(authorization: &str) -> Result<SecretBasic, ClientAuthError> {
    match parse(authorization, &Params::default())? {
        Presented::SecretBasic(basic) => Ok(basic),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_and_the_identifier_alone() {
    assert_eq!(Presented::parse(None, &Params::default()), Ok(Presented::None));
    let params = Params::parse_query("client_id=frontend-app").unwrap();
    assert_eq!(Presented::parse(None, &params), Ok(Presented::PublicId("frontend-app")));
}

#[test]
fn secret_in_the_body() {
    let params = Params::parse_query("client_id=backend-service&client_secret=s%2Bcret").unwrap();
    let presented = Presented::parse(None, &params).unwrap();
    assert_eq!(
        presented,
        Presented::SecretPost {
            client_id: "backend-service",
            secret: Secret("s+cret")
        }
    );
    let nobody = Params::parse_query("client_secret=x").unwrap();
    assert_eq!(Presented::parse(None, &nobody), Ok(Presented::None));
}

#[test]
fn assertion_in_the_body() {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let query = format!("client_assertion_type={kind}&client_assertion=a.b.c");
    let params = Params::parse_query(&query).unwrap();
    assert_eq!(
        Presented::parse(None, &params).unwrap(),
        Presented::Assertion {
            client_id: None,
            assertion: Secret("a.b.c"),
            assertion_type: Some(kind)
        }
    );
}

#[test]
fn basic_credentials_of_a_recorded_request() {
    let sent = parse_basic("Basic c2hvcC1iYXRjaDpzaG9wLWJhdGNoLXNlY3JldC0wMTIzNDU2Nzg5").unwrap();
    assert_eq!(sent.client_id(), "shop-batch");
    assert_eq!(sent.secret(), Some(Secret("shop-batch-secret-0123456789")));
}

#[test]
fn the_scheme_is_compared_without_case() {
    for scheme in ["basic", "BASIC", "bAsIc", "Basic   "] {
        assert_eq!(
            parse_basic(&format!("{scheme} YTpi")).unwrap().client_id(),
            "a",
            "{scheme}"
        );
    }
}

#[test]
fn halves_are_split_at_the_first_colon_before_decoding() {
    let sent = parse_basic(&basic("my%3Aid:a:b%3Ac%25d%2Be+f%C3%BC")).unwrap();
    assert_eq!(sent.client_id(), "my:id");
    assert_eq!(sent.secret(), Some(Secret("a:b:c%d+e fü")));
    assert_eq!(sent.raw_client_id(), "my%3Aid");
    assert_eq!(sent.raw_secret(), Secret("a:b%3Ac%25d%2Be+f%C3%BC"));
}

#[test]
fn halves_that_were_not_encoded_are_there_raw() {
    let sent = parse_basic(&basic("id:50%+ü")).unwrap();
    assert_eq!(sent.secret(), None);
    assert_eq!(sent.raw_secret(), Secret("50%+ü"));
    let sent = parse_basic(&basic("id:a+b")).unwrap();
    assert_eq!((sent.secret(), sent.raw_secret()), (Some(Secret("a b")), Secret("a+b")));
}

#[test]
fn an_empty_secret_stays_an_empty_secret() {
    assert_eq!(parse_basic(&basic("id:")).unwrap().secret(), Some(Secret("")));
}

#[test]
fn malformed_basic_refused() {
    let not_utf8 = format!("Basic {}", STANDARD.encode(b"id:\xff"));
    let huge = basic(&format!("id:{}", "x".repeat(8 * 1024)));
    for header in [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YTpi YTpi",
        "Basic YTpiYQ=",
        &basic("no-colon"),
        &basic(":secret"),
        &basic("a%zz:b"),
        &basic("a%00:b"),
        &basic("a\0:b"),
        &basic("a:b\0"),
        &not_utf8,
        &huge,
    ] {
        assert_eq!(parse_basic(header), Err(ClientAuthError::MalformedBasic), "{header}");
    }
}

#[test]
fn other_schemes_refused() {
    for header in [
        "",
        " ",
        "Bearer abc",
        "DPoP abc",
        "Basic\tYTpi",
        "Basic:YTpi",
        "Digest x=y",
        "YTpi",
    ] {
        assert_eq!(
            parse_basic(header),
            Err(ClientAuthError::UnsupportedScheme),
            "{header:?}"
        );
    }
}

#[test]
fn two_mechanisms_refused() {
    for query in [
        "client_secret=b",
        "client_id=a&client_secret=b",
        "client_assertion=x.y.z",
    ] {
        let params = Params::parse_query(query).unwrap();
        assert_eq!(
            parse("Basic YTpi", &params),
            Err(ClientAuthError::SeveralMechanisms),
            "{query}"
        );
    }
    let params = Params::parse_query("client_id=a&client_secret=b&client_assertion=x.y.z").unwrap();
    assert_eq!(Presented::parse(None, &params), Err(ClientAuthError::SeveralMechanisms));
}

#[test]
fn another_client_id_beside_basic_refused() {
    let equal = Params::parse_query("client_id=a%3Ab").unwrap();
    assert_eq!(parse(&basic("a%3Ab:c"), &equal).unwrap().client_id(), Some("a:b"));
    for other in ["client_id=A", "client_id=victim", "client_id=a%20"] {
        let params = Params::parse_query(other).unwrap();
        assert_eq!(
            parse("Basic YTpi", &params),
            Err(ClientAuthError::ClientIdMismatch),
            "{other}"
        );
    }
}

#[test]
fn debug_shows_no_secret() {
    let params = Params::parse_query("client_id=a&client_secret=hunter2").unwrap();
    let shown = format!(
        "{:?} {:?}",
        Presented::parse(None, &params),
        parse_basic(&basic("id:hunter2+x"))
    );
    assert!(shown.contains("[redacted]") && !shown.contains("hunter2"), "{shown}");
}

proptest! {
    #[test]
    fn parse_never_panics(header in any::<Vec<u8>>(), credentials in any::<Vec<u8>>()) {
        let _ = Presented::parse(Some(&header), &Params::default());
        let _ = parse(&format!("Basic {}", STANDARD.encode(credentials)), &Params::default());
    }

    #[test]
    fn what_is_encoded_comes_back(id in "[^\\x00]{1,30}", secret in "[^\\x00]{0,30}") {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let sent = parse_basic(&basic(&format!("{}:{}", encode(&id), encode(&secret)))).unwrap();
        prop_assert_eq!(sent.client_id(), id);
        prop_assert_eq!(sent.secret(), Some(Secret(&secret)));
    }
}
