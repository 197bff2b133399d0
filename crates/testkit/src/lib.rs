//! What tests share: things with literal values, a clock that is set by hand, entropy that repeats itself, and the
//! suite that every store must pass. Not shipped.
#![warn(missing_docs)]

pub mod builders;
pub mod clock;
pub mod entropy;
pub mod storage_suite;

pub use clock::TestClock;
pub use entropy::SeededEntropy;
