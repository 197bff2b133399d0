//! OAuth 2.1 for applications: finds an issuer, gets tokens and keeps them fresh.
#![warn(missing_docs)]

pub mod client_auth;
pub mod flight;
pub mod form;
pub mod introspect;
pub mod issuer;
mod json;
pub mod jwks;
pub mod secret;
pub mod time;
pub mod transport;

pub use client_auth::ClientAuthentication;
pub use form::Form;
pub use introspect::{IntrospectError, Introspection, Introspector};
pub use issuer::{DiscoveryError, Issuer};
pub use jwks::{JwksCache, JwksOptions, KeySet};
pub use secret::Secret;
pub use time::UnixMillis;
pub use transport::{Answer, PlainHttp, Transport, TransportError, TransportOptions};
