//! Why a request goes no further, and what each reason means outside. This is the only such table.

use std::time::Duration;

use keyward_protocol::error::ErrorCode;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Why. For the audit record and the metrics; callers learn only what [`Reason::outward`] says.
    pub reason: Reason,
    /// What would have let it pass, as far as the caller may know.
    pub wanted: Wanted,
}

/// What would let a request pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing that can be said.
    #[default]
    Nothing,
    /// A token with all of these scopes. RFC 6750 §3.1
    Scope(String),
    /// A login of one of these classes, or a newer one. RFC 9470 §3
    StepUp {
        /// Classes, joined by spaces.
        acr_values: Option<String>,
        /// Seconds.
        max_age: Option<u64>,
    },
    /// One of these methods. RFC 9110 §15.5.6
    Methods(String),
    /// To come again after this long, because of the named limit.
    Later {
        /// How long.
        after: Duration,
        /// The limit.
        policy: Option<String>,
    },
}

impl Denial {
    /// A refusal of which nothing more can be said.
    pub const fn of(reason: Reason) -> Self {
        Self {
            reason,
            wanted: Wanted::Nothing,
        }
    }
}

impl From<Reason> for Denial {
    fn from(reason: Reason) -> Self {
        Self::of(reason)
    }
}

/// What a reason means outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outward {
    /// The status of the answer.
    pub status: u16,
    /// The `error` of the challenge or the problem; none when no credential came. RFC 6750 §3.1
    pub error: Option<ErrorCode>,
    /// For people. One for all that is wrong with a token: the exact reason would help whoever tries tokens.
    pub title: &'static str,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $code:literal $status:literal $error:expr, $title:expr;)*) => {
        /// Why a request goes no further.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $variant,)* }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code in records and metrics.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What callers learn.
            pub const fn outward(self) -> Outward {
                match self { $(Self::$variant => Outward { status: $status, error: $error, title: $title },)* }
            }
        }
    };
}

const TOKEN: &str = "The access token is missing what it needs, has ended, or is not for this API";
const REQUEST: &str = "The request cannot be read in one way only";
const UNAVAILABLE: &str = "Tokens cannot be checked at the moment";

reasons! {
    /// The path could mean two things: an empty or dot segment, an encoded slash, a control character.
    AmbiguousPath "ambiguous_path" 400 Some(ErrorCode::InvalidRequest), REQUEST;
    /// More than one `Host`, or a target that names another host.
    AmbiguousHost "ambiguous_host" 400 Some(ErrorCode::InvalidRequest), REQUEST;
    /// `Authorization` came twice, or a token in the query beside the header. RFC 6750 §2
    SeveralCredentials "several_credentials" 400 Some(ErrorCode::InvalidRequest), "More than one credential";
    /// A header that only a trusted proxy sets came twice from one.
    AmbiguousProxyHeader "ambiguous_proxy_header" 400 Some(ErrorCode::InvalidRequest), REQUEST;
    /// Nothing is configured for the path. Nothing is forwarded.
    NoRoute "no_route" 404 None, "There is nothing here";
    /// Something is configured for the path, but not for the method.
    NoSuchMethod "no_such_method" 405 None, "The method is not offered here";
    /// No credential came. RFC 6750 §3.1
    NoCredential "no_credential" 401 None, "A token is needed";
    /// What came is no token: too long, or with characters that no token has.
    MalformedToken "malformed_token" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The route takes only tokens that are signed, and this is another.
    NotSigned "not_signed" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The JOSE header asks for what is not understood, or its algorithm is not taken. RFC 8725 §3.1
    Algorithm "algorithm" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// `typ` says that it is something else than an access token. RFC 9068 §4
    NotAnAccessToken "not_an_access_token" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// No such issuer is configured for the route.
    UnknownIssuer "unknown_issuer" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The issuer has no such key.
    UnknownKey "unknown_key" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The signature is not the issuer's.
    Signature "signature" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// A claim is missing, twice there, or of the wrong type.
    Claims "claims" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It has ended.
    Expired "expired" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It is not valid yet, or issued in the future.
    NotYetValid "not_yet_valid" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It lives longer than the issuer's tokens may.
    LivesTooLong "lives_too_long" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It is for another API. RFC 9068 §4
    Audience "audience" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The issuer says that it is not active. RFC 7662 §2.2
    Inactive "inactive" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It was revoked, or whoever has it was.
    Revoked "revoked" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// It is bound to a key or a certificate, which cannot be proved here. RFC 7800 §3.1
    SenderConstrained "sender_constrained" 401 Some(ErrorCode::InvalidToken), TOKEN;
    /// The person logged in too long ago, or not well enough. RFC 9470 §3
    StepUp "step_up" 401 Some(ErrorCode::InsufficientUserAuthentication),
        "A newer or stronger login is needed";
    /// A scope is missing. RFC 6750 §3.1
    Scope "scope" 403 Some(ErrorCode::InsufficientScope), "The token's scope does not reach here";
    /// A role is missing.
    Role "role" 403 Some(ErrorCode::AccessDenied), "The caller may not do this";
    /// A claim has another value.
    ClaimValue "claim_value" 403 Some(ErrorCode::AccessDenied), "The caller may not do this";
    /// Callers of this kind may not come here.
    CallerKind "caller_kind" 403 Some(ErrorCode::AccessDenied), "The caller may not do this";
    /// The caller came too often. RFC 6585 §4
    Limit "limit" 429 None, "Too many requests";
    /// The address sent too many bad credentials.
    Failures "failures" 429 None, "Too many requests";
    /// The issuer's keys cannot be had.
    KeysUnavailable "keys_unavailable" 503 Some(ErrorCode::TemporarilyUnavailable), UNAVAILABLE;
    /// The issuer does not answer, or refuses our own credentials.
    IntrospectionUnavailable "introspection_unavailable" 503 Some(ErrorCode::TemporarilyUnavailable), UNAVAILABLE;
    /// It cannot be told whether the token was revoked.
    RevocationUnknown "revocation_unknown" 503 Some(ErrorCode::TemporarilyUnavailable), UNAVAILABLE;
    /// Counts cannot be had, and the limit says that then nobody passes.
    LimitUnavailable "limit_unavailable" 503 Some(ErrorCode::TemporarilyUnavailable), "Requests cannot be counted at the moment";
}

impl Reason {
    /// Whether it says that a credential was bad: such failures are counted by address.
    pub(crate) const fn is_bad_credential(self) -> bool {
        matches!(self.outward().error, Some(ErrorCode::InvalidToken))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_for_metrics() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        assert!(
            codes
                .iter()
                .all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        );
    }

    #[test]
    fn what_is_wrong_with_a_token_is_told_in_one_way_only() {
        let told: BTreeSet<_> = Reason::ALL
            .iter()
            .filter(|reason| reason.is_bad_credential())
            .map(|reason| (reason.outward().status, reason.outward().title))
            .collect();
        assert_eq!(told.len(), 1);
    }

    #[test]
    fn nothing_that_is_our_own_trouble_looks_like_a_bad_token() {
        for reason in Reason::ALL
            .iter()
            .filter(|reason| reason.code().ends_with("unavailable"))
        {
            assert_eq!(reason.outward().status, 503, "{reason:?}");
        }
    }
}
