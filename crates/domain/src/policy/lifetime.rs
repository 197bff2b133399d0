//! How long access tokens live.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// Longest lifespan without [`AccessTokenLifespan::long`]: a stolen token works until it ends, wherever an API
/// validates locally.
pub const LONGEST_SECS: u32 = 15 * 60;

/// Longest lifespan at all.
pub const LONGEST_ON_REQUEST_SECS: u32 = 24 * 60 * 60;

/// Lifespan of an access token in seconds: 5 minutes by default, never above 15 minutes unless whoever sets it
/// says that it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct AccessTokenLifespan {
    secs: u32,
    long: bool,
}

/// A lifespan is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifespanError {
    /// Zero.
    #[error("an access token must live at least one second")]
    Zero,
    /// Above 15 minutes and not said to be meant.
    #[error("an access token of more than {LONGEST_SECS} seconds must be asked for as a long one")]
    Long,
    /// Above a day.
    #[error("an access token lives at most {LONGEST_ON_REQUEST_SECS} seconds")]
    TooLong,
}

impl AccessTokenLifespan {
    /// 1 second to 15 minutes.
    pub const fn new(secs: u32) -> Result<Self, LifespanError> {
        match secs {
            0 => Err(LifespanError::Zero),
            1..=LONGEST_SECS => Ok(Self { secs, long: false }),
            _ => Err(LifespanError::Long),
        }
    }

    /// Up to a day: whoever calls this has been told what it means.
    pub const fn long(secs: u32) -> Result<Self, LifespanError> {
        match secs {
            0 => Err(LifespanError::Zero),
            1..=LONGEST_ON_REQUEST_SECS => Ok(Self {
                secs,
                long: secs > LONGEST_SECS,
            }),
            _ => Err(LifespanError::TooLong),
        }
    }

    /// Seconds.
    pub const fn secs(self) -> u32 {
        self.secs
    }
}

impl Default for AccessTokenLifespan {
    fn default() -> Self {
        Self { secs: 300, long: false }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    secs: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    long: bool,
}

impl TryFrom<Stored> for AccessTokenLifespan {
    type Error = LifespanError;

    fn try_from(stored: Stored) -> Result<Self, LifespanError> {
        if stored.long {
            Self::long(stored.secs)
        } else {
            Self::new(stored.secs)
        }
    }
}

impl From<AccessTokenLifespan> for Stored {
    fn from(lifespan: AccessTokenLifespan) -> Self {
        Self {
            secs: lifespan.secs,
            long: lifespan.long,
        }
    }
}

const SESSION_IDLE_SECS: u32 = 1_800;
const SESSION_MAX_SECS: u32 = 36_000;
const OFFLINE_SESSION_IDLE_SECS: u32 = 2_592_000;
const OFFLINE_SESSION_MAX_SECS: u32 = 5_184_000;

/// How long logins live, and what comes of them; all in seconds, by the names of Keycloak's realm fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionLifespans {
    /// A session, and a refresh token of it, that is not used ends after this; 30 minutes, as where it is 0.
    pub sso_session_idle_timeout: u32,
    /// A session ends after this whatever happens; 10 hours, as where it is 0.
    pub sso_session_max_lifespan: u32,
    /// An offline refresh token that is not used ends after this; 30 days, as where it is 0.
    pub offline_session_idle_timeout: u32,
    /// Whether an offline grant ends whatever happens. Off in realms that come from Keycloak and say nothing of it.
    pub offline_session_max_lifespan_enabled: bool,
    /// If so, it ends after this; 60 days, as where it is 0.
    pub offline_session_max_lifespan: u32,
    /// A grant that is not used ends after this, unless its client says otherwise; with its session where it is 0.
    pub client_session_idle_timeout: u32,
    /// A grant ends after this whatever happens, unless its client says otherwise; with its session where it is 0.
    pub client_session_max_lifespan: u32,
    /// The same for offline grants that are not used; `offline_session_idle_timeout` where it is 0.
    pub client_offline_session_idle_timeout: u32,
    /// The same for offline grants whatever happens; `offline_session_max_lifespan` where it is 0.
    pub client_offline_session_max_lifespan: u32,
    /// An authorization code works this long; 60 seconds, which is also the most (OAuth 2.1 §4.1.2).
    pub access_code_lifespan: u32,
    /// A person may take this long to log in; 30 minutes.
    pub access_code_lifespan_login: u32,
}

impl Default for SessionLifespans {
    fn default() -> Self {
        Self {
            sso_session_idle_timeout: SESSION_IDLE_SECS,
            sso_session_max_lifespan: SESSION_MAX_SECS,
            offline_session_idle_timeout: OFFLINE_SESSION_IDLE_SECS,
            offline_session_max_lifespan_enabled: true,
            offline_session_max_lifespan: OFFLINE_SESSION_MAX_SECS,
            client_session_idle_timeout: 0,
            client_session_max_lifespan: 0,
            client_offline_session_idle_timeout: 0,
            client_offline_session_max_lifespan: 0,
            access_code_lifespan: 60,
            access_code_lifespan_login: 1_800,
        }
    }
}

impl SessionLifespans {
    /// Seconds after which a session that is not used ends.
    pub fn session_idle_secs(&self) -> u32 {
        or_usual(self.sso_session_idle_timeout, SESSION_IDLE_SECS)
    }

    /// Seconds after which a session ends whatever happens.
    pub fn session_max_secs(&self) -> u32 {
        or_usual(self.sso_session_max_lifespan, SESSION_MAX_SECS)
    }

    /// Seconds after which an offline grant that is not used ends.
    pub fn offline_session_idle_secs(&self) -> u32 {
        or_usual(self.offline_session_idle_timeout, OFFLINE_SESSION_IDLE_SECS)
    }

    /// Seconds after which an offline grant ends whatever happens, where it does.
    pub fn offline_session_max_secs(&self) -> u32 {
        or_usual(self.offline_session_max_lifespan, OFFLINE_SESSION_MAX_SECS)
    }

    /// Seconds that a code works: never more than a minute, whatever was set.
    pub fn code_secs(&self) -> i64 {
        i64::from(self.access_code_lifespan.clamp(1, 60))
    }
}

/// Keycloak takes a zero for what every realm has.
fn or_usual(secs: u32, usual: u32) -> u32 {
    if secs == 0 { usual } else { secs }
}

/// How strict a client's tokens are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityProfile {
    /// The lifespan as it was set.
    #[default]
    Standard,
    /// 1 to 5 minutes, whatever else was set.
    High,
}

/// Lifespan in seconds of a token: the client's own, else the realm's, brought within the client's profile.
pub fn lifespan(realm: AccessTokenLifespan, client: Option<AccessTokenLifespan>, profile: SecurityProfile) -> u32 {
    let secs = client.unwrap_or(realm).secs();
    match profile {
        SecurityProfile::Standard => secs,
        SecurityProfile::High => secs.clamp(60, 300),
    }
}

/// Whether a token issued at `issued_at` is older than a not-before that was set later (Keycloak's `notBefore`).
/// Tokens carry whole seconds, so the comparison is in seconds and a token of the same second stays good.
pub const fn is_before(issued_at_secs: i64, not_before: Timestamp) -> bool {
    issued_at_secs < not_before.secs()
}

#[cfg(test)]
mod tests {
    use super::{AccessTokenLifespan, LifespanError, SecurityProfile, lifespan};

    #[test]
    fn nothing_above_fifteen_minutes_without_saying_so() {
        assert_eq!(AccessTokenLifespan::new(901), Err(LifespanError::Long));
        assert_eq!(AccessTokenLifespan::long(901).unwrap().secs(), 901);
        assert!(serde_json::from_str::<AccessTokenLifespan>(r#"{"secs":3600}"#).is_err());
        assert!(serde_json::from_str::<AccessTokenLifespan>(r#"{"secs":3600,"long":true}"#).is_ok());
    }

    #[test]
    fn the_high_profile_stays_within_one_and_five_minutes() {
        let realm = AccessTokenLifespan::new(900).unwrap();
        assert_eq!(lifespan(realm, None, SecurityProfile::High), 300);
        assert_eq!(
            lifespan(realm, AccessTokenLifespan::new(10).ok(), SecurityProfile::High),
            60
        );
        assert_eq!(
            lifespan(realm, AccessTokenLifespan::new(10).ok(), SecurityProfile::Standard),
            10
        );
    }
}
