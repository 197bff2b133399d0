//! `UserRepresentation`: what comes in, and what goes out.

use std::collections::BTreeMap;

use keyward_domain::id::UserId;
use keyward_domain::user::{Attributes, FederatedIdentity, User};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::consent::UserConsentRepresentation;
use super::credential::CredentialRepresentation;
use super::lenient;
use crate::admin::rest::body::Representation;

/// A user as it comes in: from the admin API or from a realm file. Absent members are left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct UserRepresentation {
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) username: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) first_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) last_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) email: Option<String>,
    #[serde(deserialize_with = "lenient::switch")]
    pub(crate) email_verified: Option<bool>,
    #[serde(deserialize_with = "lenient::switch")]
    pub(crate) enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::whole")]
    pub(crate) created_timestamp: Option<i64>,
    #[serde(deserialize_with = "lenient::lists_or_texts")]
    pub(crate) attributes: Option<Attributes>,
    pub(crate) credentials: Option<Vec<CredentialRepresentation>>,
    pub(crate) required_actions: Option<Vec<String>>,
    pub(crate) federated_identities: Option<Vec<FederatedIdentityRepresentation>>,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) realm_roles: Option<Vec<String>>,
    pub(crate) client_roles: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) client_consents: Option<Vec<UserConsentRepresentation>>,
    #[serde(deserialize_with = "lenient::whole")]
    pub(crate) not_before: Option<i64>,
    pub(crate) service_account_client_id: Option<String>,
    pub(crate) federation_link: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for UserRepresentation {
    const NAME: &'static str = "UserRepresentation";
    const KEPT: &'static [&'static str] = &[
        "access",
        "applicationRoles",
        "disableableCredentialTypes",
        "origin",
        "self",
        "socialLinks",
        "totp",
        "userProfileMetadata",
        "verifiableCredentials",
    ];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// A login at an identity provider.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct FederatedIdentityRepresentation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity_provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for FederatedIdentityRepresentation {
    const NAME: &'static str = "FederatedIdentityRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

impl From<&FederatedIdentity> for FederatedIdentityRepresentation {
    fn from(identity: &FederatedIdentity) -> Self {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            identity_provider: Some(identity.provider.clone()),
            user_id: text(&identity.external_id),
            user_name: text(&identity.external_name),
            rest: Map::new(),
        }
    }
}

/// A user as it goes out. What a caller may not see is left out before.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    pub(crate) id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub(crate) attributes: Attributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_profile_metadata: Option<Value>,
    pub(crate) enabled: bool,
    pub(crate) created_timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) federation_link: Option<Value>,
    #[serde(flatten)]
    pub(crate) more: Option<More>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) federated_identities: Option<Vec<FederatedIdentityRepresentation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access: Option<BTreeMap<&'static str, bool>>,
}

/// What a brief representation leaves out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct More {
    /// Whether a code is asked for at login.
    pub(crate) totp: bool,
    disableable_credential_types: [&'static str; 0],
    required_actions: Vec<String>,
    not_before: i64,
}

impl UserView {
    /// A user as lists in brief show it: no attribute but the language.
    pub(crate) fn brief(user: User) -> Self {
        let mut view = Self::of(user, false);
        view.attributes.retain(|name, _| name == "locale");
        view.more = None;
        view
    }

    /// A user with everything that stands in its row. `totp`: whether a code is asked for at login.
    pub(crate) fn of(user: User, totp: bool) -> Self {
        let profile = user.profile;
        Self {
            id: user.id,
            username: Some(user.username),
            first_name: profile.first_name,
            last_name: profile.last_name,
            email: profile.email,
            email_verified: profile.email_verified,
            attributes: profile.attributes,
            user_profile_metadata: None,
            enabled: user.enabled,
            created_timestamp: user.created_at.millis(),
            federation_link: profile.kept.get("federationLink").cloned(),
            more: Some(More {
                totp,
                disableable_credential_types: [],
                required_actions: user.required_actions,
                not_before: user.not_before.secs(),
            }),
            federated_identities: None,
            access: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::UserRepresentation;
    use crate::admin::rest::body::representation;

    #[test]
    fn an_attribute_is_a_list_of_texts_or_one_text() {
        let user: UserRepresentation =
            representation(br#"{"attributes": {"a": "1", "b": ["2", null, "3"], "c": null}}"#).unwrap();
        let attributes = serde_json::to_value(user.attributes.unwrap()).unwrap();
        assert_eq!(attributes, json!({"a": ["1"], "b": ["2", "3"], "c": []}));
        let user: UserRepresentation = representation(br#"{"attributes": {"a": 1, "b": [true]}}"#).unwrap();
        assert_eq!(json!(user.attributes), json!({"a": ["1"], "b": ["true"]}));
        let user: UserRepresentation = representation(br#"{"attributes": []}"#).unwrap();
        assert_eq!(json!(user.attributes), json!({}));
        for wrong in [r#"{"a": {}}"#, r#"{"a": [[]]}"#, r#"["a"]"#, r#""a""#, "1"] {
            let body = format!(r#"{{"attributes": {wrong}}}"#);
            assert!(
                representation::<UserRepresentation>(body.as_bytes()).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_keycloak_does_not_know_is_refused() {
        for known in ["access", "socialLinks", "applicationRoles", "origin"] {
            let body = json!({ known: null }).to_string();
            assert!(representation::<UserRepresentation>(body.as_bytes()).is_ok(), "{known}");
        }
        assert!(representation::<UserRepresentation>(br#"{"organizations": []}"#).is_err());
    }
}
