//! An authorization request before any check.

use std::fmt;

use crate::params::Params;
use crate::secret::Secret;

/// The parameters of an authorization request as they came; nothing in them has been checked.
/// RFC 6749 §4.1.1, OIDC Core §3.1.2.1
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Draft<'a> {
    /// `client_id`.
    pub client_id: Option<&'a str>,
    /// `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// `response_type`.
    pub response_type: Option<&'a str>,
    /// `response_mode`. OAuth Multiple Response Types §2.1
    pub response_mode: Option<&'a str>,
    /// `scope`.
    pub scope: Option<&'a str>,
    /// `state`, to be sent back as it is.
    pub state: Option<&'a str>,
    /// `nonce`, to stand in the ID token as it is.
    pub nonce: Option<&'a str>,
    /// `prompt`.
    pub prompt: Option<&'a str>,
    /// `max_age`.
    pub max_age: Option<&'a str>,
    /// `login_hint`.
    pub login_hint: Option<&'a str>,
    /// `ui_locales`.
    pub ui_locales: Option<&'a str>,
    /// `acr_values`.
    pub acr_values: Option<&'a str>,
    /// `claims`. OIDC Core §5.5
    pub claims: Option<&'a str>,
    /// `id_token_hint`, not verified.
    pub id_token_hint: Option<Secret<'a>>,
    /// `code_challenge`. RFC 7636 §4.3
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`. RFC 7636 §4.3
    pub code_challenge_method: Option<&'a str>,
    /// `request`. RFC 9101 §5
    pub request: Option<&'a str>,
    /// `request_uri`. RFC 9101 §5, RFC 9126 §4
    pub request_uri: Option<&'a str>,
    /// `registration`. OIDC Core §7.2.1
    pub registration: Option<&'a str>,
    /// Every `resource`, in the order of the request. RFC 8707 §2.1
    pub resource: Vec<&'a str>,
}

impl<'a> Draft<'a> {
    /// Takes the known parameters of a query string or form body. RFC 6749 §3.1
    pub fn new(params: &'a Params<'_>) -> Self {
        Self {
            client_id: params.get("client_id"),
            redirect_uri: params.get("redirect_uri"),
            response_type: params.get("response_type"),
            response_mode: params.get("response_mode"),
            scope: params.get("scope"),
            state: params.get("state"),
            nonce: params.get("nonce"),
            prompt: params.get("prompt"),
            max_age: params.get("max_age"),
            login_hint: params.get("login_hint"),
            ui_locales: params.get("ui_locales"),
            acr_values: params.get("acr_values"),
            claims: params.get("claims"),
            id_token_hint: params.get("id_token_hint").map(Secret),
            code_challenge: params.get("code_challenge"),
            code_challenge_method: params.get("code_challenge_method"),
            request: params.get("request"),
            request_uri: params.get("request_uri"),
            registration: params.get("registration"),
            resource: params.all("resource").collect(),
        }
    }
}

/// The rest may say who somebody is, or hold what was meant to be a secret.
impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("client_id", &self.client_id)
            .field("response_type", &self.response_type)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_in_its_place() {
        let names = [
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "login_hint",
            "ui_locales",
            "acr_values",
            "claims",
            "id_token_hint",
            "code_challenge",
            "code_challenge_method",
            "request",
            "request_uri",
            "registration",
        ];
        let query: Vec<String> = names.iter().map(|name| format!("{name}={name}%3D1")).collect();
        let query = format!("{}&resource=a:b&resource=c:d&kc_idp_hint=x", query.join("&"));
        let params = Params::parse_query(&query).unwrap();
        let draft = Draft::new(&params);
        let values = [
            draft.client_id,
            draft.redirect_uri,
            draft.response_type,
            draft.response_mode,
            draft.scope,
            draft.state,
            draft.nonce,
            draft.prompt,
            draft.max_age,
            draft.login_hint,
            draft.ui_locales,
            draft.acr_values,
            draft.claims,
            draft.id_token_hint.map(Secret::reveal),
            draft.code_challenge,
            draft.code_challenge_method,
            draft.request,
            draft.request_uri,
            draft.registration,
        ];
        for (name, value) in names.iter().zip(values) {
            assert_eq!(value, Some(format!("{name}=1").as_str()));
        }
        assert_eq!(draft.resource, ["a:b", "c:d"]);
    }

    #[test]
    fn debug_shows_no_hint() {
        let params = Params::parse_query("client_id=spa&login_hint=alice&id_token_hint=a.b.c&state=s1").unwrap();
        let shown = format!("{:?}", Draft::new(&params));
        assert!(shown.contains("spa") && !shown.contains("alice") && !shown.contains("a.b.c") && !shown.contains("s1"));
    }
}
