//! Whether whoever sends a token may: the place of proofs of possession (RFC 9449, RFC 8705).
//!
//! No proof is understood yet, so a token that is bound to a key or a certificate is refused where its claims are read,
//! and never let through as a bearer token. What stands here is the same rule once more, for callers that come from
//! elsewhere than from claims.

use crate::caller::Caller;
use crate::denial::Reason;

/// A caller whose token asks for a proof goes no further. RFC 7800 §3.1
pub(crate) fn check(caller: &Caller) -> Result<(), Reason> {
    if caller.claims.contains_key("cnf") {
        return Err(Reason::SenderConstrained);
    }
    Ok(())
}
