//! OAuth 2.1 and OpenID Connect on the wire: parsers, wire types and the rules that need neither clock nor store.
//!
//! One file per chapter of the standards. Nothing here does IO; what a request means for a realm is decided elsewhere.
#![warn(missing_docs)]

pub mod at_jwt;
pub mod client_auth;
pub mod error;
mod form;
pub mod introspection;
pub mod metadata;
pub mod params;
pub mod revocation;
pub mod scope;
pub mod token;
pub mod token_type_hint;
