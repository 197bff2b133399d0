//! The attack table: every vector, on every way to run a guard.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod canary;
mod chapters;
mod flight;
mod flood;
#[cfg(feature = "forward-auth")]
mod peers;
mod rotation;
#[cfg(any(feature = "gateway", feature = "forward-auth"))]
mod stages;
