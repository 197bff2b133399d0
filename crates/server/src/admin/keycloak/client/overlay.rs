//! A change laid over what there is.

use super::{ClientRepresentation, holds_a_secret};
use crate::admin::keycloak::lenient::Texts;
use crate::admin::keycloak::shown_secret::MASK;

/// Takes each named member from the change, if it is there.
macro_rules! take {
    ($base:ident, $change:ident, $($member:ident)+) => {
        $(if $change.$member.is_some() { $base.$member = $change.$member; })+
    };
}

impl ClientRepresentation {
    /// This client with what a change says. What is a map is laid over one by one: a `null` or an empty text takes its
    /// entry away, the mask of a secret attribute leaves it.
    pub(crate) fn overlay(mut self, mut change: Self) -> Self {
        if let Some(attributes) = &mut change.attributes {
            attributes.retain(|name, value| value.as_deref() != Some(MASK) || !holds_a_secret(name));
        }
        lay_over(&mut self.attributes, change.attributes);
        lay_over(
            &mut self.authentication_flow_binding_overrides,
            change.authentication_flow_binding_overrides,
        );
        if let Some(nodes) = change.registered_nodes {
            self.registered_nodes.get_or_insert_default().extend(nodes);
        }
        take!(self, change, client_id name description client_type root_url admin_url base_url);
        take!(self, change, surrogate_auth_required enabled always_display_in_console client_authenticator_type);
        take!(self, change, redirect_uris web_origins not_before bearer_only consent_required);
        take!(self, change, standard_flow_enabled implicit_flow_enabled direct_access_grants_enabled);
        take!(self, change, service_accounts_enabled authorization_services_enabled public_client);
        take!(self, change, frontchannel_logout protocol full_scope_allowed node_re_registration_timeout);
        take!(self, change, protocol_mappers default_client_scopes optional_client_scopes authorization_settings);
        self
    }
}

fn lay_over(base: &mut Option<Texts>, change: Option<Texts>) {
    let all = base.get_or_insert_default();
    for (name, value) in change.unwrap_or_default() {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => all.insert(name, Some(value)),
            None => all.remove(&name),
        };
    }
}
