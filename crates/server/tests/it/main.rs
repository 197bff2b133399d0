//! The server over real HTTP, one file per feature.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test may panic"
)]

mod support;

mod audit;
mod authorization_code;
mod bad_input;
mod borders;
mod changes;
mod client_auth;
mod client_credentials;
mod cors;
mod discovery;
mod introspection;
mod jwks;
mod key_rotation;
mod lifetimes;
mod management;
mod outage;
mod realms;
mod recorded;
mod request_id;
mod revocation;
mod throttle;
mod transport;
