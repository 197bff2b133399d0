//! Presenting a refresh token to a store: the life of a grant, one step at a time.
//!
//! The token endpoint and the test that explores random interleavings run this very function.

use super::Grant;
use crate::fault::Fault;
use crate::id::GrantId;
use crate::policy::refresh::{self, FRESH_SECS, Presented, TOUCH_SECS};
use crate::ports::Grants;
use crate::ports::grants::{Revoked, Rotate, Rotation};
use crate::timestamp::Timestamp;

/// How often another transaction may get in between before this one gives up.
const ATTEMPTS: u32 = 8;

/// A refresh token that the server made, on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The grant that it names.
    pub grant: GrantId,
    /// Its place in the row of the grant's tokens.
    pub sequence: i64,
    /// When.
    pub now: Timestamp,
    /// When an access token ends that is issued now.
    pub access_until: Timestamp,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A new token goes out, by the grant as it stands.
    Rotated(Grant),
    /// The same token as a moment ago goes out again.
    Repeated(Grant),
    /// A new token goes out in place of one that never arrived.
    Reissued {
        /// The grant as it stands.
        grant: Grant,
        /// The place of the one that is dead now.
        dead: i64,
        /// When the access token ends that went with it.
        dead_until: Timestamp,
    },
    /// Somebody else holds a token of this grant: it is revoked, with everything that came of it. This commits.
    Reused(Revoked),
    /// The grant was revoked or has ended.
    Ended,
    /// There is none.
    Unknown,
}

/// Presents a token of a grant whose tokens rotate (RFC 9700 §4.14.2).
pub async fn rotate(tx: &mut dyn Grants, token: Presentation) -> Result<Outcome, Fault> {
    let Presentation {
        grant,
        sequence,
        now,
        access_until,
    } = token;
    let step = |at| Rotate {
        grant,
        from: sequence,
        at,
        now,
        access_until,
    };
    // Nearly always it is the current one, and this single statement is all.
    let mut standing = match tx.rotate_refresh_token(step(sequence)).await? {
        Rotation::Rotated(grant) => return Ok(Outcome::Rotated(grant)),
        Rotation::Superseded(grant) => grant,
        Rotation::Ended(_) => return Ok(Outcome::Ended),
        Rotation::Unknown => return Ok(Outcome::Unknown),
    };
    for _ in 0..ATTEMPTS {
        let at = match refresh::judge(&standing, sequence, now) {
            Presented::Repeated if now.millis_since(standing.rotated_at) > FRESH_SECS * 1000 => {
                let touched = tx.touch_grant(grant, standing.rotated_at, now, access_until).await?;
                match touched {
                    Rotation::Rotated(grant) => return Ok(Outcome::Repeated(grant)),
                    Rotation::Superseded(grant) => standing = grant,
                    Rotation::Ended(_) => return Ok(Outcome::Ended),
                    Rotation::Unknown => return Ok(Outcome::Unknown),
                }
                continue;
            }
            Presented::Repeated => return Ok(Outcome::Repeated(standing)),
            Presented::Reused => return reused(tx, &standing, now).await,
            Presented::Current => sequence,
            Presented::Undelivered => standing.sequence,
        };
        match tx.rotate_refresh_token(step(at)).await? {
            Rotation::Rotated(grant) if at == sequence => return Ok(Outcome::Rotated(grant)),
            Rotation::Rotated(grant) => {
                return Ok(Outcome::Reissued {
                    grant,
                    dead: at,
                    dead_until: standing.access_until,
                });
            }
            Rotation::Superseded(grant) => standing = grant,
            Rotation::Ended(_) => return Ok(Outcome::Ended),
            Rotation::Unknown => return Ok(Outcome::Unknown),
        }
    }
    Err(Fault::Conflict("a grant that keeps changing".into()))
}

/// Presents a token of a grant whose tokens do not rotate: every token of the current place is good, and the row is
/// written once in a while to note that the grant is in use.
pub async fn renew(tx: &mut dyn Grants, standing: Grant, token: Presentation) -> Result<Outcome, Fault> {
    let now = token.now;
    if !standing.is_live(now) {
        return Ok(Outcome::Ended);
    }
    if token.sequence != standing.sequence {
        return reused(tx, &standing, now).await;
    }
    if !needs_touch(&standing, token) {
        return Ok(Outcome::Repeated(standing));
    }
    let touched = tx
        .touch_grant(standing.id, standing.rotated_at, now, token.access_until)
        .await?;
    Ok(match touched {
        Rotation::Rotated(grant) => Outcome::Rotated(grant),
        // Another request noted it a moment ago.
        Rotation::Superseded(grant) => Outcome::Repeated(grant),
        Rotation::Ended(_) => Outcome::Ended,
        Rotation::Unknown => Outcome::Unknown,
    })
}

/// Whether presenting a token that does not rotate must write: without it the request needs no transaction.
pub fn needs_touch(standing: &Grant, token: Presentation) -> bool {
    // A grant that ends soon when it is not used must be noted the sooner: else a client that uses it lost it.
    let touch_secs = TOUCH_SECS.min(standing.idle_secs / 30);
    token.now.millis_since(standing.rotated_at) > touch_secs * 1000
        || token.access_until > standing.access_until.plus_secs(TOUCH_SECS)
}

async fn reused(tx: &mut dyn Grants, standing: &Grant, now: Timestamp) -> Result<Outcome, Fault> {
    Ok(match tx.revoke_grant(standing.id, now).await? {
        Some(revoked) => Outcome::Reused(revoked),
        None => Outcome::Ended,
    })
}
