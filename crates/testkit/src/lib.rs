//! What tests share: things with literal values, a clock that is set by hand, entropy that repeats itself, the
//! suite that every store must pass, and an exploration of what can happen to a grant. Not shipped.
#![warn(missing_docs)]

pub mod builders;
pub mod clock;
pub mod entropy;
pub mod explore;
pub mod storage_suite;

pub use clock::TestClock;
pub use entropy::SeededEntropy;
