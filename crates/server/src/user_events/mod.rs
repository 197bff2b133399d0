//! What people and clients did, for the administrators of a realm that wants it listed, in Keycloak's words.
//!
//! A request fills a [`EventDraft`] as it learns things and says at its end how it went. Nothing waits for the
//! database: events stand in a bounded [`Queue`] from which a job writes them, and whoever asks for the list has the
//! queue written first.

mod draft;
mod policy;
mod queue;
pub(crate) mod told;
pub(crate) mod types;

pub(crate) use draft::EventDraft;
pub(crate) use policy::{EventPolicy, Recorded};
pub(crate) use queue::Queue;
