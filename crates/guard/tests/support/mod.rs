//! What stands around a guard in a test.

pub(crate) mod calls;
pub(crate) mod issuers;
pub(crate) mod key_sets;
pub(crate) mod server;
#[cfg(any(feature = "gateway", feature = "forward-auth"))]
pub(crate) mod upstream;
#[cfg(any(feature = "gateway", feature = "forward-auth"))]
pub(crate) mod wire;
