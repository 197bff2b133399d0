//! Realms.

mod built_in;
pub mod create;
