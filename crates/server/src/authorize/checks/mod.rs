//! What an authorization request must be, check by check.
//!
//! The client and the redirect URI come first: until both are known an error is shown to the person, afterwards it goes
//! to the client (RFC 6749 §4.1.2.1). Each other check reads the draft and fills its part of the request.

use keyward_protocol::authorize::{Draft, Prompt, ResponseMode, ResponseType};
use keyward_protocol::error::ErrorCode;

use super::request::{AuthorizationRequest, TrustedRedirect};
use crate::pages::ErrorKind;
use crate::snapshot::{ClientEntry, RealmSnapshot};

pub(crate) mod claims;
mod client;
mod hint;
mod length;
mod max_age;
mod pkce;
mod prompt;
mod redirect_uri;
mod request_object;
mod resource;
mod response_mode;
mod response_type;
mod scope;

/// A check of what comes after client and redirect URI.
pub(crate) type Check = fn(&Checked<'_>, &mut AuthorizationRequest) -> Result<(), Refused>;

/// The checks in the order in which they run: the name, what it keeps, and the check.
pub(crate) const TABLE: [(&str, &str, Check); 11] = [
    (
        "response_mode",
        "OAuth Multiple Response Types §2.1",
        response_mode::check,
    ),
    ("request_object", "OIDC Core §6", request_object::check),
    ("response_type", "RFC 6749 §3.1.1", response_type::check),
    ("prompt", "OIDC Core §3.1.2.1", prompt::check),
    ("max_age", "OIDC Core §3.1.2.1", max_age::check),
    ("claims", "OIDC Core §5.5", claims::check),
    ("scope", "RFC 6749 §3.3", scope::check),
    ("resource", "RFC 8707 §2", resource::check),
    ("pkce", "RFC 7636 §4.4.1", pkce::check),
    ("id_token_hint", "OIDC Core §3.1.2.1", hint::check),
    ("length", "RFC 6749 §4.1.2.1", length::check),
];

/// What a check sees.
pub(crate) struct Checked<'a> {
    /// The parameters as they came.
    pub(crate) draft: &'a Draft<'a>,
    /// The client.
    pub(crate) client: &'a ClientEntry,
    /// The realm.
    pub(crate) realm: &'a RealmSnapshot,
}

/// Why a check refused: what the client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: ErrorCode,
    pub(crate) description: Option<String>,
}

impl Refused {
    pub(crate) fn new(code: ErrorCode, description: &str) -> Self {
        Self {
            code,
            description: Some(description.to_owned()),
        }
    }

    pub(crate) const fn bare(code: ErrorCode) -> Self {
        Self {
            code,
            description: None,
        }
    }
}

/// Why a request goes no further, and who is told.
pub(crate) enum AuthorizeError {
    /// The person: nobody knows whose request it is, or where an answer may go.
    Display {
        kind: ErrorKind,
        client_id: Option<String>,
        detail: Option<String>,
    },
    /// The client, by redirect.
    Redirect {
        client_id: String,
        to: TrustedRedirect,
        refused: Refused,
    },
}

/// Runs every check.
pub(crate) fn run(draft: &Draft<'_>, realm: &RealmSnapshot) -> Result<AuthorizationRequest, AuthorizeError> {
    let client = client::check(draft, realm)?;
    let uri = redirect_uri::check(draft, client)?;
    let mut request = AuthorizationRequest {
        client_id: client.client.client_id.clone(),
        redirect: TrustedRedirect {
            uri,
            mode: error_mode(draft),
            state: draft.state.map(str::to_owned),
        },
        scope: Vec::new(),
        nonce: draft.nonce.map(str::to_owned),
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: draft.login_hint.filter(|hint| hint.len() <= 255).map(str::to_owned),
        ui_locales: draft.ui_locales.map(str::to_owned),
        claims: None,
        subject: None,
        resource: Vec::new(),
    };
    let checked = Checked { draft, client, realm };
    for (_, _, check) in TABLE {
        if let Err(refused) = check(&checked, &mut request) {
            return Err(AuthorizeError::Redirect {
                client_id: request.client_id,
                to: request.redirect,
                refused,
            });
        }
    }
    Ok(request)
}

/// Where the client looks for an error when the mode itself is in doubt.
fn error_mode(draft: &Draft<'_>) -> ResponseMode {
    let asked = draft.response_mode.and_then(|mode| ResponseMode::parse(mode).ok());
    asked.unwrap_or_else(|| match ResponseType::parse(draft.response_type) {
        Ok(ResponseType::Code) => ResponseMode::Query,
        Err(error) => error.default_mode(),
    })
}
