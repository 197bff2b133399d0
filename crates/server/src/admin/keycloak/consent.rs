//! What people let clients have, as Keycloak shows it.

use keyward_domain::Timestamp;
use keyward_domain::id::{ClientUuid, UserId};
use keyward_domain::session::Consent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A consent in a realm file.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct UserConsentRepresentation {
    pub(crate) client_id: Option<String>,
    pub(crate) granted_client_scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_updated_date: Option<i64>,
}

impl UserConsentRepresentation {
    /// What a realm file says, once its client is known.
    pub(crate) fn consent(&self, user: UserId, client: ClientUuid, now: Timestamp) -> Consent {
        let given_at = self.last_updated_date.or(self.created_date);
        Consent {
            user,
            client,
            scope: self.granted_client_scopes.clone().unwrap_or_default(),
            given_at: given_at.map_or(now, Timestamp::from_millis),
        }
    }

    /// The other direction.
    pub(crate) fn of(consent: &Consent, client_id: &str) -> Self {
        Self {
            client_id: Some(client_id.to_owned()),
            granted_client_scopes: Some(consent.scope.clone()),
            created_date: Some(consent.given_at.millis()),
            last_updated_date: Some(consent.given_at.millis()),
        }
    }
}

/// A consent as the admin API shows it, with the offline token that the client may have beside it.
pub(crate) fn view(consent: Option<&Consent>, client_id: &str, offline: Option<ClientUuid>) -> Value {
    let grants: Vec<Value> = offline
        .map(|client| json!({ "client": client, "key": "Offline Token" }))
        .into_iter()
        .collect();
    let mut view = json!({
        "clientId": client_id,
        "grantedClientScopes": consent.map(|consent| consent.scope.as_slice()).unwrap_or_default(),
        "additionalGrants": grants,
    });
    if let (Some(consent), Some(members)) = (consent, view.as_object_mut()) {
        for name in ["createdDate", "lastUpdatedDate"] {
            members.insert(name.to_owned(), consent.given_at.millis().into());
        }
    }
    view
}
