//! What was answered so far, and what may be true at all, whatever the row or the model say.

use keyward_domain::Timestamp;
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::Outcome;

/// The answers of one grant whose tokens rotate.
#[derive(Debug)]
pub(super) struct Ledger {
    /// To which token each one was given, and when; the first to none.
    issued: Vec<(i64, Timestamp)>,
    /// Whether somebody has revoked it, by hand or by a token that was not theirs.
    killed: bool,
    idle_ms: i64,
    end: Timestamp,
}

impl Ledger {
    pub(super) fn new(grant: &Grant) -> Self {
        Self {
            issued: vec![(-1, grant.rotated_at)],
            killed: false,
            idle_ms: grant.idle_secs * 1000,
            end: grant.expires_at,
        }
    }

    /// How many tokens were issued.
    pub(super) fn issued(&self) -> i64 {
        i64::try_from(self.issued.len()).unwrap_or(i64::MAX)
    }

    /// Somebody revoked it.
    pub(super) const fn revoked(&mut self) {
        self.killed = true;
    }

    /// Writes down an answer, and says what is wrong with it.
    pub(super) fn write(&mut self, token: i64, now: Timestamp, outcome: &Outcome, honest: bool) -> Result<(), String> {
        let current = self.issued() - 1;
        let (parent, issued_at) = self.issued.last().copied().unwrap_or_default();
        let over = now >= self.end || now.millis() - issued_at.millis() >= self.idle_ms;
        let live = !self.killed && !over;
        let window = now.millis() - issued_at.millis() <= 30_000;
        match outcome {
            Outcome::Rotated(grant) => {
                ensure(live, "a token worked after the end")?;
                ensure(token == current, "a token that is not current gave a new branch")?;
                ensure(grant.sequence == current + 1, "a place was given twice or left out")?;
                self.issued.push((token, grant.rotated_at));
            }
            Outcome::Reissued { grant, dead, .. } => {
                ensure(live, "a token worked after the end")?;
                ensure(
                    token == parent && !window,
                    "a successor was replaced that may have arrived",
                )?;
                ensure(
                    *dead == current,
                    "the token that was replaced is not the one that is dead",
                )?;
                ensure(grant.sequence == current + 1, "a place was given twice or left out")?;
                self.issued.push((token, grant.rotated_at));
            }
            Outcome::Repeated(grant) => {
                ensure(live, "a token worked after the end")?;
                ensure(token == parent && window, "a superseded token worked")?;
                let fresh = now.millis() - issued_at.millis() <= 20_000;
                let same = grant.sequence == current && (!fresh || grant.rotated_at == issued_at);
                ensure(same, "a repeated answer is not the same")?;
                if let Some(last) = self.issued.last_mut() {
                    last.1 = grant.rotated_at;
                }
            }
            Outcome::Reused(_) => {
                ensure(!honest, "an honest client was taken for a thief")?;
                ensure(live, "a grant was revoked after its end")?;
                ensure(
                    token != current && token != parent,
                    "a token that is good revoked the grant",
                )?;
                self.killed = true;
            }
            Outcome::Ended => ensure(!live, "a grant that lives was said to have ended")?,
            Outcome::Unknown => return Err("the grant is gone".into()),
        }
        ensure(!honest || over || !self.killed, "an honest client was logged out")
    }
}

pub(super) fn ensure(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
