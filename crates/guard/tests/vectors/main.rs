//! The attack table: every vector, on every way to run a guard.

#[path = "../support/mod.rs"]
mod support;

mod canary;
mod chapters;
mod flight;
mod flood;
mod rotation;
#[cfg(any(feature = "gateway", feature = "forward-auth"))]
mod stages;
