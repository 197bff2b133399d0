//! The client scopes that a realm of Keycloak begins with: names, attributes and mappers as its own exports have them
//! (26.7).
//!
//! The scope `offline_access` goes with a scope mapping to the realm's role of that name, which is a row of its own.

use super::Mappers;
use crate::entropy::Entropy;
use crate::scope::{OPENID_CONNECT, ProtocolMapper, ScopeSettings};

/// Scopes that a new client of their protocol has without asking, in Keycloak's order.
pub const KEYCLOAK_DEFAULT: [&str; 9] = [
    "role_list",
    "saml_organization",
    "AuthnContextClassRef",
    "profile",
    "email",
    "roles",
    "web-origins",
    "acr",
    "basic",
];

/// Scopes that a new client may ask for. `service_account` is for clients with a service account alone.
pub const KEYCLOAK_OPTIONAL: [&str; 5] = ["offline_access", "address", "phone", "microprofile-jwt", "organization"];

const SAML: &str = "saml";

/// Name and settings of each scope.
pub fn keycloak(entropy: &mut dyn Entropy) -> Vec<(&'static str, ScopeSettings)> {
    let mut make = Mappers { entropy };
    vec![
        (
            "profile",
            asked("profile", "${profileScopeConsentText}", make.profile()),
        ),
        ("email", asked("email", "${emailScopeConsentText}", make.email())),
        (
            "address",
            asked("address", "${addressScopeConsentText}", vec![make.address()]),
        ),
        ("phone", asked("phone", "${phoneScopeConsentText}", make.phone())),
        ("offline_access", offline_access()),
        (
            "roles",
            openid_connect(
                "OpenID Connect scope for add user roles to the access token",
                &[
                    ("include.in.token.scope", "false"),
                    ("display.on.consent.screen", "true"),
                    ("consent.screen.text", "${rolesScopeConsentText}"),
                ],
                make.roles(),
            ),
        ),
        (
            "web-origins",
            openid_connect(
                "OpenID Connect scope for add allowed web origins to the access token",
                &[
                    ("include.in.token.scope", "false"),
                    ("display.on.consent.screen", "false"),
                    ("consent.screen.text", ""),
                ],
                vec![make.allowed_origins()],
            ),
        ),
        ("microprofile-jwt", microprofile(&mut make)),
        (
            "acr",
            unasked(
                "OpenID Connect scope for add acr (authentication context class reference) to the token",
                vec![make.acr()],
            ),
        ),
        (
            "basic",
            unasked(
                "OpenID Connect scope for add all basic claims to the token",
                vec![make.auth_time(), make.in_access_token("sub", "oidc-sub-mapper", &[])],
            ),
        ),
        ("service_account", service_account(&mut make)),
        ("organization", organization(&mut make)),
        ("role_list", role_list(&mut make)),
        (
            "saml_organization",
            saml(
                "Organization Membership",
                &[("display.on.consent.screen", "false")],
                make.kind("organization", "saml-organization-membership-mapper", &[]),
            ),
        ),
        (
            "AuthnContextClassRef",
            saml(
                // The spelling is Keycloak's.
                "AuthnContextClassRef Level of Authentiation",
                &[],
                make.kind("AuthnContextClassRef", "saml-authn-context-class-ref-mapper", &[]),
            ),
        ),
    ]
}

fn offline_access() -> ScopeSettings {
    openid_connect(
        "OpenID Connect built-in scope: offline_access",
        &[
            ("consent.screen.text", "${offlineAccessScopeConsentText}"),
            ("display.on.consent.screen", "true"),
        ],
        vec![],
    )
}

fn microprofile(make: &mut Mappers<'_>) -> ScopeSettings {
    let groups = [
        ("user.attribute", "foo"),
        ("claim.name", "groups"),
        ("jsonType.label", "String"),
        ("multivalued", "true"),
    ];
    openid_connect(
        "Microprofile - JWT built-in scope",
        &[
            ("include.in.token.scope", "true"),
            ("display.on.consent.screen", "false"),
        ],
        vec![
            make.attribute("upn", "username", "upn", "String"),
            make.in_tokens("groups", "oidc-usermodel-realm-role-mapper", &groups),
        ],
    )
}

fn service_account(make: &mut Mappers<'_>) -> ScopeSettings {
    unasked(
        "Specific scope for a client enabled for service accounts",
        vec![
            make.note("Client ID", "client_id", "client_id", "String"),
            make.note("Client Host", "clientHost", "clientHost", "String"),
            make.note("Client IP Address", "clientAddress", "clientAddress", "String"),
        ],
    )
}

fn organization(make: &mut Mappers<'_>) -> ScopeSettings {
    let config = [
        ("claim.name", "organization"),
        ("jsonType.label", "String"),
        ("multivalued", "true"),
    ];
    openid_connect(
        "Additional claims about the organization a subject belongs to",
        &[
            ("include.in.token.scope", "true"),
            ("display.on.consent.screen", "true"),
            ("consent.screen.text", "${organizationScopeConsentText}"),
        ],
        vec![make.in_tokens("organization", "oidc-organization-membership-mapper", &config)],
    )
}

fn role_list(make: &mut Mappers<'_>) -> ScopeSettings {
    let config = [
        ("single", "false"),
        ("attribute.nameformat", "Basic"),
        ("attribute.name", "Role"),
    ];
    saml(
        "SAML role list",
        &[
            ("consent.screen.text", "${samlRoleListScopeConsentText}"),
            ("display.on.consent.screen", "true"),
        ],
        make.kind("role list", "saml-role-list-mapper", &config),
    )
}

/// A scope of OpenID Connect that people are asked about.
fn asked(name: &str, text: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    openid_connect(
        &format!("OpenID Connect built-in scope: {name}"),
        &[
            ("include.in.token.scope", "true"),
            ("display.on.consent.screen", "true"),
            ("consent.screen.text", text),
        ],
        mappers,
    )
}

/// A scope that only carries mappers.
fn unasked(description: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    openid_connect(
        description,
        &[
            ("include.in.token.scope", "false"),
            ("display.on.consent.screen", "false"),
        ],
        mappers,
    )
}

fn openid_connect(description: &str, attributes: &[(&str, &str)], mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    settings(description, OPENID_CONNECT, attributes, mappers)
}

fn saml(description: &str, attributes: &[(&str, &str)], mapper: ProtocolMapper) -> ScopeSettings {
    let mapper = ProtocolMapper {
        protocol: SAML.into(),
        ..mapper
    };
    settings(description, SAML, attributes, vec![mapper])
}

fn settings(
    description: &str,
    protocol: &str,
    attributes: &[(&str, &str)],
    mappers: Vec<ProtocolMapper>,
) -> ScopeSettings {
    let attributes = attributes
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()));
    ScopeSettings::of_attributes(description, protocol, attributes.collect(), mappers)
}
