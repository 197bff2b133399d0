//! Keycloak's representations, and what they mean here: one file for each, reading and writing side by side.

/// The version of Keycloak that is followed, as it names itself.
pub(crate) const FOLLOWED: &str = "26.7.4";

pub(crate) mod client;
pub(crate) mod client_scope;
pub(crate) mod consent;
pub(crate) mod credential;
pub(crate) mod document_secret;
pub(crate) mod event;
pub(crate) mod group;
pub(crate) mod key_component;
pub(crate) mod lenient;
pub(crate) mod mapper;
pub mod not_enforced;
pub(crate) mod realm;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod session_bounds;
pub(crate) mod shown_secret;
pub(crate) mod user;
