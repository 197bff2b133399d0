//! The answer that goes back to the client through the browser. RFC 6749 §4.1.2

use std::fmt;

use super::ResponseMode;
use crate::error::{self, ErrorCode};

/// The parameters of an authorization response in Keycloak's order, with `iss` in success and refusal alike.
/// RFC 6749 §4.1.2, RFC 9207 §2
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    pairs: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// A code. `state` is what the client sent; `iss` is left out only for clients that cannot take it. RFC 6749 §4.1.2
    pub fn code(code: &str, state: Option<&str>, session_state: Option<&str>, iss: Option<&str>) -> Self {
        Self::new([
            ("state", state),
            ("session_state", session_state),
            ("iss", iss),
            ("code", Some(code)),
        ])
    }

    /// A refusal, its description cut to what [`error::description`] lets through. RFC 6749 §4.1.2.1
    pub fn error(error: ErrorCode, description: Option<&str>, state: Option<&str>, iss: Option<&str>) -> Self {
        let description = description.map(error::description);
        Self::new([
            ("error", Some(error.as_str())),
            ("error_description", description.as_deref()),
            ("state", state),
            ("iss", iss),
        ])
    }

    /// The names and values, not encoded: the fields of a form for [`ResponseMode::FormPost`].
    /// OAuth Form Post Response Mode §2
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.pairs.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The redirect URI with the parameters in its query or fragment, `None` for a form. A query that is there stays
    /// (RFC 6749 §3.1.2); a fragment, which no registered URI has, does not. Only visible ASCII comes out.
    /// RFC 6749 §4.1.2, §B
    pub fn location(&self, redirect_uri: &str, mode: ResponseMode) -> Option<String> {
        let (uri, _) = redirect_uri.split_once('#').unwrap_or((redirect_uri, ""));
        let mut location = String::with_capacity(uri.len() + 256);
        for byte in uri.bytes() {
            if byte.is_ascii_graphic() {
                location.push(char::from(byte));
            } else {
                push_escape(byte, &mut location);
            }
        }
        match mode {
            ResponseMode::Fragment => location.push('#'),
            ResponseMode::Query if !uri.contains('?') => location.push('?'),
            ResponseMode::Query if uri.ends_with(['?', '&']) => {}
            ResponseMode::Query => location.push('&'),
            ResponseMode::FormPost => return None,
        }
        for (index, (name, value)) in self.pairs().enumerate() {
            if index > 0 {
                location.push('&');
            }
            location.push_str(name);
            location.push('=');
            push_value(value, &mut location);
        }
        Some(location)
    }

    fn new(pairs: [(&'static str, Option<&str>); 4]) -> Self {
        Self {
            pairs: pairs
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?.to_owned())))
                .collect(),
        }
    }
}

/// A code is a secret.
impl fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

/// `application/x-www-form-urlencoded`; what is not unreserved is escaped. RFC 6749 §B
pub(crate) fn push_value(value: &str, out: &mut String) {
    for byte in value.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other if other.is_ascii_alphanumeric() => out.push(char::from(other)),
            other => push_escape(other, out),
        }
    }
}

fn push_escape(byte: u8, out: &mut String) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase());
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::params::Params;

    const ISSUER: &str = "http://127.0.0.1:8280/realms/shop";

    #[test]
    fn a_code_as_keycloak_sends_it() {
        let response = AuthorizationResponse::code("7ce6.Ul1P", Some("st-3b"), Some("Ul1P"), Some(ISSUER));
        assert_eq!(
            response
                .location("http://localhost:3000/cb", ResponseMode::Query)
                .unwrap(),
            "http://localhost:3000/cb?state=st-3b&session_state=Ul1P\
             &iss=http%3A%2F%2F127.0.0.1%3A8280%2Frealms%2Fshop&code=7ce6.Ul1P"
        );
        assert!(!format!("{response:?}").contains("7ce6"));
    }

    #[test]
    fn errors_as_keycloak_sends_them() {
        let missing = AuthorizationResponse::error(
            ErrorCode::InvalidRequest,
            Some("Missing parameter: response_type"),
            Some("s1"),
            Some(ISSUER),
        );
        assert_eq!(
            missing
                .location("http://localhost:3000/cb", ResponseMode::Query)
                .unwrap(),
            "http://localhost:3000/cb?error=invalid_request&error_description=Missing+parameter%3A+response_type\
             &state=s1&iss=http%3A%2F%2F127.0.0.1%3A8280%2Frealms%2Fshop"
        );
        let login = AuthorizationResponse::error(ErrorCode::LoginRequired, None, Some("s1"), Some(ISSUER));
        assert_eq!(
            login
                .location("http://localhost:3000/cb", ResponseMode::Fragment)
                .unwrap(),
            "http://localhost:3000/cb#error=login_required&state=s1\
             &iss=http%3A%2F%2F127.0.0.1%3A8280%2Frealms%2Fshop"
        );
    }

    #[test]
    fn the_query_of_the_redirect_uri_stays() {
        let response = AuthorizationResponse::code("c", None, None, None);
        for (uri, location) in [
            ("https://a/cb", "https://a/cb?code=c"),
            ("https://a/cb?x=%2B+1", "https://a/cb?x=%2B+1&code=c"),
            ("https://a/cb?", "https://a/cb?code=c"),
            ("https://a/cb?x=1&", "https://a/cb?x=1&code=c"),
            ("https://a/cb#old", "https://a/cb?code=c"),
            ("com.example.app:/cb", "com.example.app:/cb?code=c"),
        ] {
            assert_eq!(response.location(uri, ResponseMode::Query).unwrap(), location);
        }
        assert_eq!(
            response
                .location("https://a/cb?x=1#old", ResponseMode::Fragment)
                .unwrap(),
            "https://a/cb?x=1#code=c"
        );
    }

    #[test]
    fn a_form_has_pairs_and_no_location() {
        let response = AuthorizationResponse::code("c", Some("\"><script>"), None, Some(ISSUER));
        assert_eq!(response.location("https://a/cb", ResponseMode::FormPost), None);
        assert_eq!(
            response.pairs().collect::<Vec<_>>(),
            [("state", "\"><script>"), ("iss", ISSUER), ("code", "c")]
        );
    }

    #[test]
    fn header_injection_by_uri_or_state_is_escaped() {
        let response = AuthorizationResponse::code("c", Some("a\r\nSet-Cookie: d=1"), None, None);
        assert_eq!(
            response.location("https://a/\r\nX: y/ü", ResponseMode::Query).unwrap(),
            "https://a/%0D%0AX:%20y/%C3%BC?state=a%0D%0ASet-Cookie%3A+d%3D1&code=c"
        );
    }

    proptest! {
        #[test]
        fn state_comes_back_whole(state in any::<String>(), uri in any::<String>()) {
            let response = AuthorizationResponse::code("c", Some(&state), None, Some(ISSUER));
            for mode in [ResponseMode::Query, ResponseMode::Fragment] {
                let location = response.location(&uri, mode).unwrap();
                prop_assert!(location.bytes().all(|byte| byte.is_ascii_graphic()));
            }
            // A NUL never gets past the parser of the request.
            let state = state.replace('\0', "");
            prop_assume!(!state.is_empty() && state.len() < 4000);
            let response = AuthorizationResponse::code("c", Some(&state), None, Some(ISSUER));
            for (mode, mark) in [(ResponseMode::Query, '?'), (ResponseMode::Fragment, '#')] {
                let location = response.location("https://a/cb", mode).unwrap();
                let (_, query) = location.split_once(mark).unwrap();
                let params = Params::parse_query(query).unwrap();
                prop_assert_eq!(params.get("state"), Some(state.as_str()));
                prop_assert_eq!(params.get("iss"), Some(ISSUER));
            }
        }
    }
}
