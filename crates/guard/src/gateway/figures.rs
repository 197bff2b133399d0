//! What the gateway counts, beside what the guard's observers count of each decision.

use std::sync::atomic::{AtomicU64, Ordering};

use super::respond::Trouble;

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Figures {
    bad_gateway: AtomicU64,
    gateway_timeout: AtomicU64,
    slow_bodies: AtomicU64,
    too_large: AtomicU64,
    busy: AtomicU64,
    tunnels: AtomicU64,
    reloads: AtomicU64,
    failed_reloads: AtomicU64,
}

impl Figures {
    /// Name and value of each count, the name as in a metric (`gateway_{name}_total`).
    pub fn counts(&self) -> [(&'static str, u64); 8] {
        [
            ("bad_gateway", &self.bad_gateway),
            ("gateway_timeout", &self.gateway_timeout),
            ("request_timeout", &self.slow_bodies),
            ("body_too_large", &self.too_large),
            ("busy", &self.busy),
            ("tunnels", &self.tunnels),
            ("reloads", &self.reloads),
            ("failed_reloads", &self.failed_reloads),
        ]
        .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }

    pub(crate) fn trouble(&self, trouble: Trouble) {
        let count = match trouble {
            Trouble::BadGateway => &self.bad_gateway,
            Trouble::GatewayTimeout => &self.gateway_timeout,
            Trouble::SlowBody => &self.slow_bodies,
            Trouble::TooLarge => &self.too_large,
            Trouble::Busy => &self.busy,
            Trouble::Method | Trouble::Coding | Trouble::NoTarget | Trouble::BrokenBody => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn tunnel(&self) {
        self.tunnels.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn reload(&self) {
        self.reloads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed_reload(&self) {
        self.failed_reloads.fetch_add(1, Ordering::Relaxed);
    }
}
