//! The client against servers on this machine.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test may panic"
)]

mod support;

mod authorization_code;
mod call;
mod client_credentials;
mod examples;
mod id_token;
mod introspect;
mod issuer;
mod jwks;
#[cfg(feature = "reqwest")]
mod middleware;
mod refresh;
mod transport;
