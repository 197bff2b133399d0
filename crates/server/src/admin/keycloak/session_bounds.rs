//! What clients may say of how long their sessions live, in a realm that says it of logins. The texts are Keycloak's.

use keyward_domain::policy::grant_lifespan::ClientSessionLifespans;
use keyward_domain::realm::RealmSettings;

const IDLE: &str = "Client session idle timeout cannot exceed realm SSO session idle timeout.";
const MAX: &str = "Client session max lifespan cannot exceed realm SSO session max lifespan.";
const REALM_IDLE: &str = "Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.";
const IDLE_REMEMBERED: &str =
    "Client session idle timeout cannot exceed realm SSO session idle timeout and RememberMe idle timeout.";
const MAX_REMEMBERED: &str =
    "Client session max lifespan cannot exceed realm SSO session max lifespan and RememberMe Max span.";

/// What is wrong with a client's; nothing when all is well. Offline sessions have no bound.
pub(crate) fn of_client(realm: &RealmSettings, client: &ClientSessionLifespans) -> Option<String> {
    let bounds = Bounds::of(realm);
    let secs = |secs: Option<std::num::NonZeroU32>| secs.map_or(0, std::num::NonZeroU32::get);
    let (idle, max) = bounds.texts(IDLE);
    let found = [
        (secs(client.idle_timeout) > bounds.idle, idle),
        (secs(client.max_lifespan) > bounds.max, max),
    ];
    let texts: Vec<&str> = found.into_iter().filter(|(is, _)| *is).map(|(_, text)| text).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// What is wrong with the realm's word for all clients; nothing when all is well.
pub(crate) fn of_realm(realm: &RealmSettings) -> Option<&'static str> {
    let bounds = Bounds::of(realm);
    let (idle, max) = bounds.texts(REALM_IDLE);
    if realm.sessions.client_session_idle_timeout > bounds.idle {
        Some(idle)
    } else if realm.sessions.client_session_max_lifespan > bounds.max {
        Some(max)
    } else {
        None
    }
}

/// The longest that a login may live, in seconds. A zero is compared as it stands.
struct Bounds {
    idle: u32,
    max: u32,
    remembered: bool,
}

impl Bounds {
    fn of(realm: &RealmSettings) -> Self {
        let remembered = realm.kept.get("rememberMe").and_then(serde_json::Value::as_bool) == Some(true);
        let longer = |name: &str| {
            let secs = realm.kept.get(name).and_then(serde_json::Value::as_u64);
            secs.filter(|_| remembered)
                .map_or(0, |secs| u32::try_from(secs).unwrap_or(u32::MAX))
        };
        let sessions = &realm.sessions;
        Self {
            idle: sessions
                .sso_session_idle_timeout
                .max(longer("ssoSessionIdleTimeoutRememberMe")),
            max: sessions
                .sso_session_max_lifespan
                .max(longer("ssoSessionMaxLifespanRememberMe")),
            remembered,
        }
    }

    /// What is said of a time without use, and of the longest life.
    fn texts(&self, idle: &'static str) -> (&'static str, &'static str) {
        if self.remembered {
            (IDLE_REMEMBERED, MAX_REMEMBERED)
        } else {
            (idle, MAX)
        }
    }
}
