use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

#[test]
fn a_form_is_read() {
    let params = Params::parse_form(b"grant_type=client_credentials&scope=orders%3Aread+orders%3Acreate").unwrap();
    assert_eq!(params.get("grant_type"), Some("client_credentials"));
    assert_eq!(params.get("scope"), Some("orders:read orders:create"));
    assert_eq!(params.get("resource"), None);
}

#[test]
fn what_is_not_encoded_is_borrowed() {
    let params = Params::parse_form(b"a=plain&b=enc%20oded").unwrap();
    assert!(matches!(
        params.pairs.as_slice(),
        [(_, Cow::Borrowed("plain")), (_, Cow::Owned(_))]
    ));
}

#[test]
fn an_empty_value_is_absent() {
    let params = Params::parse_form(b"scope=&token&=&&client_id=a&scope=x").unwrap();
    assert_eq!(params.get("token"), None);
    assert_eq!(params.get("scope"), Some("x"));
    assert_eq!(params.get("client_id"), Some("a"));
}

#[test]
fn only_the_first_equals_sign_separates() {
    assert_eq!(Params::parse_query("a=b=c==").unwrap().get("a"), Some("b=c=="));
}

#[test]
fn duplicated_parameter_refused() {
    for twice in [
        "client_id=a&client_id=b",
        "client_id=a&x=1&client_id=a",
        "client_id=a&client%5Fid=b",
        "zzz=1&zzz=1",
    ] {
        assert_eq!(
            Params::parse_query(twice).unwrap_err(),
            ParamsError::Duplicate,
            "{twice}"
        );
    }
}

#[test]
fn resource_and_audience_may_repeat() {
    let params = Params::parse_query("resource=a&audience=x&resource=b&audience=y").unwrap();
    assert_eq!(params.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(params.all("audience").collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(params.get("resource"), Some("a"));
}

#[test]
fn broken_bytes_refused() {
    assert_eq!(Params::parse_form(b"a=\xff").unwrap_err(), ParamsError::BrokenUtf8);
    assert_eq!(Params::parse_form(b"a=%ff").unwrap_err(), ParamsError::BrokenUtf8);
    assert_eq!(Params::parse_form(b"%c3=1").unwrap_err(), ParamsError::BrokenUtf8);
    assert_eq!(Params::parse_form(b"a=%4").unwrap_err(), ParamsError::BrokenEscape);
    assert_eq!(Params::parse_form(b"a=%zz").unwrap_err(), ParamsError::BrokenEscape);
    assert_eq!(Params::parse_form(b"a=1%00").unwrap_err(), ParamsError::Nul);
    assert_eq!(Params::parse_form(b"a=1\0").unwrap_err(), ParamsError::Nul);
    assert_eq!(Params::parse_form(b"a\0=").unwrap_err(), ParamsError::Nul);
}

#[test]
fn oversize_refused() {
    let of = |name: &str, length: usize| format!("{name}={}", "x".repeat(length));
    assert!(Params::parse_query(&of("scope", MAX_PARAMETER_BYTES)).is_ok());
    assert_eq!(
        Params::parse_query(&of("scope", MAX_PARAMETER_BYTES + 1)).unwrap_err(),
        ParamsError::ParameterTooLong
    );
    assert!(Params::parse_query(&of("token", MAX_TOKEN_BYTES)).is_ok());
    assert_eq!(
        Params::parse_query(&of("token", MAX_TOKEN_BYTES + 1)).unwrap_err(),
        ParamsError::ParameterTooLong
    );
    assert_eq!(
        Params::parse_query(&"n".repeat(MAX_PARAMETER_BYTES + 1)).unwrap_err(),
        ParamsError::ParameterTooLong
    );
    assert_eq!(
        Params::parse_query(&of("token", MAX_FORM_BYTES)).unwrap_err(),
        ParamsError::TooLarge
    );
    assert_eq!(
        Params::parse_form(&vec![b'&'; MAX_FORM_BYTES + 1]).unwrap_err(),
        ParamsError::TooLarge
    );
}

#[test]
fn too_many_parameters_refused() {
    let form = |count: usize| (0..count).map(|i| format!("p{i}=1")).collect::<Vec<_>>().join("&");
    assert!(Params::parse_query(&form(MAX_PAIRS)).is_ok());
    assert_eq!(
        Params::parse_query(&form(MAX_PAIRS + 1)).unwrap_err(),
        ParamsError::TooManyPairs
    );
    assert_eq!(
        Params::parse_query(&"resource=&".repeat(MAX_PAIRS + 1)).unwrap_err(),
        ParamsError::TooManyPairs
    );
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", Params::parse_query("client_secret=hunter2&hunter3=1").unwrap());
    assert_eq!(shown, "Params { count: 2, .. }");
}

proptest! {
    #[test]
    fn parse_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Params::parse_form(&body);
    }

    #[test]
    fn parse_never_panics_on_form_like_text(query in "([a-c%+=&0-9\\x00ü]{0,40})") {
        let _ = Params::parse_query(&query);
    }

    #[test]
    fn what_is_encoded_comes_back(values in proptest::collection::vec("[^\\x00]{1,20}", 0..20)) {
        let form = values
            .iter()
            .enumerate()
            .map(|(i, value)| format!("n{i}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect::<Vec<_>>()
            .join("&");
        let params = Params::parse_form(form.as_bytes()).unwrap();
        for (i, value) in values.iter().enumerate() {
            prop_assert_eq!(params.get(&format!("n{i}")), Some(value.as_str()));
        }
    }
}
