//! Logout that a client begins. OIDC RP-Initiated Logout §2

use std::fmt;

use crate::authorize::response::push_value;
use crate::params::Params;
use crate::secret::Secret;

/// A logout request as it came; nothing in it has been checked. OIDC RP-Initiated Logout §2
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct LogoutRequest<'a> {
    /// `id_token_hint`, not verified; it may have expired.
    pub id_token_hint: Option<Secret<'a>>,
    /// `client_id`, which must be the hint's audience when both are there.
    pub client_id: Option<&'a str>,
    /// `post_logout_redirect_uri`.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// `state`, to be sent back as it is.
    pub state: Option<&'a str>,
    /// `ui_locales`.
    pub ui_locales: Option<&'a str>,
    /// `refresh_token`: with it an authenticated client ends the session without a browser, as with Keycloak.
    pub refresh_token: Option<Secret<'a>>,
}

impl<'a> LogoutRequest<'a> {
    /// Takes the known parameters of a query string or form body.
    pub fn new(params: &'a Params<'_>) -> Self {
        Self {
            id_token_hint: params.get("id_token_hint").map(Secret),
            client_id: params.get("client_id"),
            post_logout_redirect_uri: params.get("post_logout_redirect_uri"),
            state: params.get("state"),
            ui_locales: params.get("ui_locales"),
            refresh_token: params.get("refresh_token").map(Secret),
        }
    }
}

/// Where the browser goes after the logout: the address, a query that it has, and `state`.
/// OIDC RP-Initiated Logout §3
pub fn location(uri: &str, state: Option<&str>) -> String {
    let mut location = uri.to_owned();
    if let Some(state) = state {
        location.push(if uri.contains('?') { '&' } else { '?' });
        location.push_str("state=");
        push_value(state, &mut location);
    }
    location
}

/// The hints may say who somebody is.
impl fmt::Debug for LogoutRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutRequest")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_comes_back_as_it_was() {
        assert_eq!(location("https://a.b/c", None), "https://a.b/c");
        assert_eq!(
            location("https://a.b/c", Some("x&y=\u{fc} z")),
            "https://a.b/c?state=x%26y%3D%C3%BC+z"
        );
        assert_eq!(location("https://a.b/c?d", Some("s")), "https://a.b/c?d&state=s");
    }

    #[test]
    fn every_parameter_in_its_place() {
        let params = Params::parse_query(
            "id_token_hint=a.b.c&logout_hint=alice&client_id=shop-web&state=bye1&ui_locales=de&refresh_token=d.e.f\
             &post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A4000%2Fcb",
        )
        .unwrap();
        let request = LogoutRequest::new(&params);
        assert_eq!(
            request,
            LogoutRequest {
                id_token_hint: Some(Secret("a.b.c")),
                client_id: Some("shop-web"),
                post_logout_redirect_uri: Some("http://localhost:4000/cb"),
                state: Some("bye1"),
                ui_locales: Some("de"),
                refresh_token: Some(Secret("d.e.f")),
            }
        );
        let shown = format!("{request:?}");
        assert!(!shown.contains("a.b.c") && !shown.contains("d.e.f") && !shown.contains("alice"));
    }

    #[test]
    fn nothing_is_required() {
        let params = Params::parse_query("foo=1").unwrap();
        assert_eq!(LogoutRequest::new(&params), LogoutRequest::default());
    }
}
