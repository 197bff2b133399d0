//! The attack table: every vector, on every way to run a guard.

#[path = "../support/mod.rs"]
mod support;

mod chapters;
#[cfg(any(feature = "gateway", feature = "forward-auth"))]
mod stages;
