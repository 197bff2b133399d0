//! What a grant should do, said in another way than the policy says it: each token that was ever issued is live,
//! stands by in case its successor did not arrive, or is dead.

use keyward_domain::Timestamp;
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::Outcome;
use keyward_domain::ports::grants::Revoked;

/// Milliseconds in which a token that stands by is answered with the same successor.
const WINDOW: i64 = 30_000;

/// Milliseconds after which such an answer begins that time anew.
const FRESH: i64 = 20_000;

/// Milliseconds for which the use of a token that does not rotate need not be noted.
const UNNOTED: i64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Live,
    StandsBy,
    Dead,
}

/// The model of one grant.
#[derive(Clone, Debug)]
pub(super) struct Model {
    tokens: Vec<State>,
    row: Grant,
}

impl Model {
    pub(super) fn new(row: Grant) -> Self {
        Self {
            tokens: vec![State::Live],
            row,
        }
    }

    /// The row as it should be.
    pub(super) const fn row(&self) -> &Grant {
        &self.row
    }

    /// Whether nothing has ended it.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        is_live(&self.row, now)
    }

    /// A token is presented and the next one may go out.
    pub(super) fn rotate(&mut self, token: i64, now: Timestamp, access_until: Timestamp) -> Outcome {
        if !self.is_live(now) {
            return Outcome::Ended;
        }
        let index = usize::try_from(token).unwrap_or(usize::MAX);
        match self.tokens.get(index).copied().unwrap_or(State::Dead) {
            State::Dead => self.kill(now),
            State::Live => {
                for state in &mut self.tokens {
                    *state = State::Dead;
                }
                if let Some(state) = self.tokens.get_mut(index) {
                    *state = State::StandsBy;
                }
                self.issue(token, now, access_until);
                Outcome::Rotated(self.row.clone())
            }
            State::StandsBy if now.millis() - self.row.rotated_at.millis() <= WINDOW => {
                if now.millis() - self.row.rotated_at.millis() > FRESH {
                    self.note(now, access_until);
                }
                Outcome::Repeated(self.row.clone())
            }
            State::StandsBy => {
                let (dead, dead_until) = (self.row.sequence, self.row.access_until);
                if let Some(state) = self.tokens.last_mut() {
                    *state = State::Dead;
                }
                self.issue(token, now, access_until);
                Outcome::Reissued {
                    grant: self.row.clone(),
                    dead,
                    dead_until,
                }
            }
        }
    }

    /// A token that does not rotate is presented by somebody who saw the row as `standing`.
    pub(super) fn renew(&mut self, standing: &Grant, token: i64, now: Timestamp, access_until: Timestamp) -> Outcome {
        if !is_live(standing, now) {
            return Outcome::Ended;
        }
        if token != 0 {
            return match self.row.revoked_at {
                None => self.kill(now),
                Some(_) => Outcome::Ended,
            };
        }
        let unnoted = now.millis() - standing.rotated_at.millis();
        let longer = access_until.millis() - standing.access_until.millis();
        // A thirtieth of the time that it may lie unused, where that is less.
        let soon = standing.idle_secs / 30 * 1000;
        if unnoted <= UNNOTED.min(soon) && longer <= UNNOTED {
            return Outcome::Repeated(standing.clone());
        }
        if !self.is_live(now) {
            return Outcome::Ended;
        }
        if standing.rotated_at != self.row.rotated_at {
            return Outcome::Repeated(self.row.clone());
        }
        self.note(now, access_until);
        Outcome::Rotated(self.row.clone())
    }

    /// Somebody revokes it. Returns what `revoke_grant` should.
    pub(super) fn revoke(&mut self, now: Timestamp) -> Option<Revoked> {
        if self.row.revoked_at.is_some() {
            return None;
        }
        self.row.revoked_at = Some(now);
        Some(Revoked {
            grant: self.row.id,
            access_until: self.row.access_until,
        })
    }

    fn kill(&mut self, now: Timestamp) -> Outcome {
        self.revoke(now).map_or(Outcome::Ended, Outcome::Reused)
    }

    fn issue(&mut self, to: i64, now: Timestamp, access_until: Timestamp) {
        self.row.sequence = i64::try_from(self.tokens.len()).unwrap_or(i64::MAX);
        self.row.previous = to;
        self.tokens.push(State::Live);
        self.note(now, access_until);
    }

    fn note(&mut self, now: Timestamp, access_until: Timestamp) {
        self.row.rotated_at = now;
        self.row.access_until = self.row.access_until.max(access_until);
    }
}

fn is_live(row: &Grant, now: Timestamp) -> bool {
    let idle = now.millis() - row.rotated_at.millis();
    row.revoked_at.is_none() && now < row.expires_at && idle < row.idle_secs * 1000
}
