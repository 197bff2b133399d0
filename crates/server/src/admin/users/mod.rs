//! Users.

pub mod create;
