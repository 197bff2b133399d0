//! Whether whoever sends a token may: the place of proofs of possession (RFC 9449, RFC 8705).

use crate::caller::Caller;
use crate::denial::Reason;

/// A token that is bound to a key or a certificate is worth nothing without the proof. None is understood yet, so it is
/// refused, and never let through as a bearer token. RFC 7800 §3.1
pub(crate) fn check(caller: &Caller) -> Result<(), Reason> {
    if caller.is_bound {
        return Err(Reason::SenderConstrained);
    }
    Ok(())
}
