//! The credential of a request: exactly one, in the `Authorization` header. RFC 6750 §2.1

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::denial::Reason;

/// The longest token, in bytes.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// The access token of a request. It is never taken from the query or from a form. RFC 9700 §4.3.2
pub(crate) fn credential<'r>(headers: &'r HeaderMap, query: Option<&str>) -> Result<&'r str, Reason> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Reason::NoCredential);
    };
    if values.next().is_some() || query.is_some_and(has_token) {
        return Err(Reason::SeveralCredentials);
    }
    let value = value.as_bytes();
    let Some((scheme, token)) = value
        .iter()
        .position(|&byte| byte == b' ')
        .and_then(|end| value.split_at_checked(end))
    else {
        return Err(Reason::NoCredential);
    };
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Reason::NoCredential);
    }
    let token = token.get(1..).unwrap_or_default();
    if token.is_empty() || token.len() > MAX_TOKEN || !is_b64token(token) {
        return Err(Reason::MalformedToken);
    }
    str::from_utf8(token).map_err(|_| Reason::MalformedToken)
}

/// RFC 6750 §2.1. Every byte is looked at, whatever was found: so the compiler can take many at a time.
fn is_b64token(token: &[u8]) -> bool {
    let fits = |byte: u8| {
        u8::from(byte.is_ascii_alphanumeric())
            | u8::from(matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'='))
    };
    token.iter().fold(1, |all, &byte| all & fits(byte)) == 1
}

/// Whether a query holds an `access_token`, in whatever spelling. RFC 6750 §2.3
fn has_token(query: &str) -> bool {
    query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .any(|name| name == "access_token" || (name.contains('%') && unescaped(name) == b"access_token"))
}

/// Percent-decodes; what is no escape stays as it is. RFC 3986 §2.1
fn unescaped(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (AUTHORIZATION, value.parse().unwrap()))
            .collect()
    }

    fn found(value: &str) -> Result<String, Reason> {
        credential(&headers(&[value]), None).map(str::to_owned)
    }

    #[test]
    fn one_bearer_token() {
        for value in [
            "Bearer a.b-c_d~e+f/g==",
            "bearer a.b-c_d~e+f/g==",
            "BEARER a.b-c_d~e+f/g==",
        ] {
            assert_eq!(found(value).as_deref(), Ok("a.b-c_d~e+f/g=="), "{value}");
        }
    }

    #[test]
    fn another_scheme_is_no_credential() {
        for value in [
            "Basic eDp5",
            "Basic a.b.c",
            "DPoP a.b.c",
            "Bearer",
            "Bearer\ta.b.c",
            "",
            "a.b.c",
        ] {
            assert_eq!(found(value), Err(Reason::NoCredential), "{value}");
        }
        assert_eq!(credential(&HeaderMap::new(), None), Err(Reason::NoCredential));
    }

    #[test]
    fn what_no_token_looks_like() {
        for value in ["Bearer ", "Bearer  a.b.c", "Bearer a b", "Bearer a,b", "Bearer a\"b"] {
            assert_eq!(found(value), Err(Reason::MalformedToken), "{value:?}");
        }
        let mut foreign = HeaderMap::new();
        foreign.insert(
            AUTHORIZATION,
            http::HeaderValue::from_bytes("Bearer ü".as_bytes()).unwrap(),
        );
        assert_eq!(credential(&foreign, None), Err(Reason::MalformedToken));
        assert_eq!(
            found(&format!("Bearer {}", "a".repeat(MAX_TOKEN + 1))),
            Err(Reason::MalformedToken)
        );
        assert!(found(&format!("Bearer {}", "a".repeat(MAX_TOKEN))).is_ok());
    }

    #[test]
    fn two_credentials_are_refused_whichever_is_good() {
        let two = headers(&["Bearer a.b.c", "Bearer d.e.f"]);
        assert_eq!(credential(&two, None), Err(Reason::SeveralCredentials));
        let one = headers(&["Bearer a.b.c"]);
        assert_eq!(
            credential(&one, Some("x=1&access_token=d.e.f")),
            Err(Reason::SeveralCredentials)
        );
        assert_eq!(
            credential(&one, Some("access%5ftoke%6E")),
            Err(Reason::SeveralCredentials)
        );
        for harmless in [
            "access_tokens=1&x=access_token",
            "access%",
            "%61ccess%5",
            "access%255Ftoken",
            "%zz",
        ] {
            assert_eq!(credential(&one, Some(harmless)), Ok("a.b.c"), "{harmless}");
        }
    }

    #[test]
    fn a_token_in_the_query_is_no_credential() {
        assert_eq!(
            credential(&HeaderMap::new(), Some("access_token=a.b.c")),
            Err(Reason::NoCredential)
        );
    }
}
