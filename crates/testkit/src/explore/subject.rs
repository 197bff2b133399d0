//! What is explored.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::{self, Outcome, Presentation};
use keyward_domain::ports::Tx;

/// Whatever presents tokens to a store: the real function, or one that is broken on purpose, to show that the
/// exploration would notice. Its futures may stay on one thread, so that it can ask for any single port.
#[async_trait(?Send)]
pub trait Subject: Send + Sync {
    /// Presents a token of a grant whose tokens rotate.
    async fn rotate(&self, tx: &mut dyn Tx, token: Presentation) -> Result<Outcome, Fault>;

    /// Presents a token of a grant whose tokens do not rotate.
    async fn renew(&self, tx: &mut dyn Tx, standing: Grant, token: Presentation) -> Result<Outcome, Fault>;
}

/// The function that the token endpoint runs.
#[derive(Clone, Copy, Debug)]
pub struct Real;

#[async_trait(?Send)]
impl Subject for Real {
    async fn rotate(&self, tx: &mut dyn Tx, token: Presentation) -> Result<Outcome, Fault> {
        present::rotate(tx, token).await
    }

    async fn renew(&self, tx: &mut dyn Tx, standing: Grant, token: Presentation) -> Result<Outcome, Fault> {
        present::renew(tx, standing, token).await
    }
}
