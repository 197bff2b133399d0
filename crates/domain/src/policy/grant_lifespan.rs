//! How long a grant lives: what its realm says of logins, what it says of clients in them, and what the client says of
//! itself. Keycloak calls a grant a client session.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::lifetime::SessionLifespans;
use crate::grant::{Grant, GrantKind};
use crate::timestamp::Timestamp;

/// What a client says of how long its grants live, in seconds; what it does not say, its realm does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientSessionLifespans {
    /// A grant that is not used ends after this (Keycloak's `client.session.idle.timeout`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<NonZeroU32>,
    /// A grant ends after this whatever happens (Keycloak's `client.session.max.lifespan`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lifespan: Option<NonZeroU32>,
    /// The same for offline grants (Keycloak's `client.offline.session.idle.timeout`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_idle_timeout: Option<NonZeroU32>,
    /// The same for offline grants (Keycloak's `client.offline.session.max.lifespan`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_max_lifespan: Option<NonZeroU32>,
}

/// How long grants of one kind live, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantLifespan {
    /// Without being used.
    pub idle_secs: u32,
    /// At most, from its beginning; [`NO_END`] where nothing ends it but lying idle.
    pub max_secs: u32,
}

/// More than a hundred years.
pub const NO_END: u32 = u32::MAX;

impl GrantLifespan {
    /// The client's own word counts before the realm's word for clients. Neither makes a grant outlive the login that it
    /// came of: the realm's word for logins bounds both. Offline grants have a longest life only where the realm says that
    /// they have one, or the client does.
    pub fn of(realm: &SessionLifespans, client: &ClientSessionLifespans, kind: GrantKind) -> Self {
        match kind {
            GrantKind::Online => Self {
                idle_secs: within(
                    client.idle_timeout,
                    realm.client_session_idle_timeout,
                    realm.session_idle_secs(),
                ),
                max_secs: within(
                    client.max_lifespan,
                    realm.client_session_max_lifespan,
                    realm.session_max_secs(),
                ),
            },
            GrantKind::Offline => {
                let (of_clients, most) = if realm.offline_session_max_lifespan_enabled {
                    (
                        realm.client_offline_session_max_lifespan,
                        realm.offline_session_max_secs(),
                    )
                } else {
                    (0, NO_END)
                };
                Self {
                    idle_secs: within(
                        client.offline_idle_timeout,
                        realm.client_offline_session_idle_timeout,
                        realm.offline_session_idle_secs(),
                    ),
                    max_secs: within(client.offline_max_lifespan, of_clients, most),
                }
            }
        }
    }

    /// When a grant ends that lives at most so long: by what held when it was given, or by what holds now, whichever is
    /// sooner. A setting that was made shorter holds at once.
    pub fn ends(self, grant: &Grant) -> Timestamp {
        grant
            .expires_at
            .min(grant.created_at.plus_secs(i64::from(self.max_secs)))
    }

    /// When the current refresh token of a grant ends: unused for too long, or with the grant.
    pub fn refresh_until(self, grant: &Grant) -> Timestamp {
        let unused = grant.rotated_at.plus_secs(i64::from(self.idle_secs));
        grant.refresh_until().min(unused).min(self.ends(grant))
    }
}

/// Zero of the realm's is no word.
fn within(client: Option<NonZeroU32>, clients: u32, most: u32) -> u32 {
    let said = client.or_else(|| NonZeroU32::new(clients));
    said.map_or(most, |secs| secs.get().min(most))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::{ClientSessionLifespans, GrantKind, GrantLifespan, NO_END, SessionLifespans};

    fn of(realm: &SessionLifespans, client: ClientSessionLifespans, kind: GrantKind) -> (u32, u32) {
        let lifespan = GrantLifespan::of(realm, &client, kind);
        (lifespan.idle_secs, lifespan.max_secs)
    }

    fn says(idle: u32, max: u32) -> ClientSessionLifespans {
        ClientSessionLifespans {
            idle_timeout: NonZeroU32::new(idle),
            max_lifespan: NonZeroU32::new(max),
            ..ClientSessionLifespans::default()
        }
    }

    fn says_offline(idle: u32, max: u32) -> ClientSessionLifespans {
        ClientSessionLifespans {
            offline_idle_timeout: NonZeroU32::new(idle),
            offline_max_lifespan: NonZeroU32::new(max),
            ..ClientSessionLifespans::default()
        }
    }

    #[test]
    fn the_client_before_the_realm_s_clients_within_the_login() {
        let mut realm = SessionLifespans::default();
        let online = GrantKind::Online;
        assert_eq!(of(&realm, says(0, 0), online), (1_800, 36_000));
        assert_eq!(of(&realm, says(100, 60), online), (100, 60));
        assert_eq!(of(&realm, says(3_000, 99_999), online), (1_800, 36_000));
        assert_eq!(of(&realm, says_offline(1, 1), online), (1_800, 36_000));
        realm.client_session_idle_timeout = 200;
        realm.client_session_max_lifespan = 50;
        assert_eq!(of(&realm, says(0, 0), online), (200, 50));
        assert_eq!(of(&realm, says(300, 400), online), (300, 400));
    }

    #[test]
    fn a_longest_life_of_offline_grants_is_a_switch() {
        let offline = GrantKind::Offline;
        let mut realm = SessionLifespans {
            client_offline_session_idle_timeout: 500,
            client_offline_session_max_lifespan: 70,
            offline_session_max_lifespan_enabled: false,
            ..SessionLifespans::default()
        };
        assert_eq!(of(&realm, says(1, 1), offline), (500, NO_END));
        assert_eq!(of(&realm, says_offline(100, 60), offline), (100, 60));
        realm.offline_session_max_lifespan_enabled = true;
        assert_eq!(of(&realm, says(1, 1), offline), (500, 70));
        realm.client_offline_session_max_lifespan = 0;
        assert_eq!(of(&realm, says_offline(0, u32::MAX), offline), (500, 5_184_000));
    }

    #[test]
    fn zero_of_a_login_is_what_every_realm_has() {
        let realm = SessionLifespans {
            sso_session_idle_timeout: 0,
            sso_session_max_lifespan: 0,
            offline_session_idle_timeout: 0,
            offline_session_max_lifespan: 0,
            ..SessionLifespans::default()
        };
        assert_eq!(of(&realm, says(0, 0), GrantKind::Online), (1_800, 36_000));
        assert_eq!(of(&realm, says(0, 0), GrantKind::Offline), (2_592_000, 5_184_000));
    }
}
