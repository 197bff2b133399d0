//! Readers of what happens: audit events, metrics, and the log.
//!
//! Events reach this crate through [`audit::AuditQueue`], which never makes a request wait. One thread drains it and
//! shows each batch to every [`audit::Reader`]: the JSON lines of [`audit::Writer`], the counters of
//! [`metrics::EventCounter`]. A guard's decisions take the same way as [`audit::Line`], and are counted by
//! [`guard::GuardMetrics`].
#![warn(missing_docs)]

pub mod audit;
pub mod guard;
pub mod metrics;
pub mod trace;

#[cfg(test)]
mod sample;
