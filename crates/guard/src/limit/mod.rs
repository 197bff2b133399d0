//! How many requests a caller may make.
//!
//! A [`Limit`] is a name and a [`Quota`]; a [`Bucket`] is that limit for one caller, who is known by a [`Key`]. A
//! [`Limiter`] takes from all buckets of a request or from none, and its [`Report`] becomes header fields by
//! [`HeaderStyle`].
//!
//! | Algorithm | Lets through | Error against an exact count |
//! |---|---|---|
//! | [`Algorithm::Window`] | at most the quota in any window, a burst included | never more; a request is refused only if it would have been over the quota in a window 2 % longer |
//! | [`Algorithm::Gcra`] | the quota per window as an even flow, and a burst at once | none |
//!
//! Memory is bounded ([`LocalStore`]), and forgetting makes nobody's count smaller.

mod bucket;
mod gcra;
mod headers;
mod key;
mod limiter;
mod local;
mod quota;
mod report;
#[cfg(feature = "redis")]
mod shared;
mod state;
#[cfg(test)]
mod tests;
mod window;

pub use bucket::{Bucket, Limit, LimitNameError, OnStoreError, Place};
pub use headers::HeaderStyle;
pub use key::{Key, KeySecret, KeySecretTooShort, Part};
pub use limiter::{Limiter, LimiterState, StoreUnavailable};
pub use local::{LocalState, LocalStore};
pub use quota::{Algorithm, Quota, QuotaError};
pub use report::{Report, Source, Standing};
#[cfg(feature = "redis")]
pub use shared::{RedisError, RedisSettings, RedisStore, SharedState, StoreFailure};
