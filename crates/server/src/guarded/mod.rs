//! The server as a user of its own guard: an access token of a realm that comes back to it, at userinfo, the account,
//! introspection and revocation.
//!
//! The guard recognizes a token, by keys that stand in this process's memory, and remembers it. Each request asks again
//! whether the token stands, in the revocation log and the realm as they are at that moment: one that was revoked, or
//! whose client or person was disabled, is refused at once however often it has passed before.

mod standing;
mod token;
mod told;

pub(crate) use token::{Live, Token, find};
pub(crate) use told::{granted, moment};
