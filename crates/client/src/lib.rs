//! OAuth 2.1 for applications: finds an issuer, gets tokens and keeps them fresh.
#![warn(missing_docs)]

pub mod time;

pub use time::UnixMillis;
