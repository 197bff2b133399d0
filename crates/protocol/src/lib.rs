//! OAuth 2.1 and OpenID Connect on the wire: parsers, wire types and the rules that need neither clock nor store.
//!
//! One file per chapter of the standards. Nothing here does IO; what a request means for a realm is decided elsewhere.
#![warn(missing_docs)]

pub mod at_jwt;
pub mod authorize;
pub mod bearer;
pub mod claims_request;
pub mod client_auth;
pub mod error;
mod extra;
mod form;
pub mod id_token;
pub mod introspection;
pub mod logout;
pub mod metadata;
mod one_or_many;
pub mod params;
pub mod pkce;
pub mod refresh_token;
pub mod resource;
pub mod revocation;
pub mod scope;
mod secret;
pub mod token;
pub mod token_type_hint;

pub use self::secret::Secret;
