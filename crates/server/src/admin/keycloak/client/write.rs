//! From a client to its representation.

use std::collections::BTreeMap;

use keyward_domain::client::{Client, ClientType, ConsentPolicy, RoleScope};
use keyward_domain::scope::OPENID_CONNECT;
use serde::de::DeserializeOwned;

use super::read::Ground;
use super::{ClientMapper, ClientRepresentation, attributes, places};
use crate::admin::keycloak::lenient::Texts;
use crate::admin::keycloak::shown_secret::{MASK, ShownSecret};

/// What a caller may do with a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// See it, without its secrets.
    View,
    /// See it, but for its secrets, and change it.
    Manage,
}

impl ClientRepresentation {
    /// A client, whole but for its secrets.
    pub(crate) fn of(client: &Client, ground: &Ground<'_>) -> Self {
        let settings = &client.settings;
        let is = |name: &str| kept::<bool>(client, name).unwrap_or(false);
        let root_url = kept::<String>(client, "rootUrl");
        let root = places::root(root_url.as_deref(), ground.server).to_owned();
        let protocol = kept::<String>(client, "protocol").unwrap_or_else(|| OPENID_CONNECT.to_owned());
        let redirect_uris = kept(client, "redirectUris").unwrap_or_else(|| settings.redirect_uris.clone());
        let authenticator = kept::<String>(client, "clientAuthenticatorType");
        let any_port = places::any_port(&redirect_uris);
        let mut attributes = attributes::write(settings, authenticator.as_deref(), any_port);
        places::write_post_logout(settings, &mut attributes, &root);
        let spoken = |name: &&String| ground.scopes.get(name.as_str()).is_some_and(|of| *of == protocol);
        let scopes = |names: &[String]| Some(names.iter().filter(spoken).cloned().collect());
        let mappers: Vec<_> = settings.mappers.iter().cloned().map(ClientMapper::Row).collect();
        Self {
            id: Some(client.id.to_string()),
            client_id: Some(client.client_id.clone()),
            name: text(client, "name", &settings.name),
            description: text(client, "description", &settings.description),
            client_type: kept(client, "type"),
            root_url,
            admin_url: kept(client, "adminUrl"),
            base_url: kept(client, "baseUrl").or_else(|| settings.home_url.clone()),
            surrogate_auth_required: Some(is("surrogateAuthRequired")),
            enabled: Some(client.enabled),
            always_display_in_console: Some(is("alwaysDisplayInConsole")),
            client_authenticator_type: Some(authenticator.unwrap_or_else(|| "client-secret".into())),
            redirect_uris: Some(redirect_uris),
            web_origins: Some(settings.web_origins.clone()),
            not_before: Some(client.not_before.secs()),
            bearer_only: Some(kept(client, "bearerOnly").unwrap_or(settings.bearer_only)),
            consent_required: Some(settings.consent != ConsentPolicy::None),
            standard_flow_enabled: Some(settings.standard_flow),
            implicit_flow_enabled: Some(is("implicitFlowEnabled")),
            direct_access_grants_enabled: Some(settings.direct_access_grants),
            service_accounts_enabled: Some(settings.service_account),
            authorization_services_enabled: kept(client, "authorizationServicesEnabled").filter(|on| *on),
            public_client: Some(settings.client_type == ClientType::Public),
            frontchannel_logout: Some(is("frontchannelLogout")),
            attributes: Some(
                attributes
                    .into_iter()
                    .map(|(name, value)| (name, Some(value)))
                    .collect(),
            ),
            authentication_flow_binding_overrides: Some(
                kept(client, "authenticationFlowBindingOverrides").unwrap_or_else(Texts::new),
            ),
            full_scope_allowed: Some(settings.role_scope == RoleScope::Full),
            node_re_registration_timeout: Some(kept(client, "nodeReRegistrationTimeout").unwrap_or(0)),
            registered_nodes: kept(client, "registeredNodes"),
            protocol_mappers: (!mappers.is_empty()).then_some(mappers),
            default_client_scopes: scopes(&settings.default_scopes),
            optional_client_scopes: scopes(&settings.optional_scopes),
            authorization_settings: kept(client, "authorizationSettings"),
            protocol: Some(protocol),
            ..Self::default()
        }
    }

    /// The same with what the caller may do. Settings of authorization services stand in files alone.
    pub(crate) fn for_caller(mut self, access: Access) -> Self {
        self.authorization_settings = None;
        let manages = access == Access::Manage;
        self.access = Some(BTreeMap::from([
            ("view", true),
            ("configure", manages),
            ("manage", manages),
        ]));
        self
    }

    /// The same without what only whoever manages the client may see: whatever holds a key is masked.
    pub(crate) fn masked(mut self) -> Self {
        self.secret = self.secret.map(|_| ShownSecret::masked());
        for (name, value) in self.attributes.iter_mut().flatten() {
            if holds_a_secret(name) {
                *value = Some(MASK.to_owned());
            }
        }
        self
    }
}

/// Whether an attribute holds something that lets its reader act as the client.
pub(crate) fn holds_a_secret(attribute: &str) -> bool {
    attribute.ends_with(".private.key") || attribute == super::ROTATED_SECRET
}

fn kept<T: DeserializeOwned>(client: &Client, name: &str) -> Option<T> {
    let value = client.settings.kept.get(name)?;
    T::deserialize(value).ok()
}

fn text(client: &Client, name: &str, text: &str) -> Option<String> {
    match text {
        "" => kept(client, name),
        text => Some(text.to_owned()),
    }
}
