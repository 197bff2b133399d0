use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::row::{Half, Pair};
use crate::caller::Repeat;
use crate::load::Load;
use crate::{Failure, paced};

/// Machines' tokens: as many as the core can issue, and evenly half as many.
pub(super) struct Tokens {
    pub(super) address: SocketAddr,
    pub(super) process: u32,
    pub(super) request: Arc<[Vec<u8>]>,
    pub(super) connections: u16,
    /// Half of what the core can issue.
    pub(super) per_second: f64,
    pub(super) duration: Duration,
}

impl Tokens {
    /// Their tails without and beside `other`, a load that is made anew for each.
    pub(super) async fn pair(&self, mut other: impl AsyncFnMut() -> Result<Load, Failure>) -> Result<Pair, Failure> {
        let without = self.full().measure().await?.p99;
        let (beside, admin) = tokio::try_join!(self.full().measure(), other().await?.measure())?;
        let half = Half {
            without: self.half(self.duration).await?,
            beside: self.half_beside(other().await?).await?,
        };
        Ok(Pair {
            without,
            beside: beside.p99,
            admin_per_second: admin.per_second,
            half,
        })
    }

    /// As many as the core can issue.
    pub(super) fn full(&self) -> Load {
        Load {
            address: self.address,
            process: self.process,
            callers: Repeat::callers(&self.request, "\"access_token\":", self.connections),
            duration: self.duration,
        }
    }

    async fn half(&self, duration: Duration) -> Result<Duration, Failure> {
        paced::p99(self.address, &self.request, self.per_second, duration).await
    }

    /// The other load begins a moment earlier and ends a moment later.
    async fn half_beside(&self, other: Load) -> Result<Duration, Failure> {
        let paced = async {
            tokio::time::sleep(BEGINS_AFTER).await;
            self.half(self.duration.saturating_sub(BEGINS_AFTER)).await
        };
        let (beside, _) = tokio::try_join!(paced, other.measure())?;
        Ok(beside)
    }
}

const BEGINS_AFTER: Duration = Duration::from_millis(300);
