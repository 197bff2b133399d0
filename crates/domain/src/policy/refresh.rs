//! What a refresh token that is presented means (RFC 9700 §4.14.2).
//!
//! A grant has one current token and remembers the one that it was given for. An honest client holds one of the two:
//! the current one, or, when the answer with it was lost on the way, the one before. Whoever presents anything else
//! shows that two hold tokens of this grant.

use crate::grant::Grant;
use crate::timestamp::Timestamp;

/// Seconds after a rotation in which the token before is answered with the very same successor: parallel requests of
/// one client, and retries.
pub const REPEAT_SECS: i64 = 30;

/// A repeat later than this many seconds after the rotation begins the time in which repeats are answered anew: else
/// two requests of one client on either side of its end would get two successors, one of them dead.
pub const FRESH_SECS: i64 = 20;

/// A grant whose refresh tokens do not rotate is written at most once in this many seconds, if it may lie unused for
/// half an hour or more.
pub const TOUCH_SECS: i64 = 60;

/// What a token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It is the current one.
    Current,
    /// Its successor was issued just now and has not been used: the same one is given again.
    Repeated,
    /// Its successor was issued a while ago and has never been used, so it never arrived: another is given, and the
    /// first is dead.
    Undelivered,
    /// It was superseded by one that was used, or declared dead: somebody holds a token that is not theirs.
    Reused,
}

/// Judges a token by its place in the row of the grant's tokens.
pub fn judge(grant: &Grant, sequence: i64, now: Timestamp) -> Presented {
    if sequence < 0 {
        // Before the first token there was none.
        Presented::Reused
    } else if sequence == grant.sequence {
        Presented::Current
    } else if sequence != grant.previous {
        Presented::Reused
    } else if now.millis_since(grant.rotated_at) <= REPEAT_SECS * 1000 {
        Presented::Repeated
    } else {
        Presented::Undelivered
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Presented, Timestamp, judge};
    use crate::grant::{Authorized, Grant, GrantKind};
    use crate::id::{ClientUuid, GrantId, RealmId, SessionId, UserId};

    fn grant(sequence: i64, previous: i64) -> Grant {
        let id = Uuid::nil();
        Grant {
            id: GrantId(id),
            realm: RealmId(id),
            client: ClientUuid(id),
            user: UserId(id),
            session: SessionId(id),
            kind: GrantKind::Online,
            authorized: Authorized::default(),
            sequence,
            previous,
            rotated_at: Timestamp::from_secs(1_000),
            idle_secs: 1_800,
            access_until: Timestamp::from_secs(1_300),
            created_at: Timestamp::from_secs(900),
            expires_at: Timestamp::from_secs(36_900),
            revoked_at: None,
        }
    }

    #[test]
    fn two_tokens_are_honest_and_no_third() {
        let grant = grant(5, 3);
        let (soon, later) = (Timestamp::from_secs(1_030), Timestamp::from_millis(1_030_001));
        assert_eq!(judge(&grant, 5, later), Presented::Current);
        assert_eq!(judge(&grant, 3, soon), Presented::Repeated);
        assert_eq!(judge(&grant, 3, later), Presented::Undelivered);
        for other in [-1, 0, 2, 4, 6] {
            assert_eq!(judge(&grant, other, soon), Presented::Reused, "{other}");
        }
    }

    #[test]
    fn nothing_comes_before_the_first_token() {
        assert_eq!(judge(&grant(0, -1), 0, Timestamp::from_secs(1_000)), Presented::Current);
        for other in [-1, 1] {
            assert_eq!(
                judge(&grant(0, -1), other, Timestamp::from_secs(1_000)),
                Presented::Reused
            );
        }
    }

    #[test]
    fn an_unused_token_ends() {
        let grant = grant(0, -1);
        assert!(grant.is_live(Timestamp::from_secs(2_799)));
        assert!(!grant.is_live(Timestamp::from_secs(2_800)));
    }
}
