//! Rules that decide what a token holds and how long it lives.

pub mod audience;
pub mod claims;
pub mod lifetime;
pub mod scope;
