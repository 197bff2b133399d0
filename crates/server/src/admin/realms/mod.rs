//! Realms.

pub mod create;
