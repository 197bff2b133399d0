use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::row::Pair;
use crate::load::Load;
use crate::{Failure, paced};

/// Machines' tokens that come evenly, as many as fill half of what the core can issue.
pub(super) struct Tokens {
    pub(super) address: SocketAddr,
    pub(super) request: Arc<[Vec<u8>]>,
    pub(super) per_second: f64,
}

impl Tokens {
    /// Their tail without anything beside them.
    pub(super) async fn alone(&self, duration: Duration) -> Result<Duration, Failure> {
        paced::p99(self.address, &self.request, self.per_second, duration).await
    }

    /// The same beside another load, which begins a moment earlier and ends a moment later.
    pub(super) async fn beside(&self, without: Duration, other: Load) -> Result<Pair, Failure> {
        let duration = other.duration;
        let paced = async {
            tokio::time::sleep(BEGINS_AFTER).await;
            paced::p99(
                self.address,
                &self.request,
                self.per_second,
                duration.saturating_sub(BEGINS_AFTER),
            )
            .await
        };
        let (beside, other) = tokio::try_join!(paced, other.measure())?;
        Ok(Pair {
            without,
            beside,
            admin_per_second: other.per_second,
        })
    }
}

const BEGINS_AFTER: Duration = Duration::from_millis(300);
