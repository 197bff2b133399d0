//! The components that a new realm has beside its keys: policies of client registration.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::id::DocumentId;

use super::component::{Component, Config};
use crate::admin::realms::rows::RealmRows;
use crate::http::entropy::SystemEntropy;

const POLICY: &str = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

/// Provider, name, and who registers.
const POLICIES: [(&str, &str, &str); 10] = [
    ("trusted-hosts", "Trusted Hosts", "anonymous"),
    ("consent-required", "Consent Required", "anonymous"),
    ("scope", "Full Scope Disabled", "anonymous"),
    ("max-clients", "Max Clients Limit", "anonymous"),
    ("allowed-protocol-mappers", "Allowed Protocol Mapper Types", "anonymous"),
    ("allowed-client-templates", "Allowed Client Scopes", "anonymous"),
    (
        "registration-web-origins",
        "Allowed Registration Web Origins",
        "anonymous",
    ),
    (
        "allowed-protocol-mappers",
        "Allowed Protocol Mapper Types",
        "authenticated",
    ),
    ("allowed-client-templates", "Allowed Client Scopes", "authenticated"),
    (
        "registration-web-origins",
        "Allowed Registration Web Origins",
        "authenticated",
    ),
];

const MAPPERS: [&str; 8] = [
    "oidc-address-mapper",
    "oidc-full-name-mapper",
    "oidc-sha256-pairwise-sub-mapper",
    "oidc-usermodel-attribute-mapper",
    "oidc-usermodel-property-mapper",
    "saml-role-list-mapper",
    "saml-user-attribute-mapper",
    "saml-user-property-mapper",
];

/// Adds them to a realm to be, if it has none of these policies.
pub(crate) fn add(rows: &mut RealmRows) {
    let is_policy = |document: &Document| {
        document.kind == DocumentKind::Component && Component::of(document).provider_type == POLICY
    };
    if rows.documents.iter().any(is_policy) {
        return;
    }
    let realm = rows.realm.id;
    let made = POLICIES.map(|(provider, name, sub_type)| Component {
        id: DocumentId(entropy::uuid(&mut SystemEntropy)),
        name: name.to_owned(),
        provider: provider.to_owned(),
        provider_type: POLICY.to_owned(),
        parent: realm.to_string(),
        sub_type: Some(sub_type.to_owned()),
        config: config(provider),
    });
    rows.documents
        .extend(made.iter().map(|component| component.document(realm)));
}

fn config(provider: &str) -> Config {
    let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
    match provider {
        "trusted-hosts" => Config::from([
            one("host-sending-registration-request-must-match", "true"),
            one("client-uris-must-match", "true"),
        ]),
        "max-clients" => Config::from([one("max-clients", "200")]),
        "allowed-client-templates" => Config::from([one("allow-default-scopes", "true")]),
        "allowed-protocol-mappers" => Config::from([(
            "allowed-protocol-mapper-types".to_owned(),
            MAPPERS.map(str::to_owned).to_vec(),
        )]),
        _ => Config::new(),
    }
}
