//! Events with known content.

use keyward_domain::Timestamp;
use keyward_domain::event::{Event, What};

pub(crate) fn event(realm: &str, what: What) -> Event {
    Event {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        at: Timestamp::from_millis(1_700_000_000_123),
        realm: Some(realm.to_owned()),
        request_id: Some("req-1".to_owned()),
        address: Some([192, 0, 2, 7].into()),
        what,
    }
}

pub(crate) fn success(jti: &str) -> Event {
    event(
        "demo",
        What::AccessTokenIssued {
            client: "backend-service".to_owned(),
            grant_type: "client_credentials",
            jti: jti.to_owned(),
            scope: "orders:read".to_owned(),
        },
    )
}

pub(crate) fn failure(client: &str) -> Event {
    event(
        "demo",
        What::ClientAuthenticationFailed {
            client: Some(client.to_owned()),
            reason: "wrong secret",
        },
    )
}
