//! Client scopes.

pub mod create;
