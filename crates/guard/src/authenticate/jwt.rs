//! A signed token, judged by its issuer's keys. RFC 9068 §4, RFC 8725

use std::sync::Arc;

use keyward_client::UnixMillis;
use keyward_client::jwks::KeyError;
use keyward_jose::{JwsError, Unverified};

use super::{Issuer, Issuers, Source, claims};
use crate::caller::Caller;
use crate::denial::Reason;

/// The issuer, the state of its keys, and the caller that the token names, whether or not its time is now. Nothing of
/// the payload is looked at before the signature, but for the name of the issuer whose key is tried.
pub(crate) async fn verify(
    issuers: &Issuers,
    token: &str,
    source: Source,
    now: UnixMillis,
) -> Result<(Arc<Issuer>, u64, Caller), Reason> {
    let unverified = Unverified::parse(token).map_err(reason)?;
    let issuer = {
        let name = unverified.unverified_issuer().ok_or(Reason::Claims)?;
        issuers.named(&name).ok_or(Reason::UnknownIssuer)?
    };
    let algorithm = unverified.alg();
    if !issuer.algorithms.contains(&algorithm) {
        return Err(Reason::Algorithm);
    }
    if !issuer.takes_type(unverified.typ()) {
        return Err(Reason::NotAnAccessToken);
    }
    // Read before the key: should it change in between, what is remembered of this token is already outdated.
    let generation = issuer.keys.generation();
    let key = issuer
        .keys
        .key(unverified.kid(), algorithm, now)
        .await
        .map_err(|error| match error {
            KeyError::Unknown => Reason::UnknownKey,
            KeyError::AlgorithmMismatch => Reason::Algorithm,
            KeyError::Unavailable => Reason::KeysUnavailable,
        })?;
    let verified = unverified.verify(&key).map_err(reason)?;
    let members = verified.object().map_err(reason)?;
    let caller = claims::caller(issuer, members, source)?;
    Ok((Arc::clone(issuer), generation, caller))
}

fn reason(error: JwsError) -> Reason {
    match error {
        JwsError::TooLarge | JwsError::Parts | JwsError::Base64 => Reason::MalformedToken,
        JwsError::Header | JwsError::Algorithm | JwsError::Extension | JwsError::AlgorithmMismatch => Reason::Algorithm,
        JwsError::Signature => Reason::Signature,
        JwsError::Claims => Reason::Claims,
    }
}
