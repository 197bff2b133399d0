//! Claims that no mapper writes.

use crate::scope::mapper::ClaimPath;

/// What validators decide by: who issued a token, for whom, about whom, to whom, for what and until when, how the
/// subject authenticated, what it may do. Mappers made for one of them (audience, roles, `acr`) write it in its own
/// place.
const PROTECTED: [&str; 25] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "typ",
    "azp",
    "client_id",
    "scope",
    "cnf",
    "act",
    "may_act",
    "sid",
    "session_state",
    "nonce",
    "acr",
    "auth_time",
    "at_hash",
    "c_hash",
    "realm_access",
    "resource_access",
    "authorization",
    "allowed-origins",
];

/// What the token answer itself says (RFC 6749 §5.1).
const OF_THE_ANSWER: [&str; 13] = [
    "access_token",
    "token_type",
    "expires_in",
    "refresh_token",
    "refresh_expires_in",
    "id_token",
    "not-before-policy",
    "session_state",
    "scope",
    "issued_token_type",
    "authorization_details",
    "error",
    "error_description",
];

/// Whether a mapper may write a claim of this name, or into it.
pub(super) fn is_free(path: &ClaimPath) -> bool {
    path.first().is_some_and(|name| !PROTECTED.contains(&name))
}

/// Whether a mapper may write a member of this name into the token answer.
pub(super) fn is_free_in_answer(path: &ClaimPath) -> bool {
    path.first().is_some_and(|name| !OF_THE_ANSWER.contains(&name))
}
