//! The client scopes that a realm of our own begins with.
//!
//! Tokens are minimal: no mail address, name or role stands in one unless a scope asked for it. Which scopes a
//! client gets without asking is data (`default_scopes`), never code.

use super::{JsonType, Mapper, ProtocolMapper, ScopeSettings};

/// Scopes that every new client has without asking.
pub const DEFAULT: [&str; 3] = ["basic", "acr", "web-origins"];

/// Scopes that every new client may ask for.
pub const OPTIONAL: [&str; 6] = ["profile", "email", "address", "phone", "roles", "offline_access"];

/// Name and settings of each scope.
pub fn standard() -> Vec<(&'static str, ScopeSettings)> {
    vec![
        ("basic", silent("What every token needs", vec![])),
        (
            "acr",
            silent(
                "How the subject authenticated",
                vec![named("acr loa level", Mapper::Acr)],
            ),
        ),
        (
            "web-origins",
            silent(
                "Origins that may read answers",
                vec![named("allowed web origins", Mapper::AllowedOrigins)],
            ),
        ),
        (
            "roles",
            silent(
                "Roles of the subject",
                vec![
                    named("realm roles", Mapper::RealmRoles),
                    named("client roles", Mapper::ClientRoles),
                    named("audience resolve", Mapper::AudienceResolve),
                ],
            ),
        ),
        // A grant with it outlives the login (OIDC Core §11).
        ("offline_access", spoken("Access while you are away", vec![])),
        ("profile", spoken("Name and picture", profile())),
        (
            "email",
            spoken(
                "Mail address",
                vec![
                    property("email", "email", "email"),
                    property("email verified", "emailVerified", "email_verified"),
                ],
            ),
        ),
        (
            "address",
            spoken("Postal address", vec![named("address", Mapper::Address)]),
        ),
        (
            "phone",
            spoken(
                "Telephone number",
                vec![
                    attribute("phoneNumber", "phone_number", JsonType::String),
                    attribute("phoneNumberVerified", "phone_number_verified", JsonType::Boolean),
                ],
            ),
        ),
    ]
}

fn profile() -> Vec<ProtocolMapper> {
    let mut mappers = vec![
        named("full name", Mapper::FullName),
        property("username", "username", "preferred_username"),
        property("given name", "firstName", "given_name"),
        property("family name", "lastName", "family_name"),
        attribute("middleName", "middle_name", JsonType::String),
        attribute("updatedAt", "updated_at", JsonType::Long),
    ];
    for name in [
        "nickname",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
    ] {
        mappers.push(attribute(name, name, JsonType::String));
    }
    mappers
}

fn silent(description: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    ScopeSettings {
        description: description.into(),
        include_in_token_scope: false,
        include_in_metadata: true,
        mappers,
    }
}

fn spoken(description: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    ScopeSettings {
        description: description.into(),
        mappers,
        ..ScopeSettings::default()
    }
}

fn named(name: &str, mapper: Mapper) -> ProtocolMapper {
    ProtocolMapper {
        name: name.into(),
        mapper,
    }
}

fn property(name: &str, property: &str, claim: &str) -> ProtocolMapper {
    named(
        name,
        Mapper::UserProperty {
            property: property.into(),
            claim: claim.into(),
        },
    )
}

fn attribute(attribute: &str, claim: &str, json_type: JsonType) -> ProtocolMapper {
    let claim = claim.to_owned();
    ProtocolMapper {
        name: claim.replace('_', " "),
        mapper: Mapper::UserAttribute {
            attribute: attribute.into(),
            claim,
            json_type,
        },
    }
}
