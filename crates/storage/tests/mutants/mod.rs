//! Functions that are broken on purpose: the exploration must notice each of them.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::{self, Outcome, Presentation};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::{Rotate, Rotation};
use keyward_testkit::explore::Subject;

/// What is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mutant {
    /// The token before the one before the current one works too.
    TwoBefore,
    /// Whoever presents a superseded token is refused, but the grant lives on.
    Forgiving,
    /// A token of a moment ago is answered with a second branch instead of the same successor.
    Branching,
    /// A successor that never arrived is given again however long ago that was, as if it had not been replaced.
    Timeless,
    /// A token before the current one always revokes: an answer may not be lost.
    Strict,
}

#[async_trait(?Send)]
impl Subject for Mutant {
    async fn rotate(&self, tx: &mut dyn Tx, token: Presentation) -> Result<Outcome, Fault> {
        let Some(standing) = tx.grant(token.grant).await? else {
            return Ok(Outcome::Unknown);
        };
        let before = token.sequence == standing.previous;
        let late = token.now.millis_since(standing.rotated_at) > 30_000;
        if !standing.is_live(token.now) {
            return Ok(Outcome::Ended);
        }
        match self {
            Self::TwoBefore if token.sequence + 2 == standing.sequence => return Ok(Outcome::Repeated(standing)),
            Self::Forgiving if !before && token.sequence != standing.sequence => return Ok(Outcome::Ended),
            Self::Branching if before && !late => {
                let step = Rotate {
                    grant: token.grant,
                    from: token.sequence,
                    at: standing.sequence,
                    now: token.now,
                    access_until: token.access_until,
                };
                if let Rotation::Rotated(grant) = tx.rotate_refresh_token(step).await? {
                    return Ok(Outcome::Rotated(grant));
                }
            }
            Self::Timeless if before => return Ok(Outcome::Repeated(standing)),
            Self::Strict if before => {
                let revoked = tx.revoke_grant(token.grant, token.now).await?;
                return Ok(revoked.map_or(Outcome::Ended, Outcome::Reused));
            }
            _ => {}
        }
        present::rotate(tx, token).await
    }

    async fn renew(&self, tx: &mut dyn Tx, standing: Grant, token: Presentation) -> Result<Outcome, Fault> {
        present::renew(tx, standing, token).await
    }
}
