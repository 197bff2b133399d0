//! Reading an answer, plain or signed.

use std::time::Duration;

use keyward_jose::Unverified;
use keyward_jose::strict;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

use super::{IntrospectError, Introspection};
use crate::audience::Audience;
use crate::json;
use crate::jwks::JwksCache;
use crate::time::UnixMillis;

/// How far the issuer's clock may be from ours, and how old a signed answer may be.
const LEEWAY: Duration = Duration::from_mins(1);

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// The media type is another than was asked for: an unsigned answer where a signed one is wanted, a page.
    #[error("the answer has another media type than was asked for")]
    MediaType,
    /// Not a JSON object that says each thing once, or `active` is no boolean. RFC 7662 §2.2
    #[error("the answer is malformed")]
    Malformed,
    /// Not a JWT that is signed with an algorithm of ours. RFC 9701 §5
    #[error("the answer is no signed JWT")]
    NotSigned,
    /// The header's `typ` is not `token-introspection+jwt`. RFC 9701 §5
    #[error("the answer's typ is not token-introspection+jwt")]
    Type,
    /// The signature is not the issuer's.
    #[error("the answer's signature is invalid")]
    Signature,
    /// `iss` is another issuer. RFC 9701 §5
    #[error("the answer is from another issuer")]
    Issuer,
    /// `aud` is another client. RFC 9701 §5
    #[error("the answer is for another client")]
    Audience,
    /// `iat` is too far from now. RFC 9701 §5
    #[error("the answer is not of this minute")]
    Time,
}

/// Who must have signed, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
}

/// A plain answer. RFC 7662 §2.2
pub(super) fn json(body: &[u8]) -> Result<Introspection, AnswerError> {
    introspection(strict::object(body).map_err(|_| AnswerError::Malformed)?)
}

/// A signed answer. RFC 9701 §5
pub(super) async fn signed(
    body: &[u8],
    expected: Expected<'_>,
    keys: &JwksCache,
    now: UnixMillis,
) -> Result<Introspection, IntrospectError> {
    let text = str::from_utf8(body).map_err(|_| AnswerError::NotSigned)?;
    let token = Unverified::parse(text.trim_ascii()).map_err(|_| AnswerError::NotSigned)?;
    if !token.typ().is_some_and(is_introspection) {
        return Err(AnswerError::Type.into());
    }
    let key = keys.key(token.kid(), token.alg(), now).await?;
    let verified = token.verify(&key).map_err(|_| AnswerError::Signature)?;
    let claims: Claims = json::parse(verified.payload()).map_err(|_| AnswerError::Malformed)?;
    if claims.iss != expected.issuer {
        return Err(AnswerError::Issuer.into());
    }
    if !claims.aud.is_only(expected.audience) {
        return Err(AnswerError::Audience.into());
    }
    if now.secs().abs_diff(claims.iat) > LEEWAY.as_secs() {
        return Err(AnswerError::Time.into());
    }
    Ok(introspection(claims.token_introspection)?)
}

/// `typ` is compared without case, and `application/` may stand before it. RFC 7515 §4.1.9
fn is_introspection(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == "token-introspection+jwt"
}

fn introspection(members: Map<String, Value>) -> Result<Introspection, AnswerError> {
    match members.get("active") {
        Some(Value::Bool(true)) => Ok(Introspection::Active(members)),
        Some(Value::Bool(false)) => Ok(Introspection::Inactive),
        _ => Err(AnswerError::Malformed),
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: u64,
    token_introspection: Map<String, Value>,
}
