//! Rules that decide what a token holds and how long it lives.

pub mod audience;
pub mod claims;
pub mod grant_lifespan;
pub mod lifetime;
pub mod lockout;
pub mod password;
pub mod refresh;
pub mod scope;
