//! The client scopes that a realm begins with: ours, and Keycloak's.

use crate::entropy::{self, Entropy};
use crate::id::MapperId;
use crate::scope::ProtocolMapper;

mod keycloak;
mod standard;

pub use keycloak::{KEYCLOAK_DEFAULT, KEYCLOAK_OPTIONAL, keycloak};
pub use standard::{DEFAULT, OPTIONAL, standard};

/// Makes the mappers of a scope.
struct Mappers<'e> {
    entropy: &'e mut dyn Entropy,
}

impl Mappers<'_> {
    fn kind(&mut self, name: &str, kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
        ProtocolMapper::new(MapperId(entropy::uuid(self.entropy)), name, kind, config)
    }

    /// A mapper whose claim goes everywhere.
    fn everywhere(&mut self, name: &str, kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
        let userinfo = [("userinfo.token.claim", "true")];
        self.in_tokens(name, kind, &[config, &userinfo].concat())
    }

    /// One whose claim the userinfo endpoint does not tell.
    fn in_tokens(&mut self, name: &str, kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
        let id_token = [("id.token.claim", "true")];
        self.in_access_token(name, kind, &[config, &id_token].concat())
    }

    /// One whose claim is for APIs.
    fn in_access_token(&mut self, name: &str, kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
        let access_token = [("access.token.claim", "true"), ("introspection.token.claim", "true")];
        self.kind(name, kind, &[config, &access_token].concat())
    }

    fn attribute(&mut self, name: &str, attribute: &str, claim: &str, json_type: &str) -> ProtocolMapper {
        let config = [
            ("user.attribute", attribute),
            ("claim.name", claim),
            ("jsonType.label", json_type),
        ];
        self.everywhere(name, "oidc-usermodel-attribute-mapper", &config)
    }

    fn note(&mut self, name: &str, note: &str, claim: &str, json_type: &str) -> ProtocolMapper {
        let config = [
            ("user.session.note", note),
            ("claim.name", claim),
            ("jsonType.label", json_type),
        ];
        self.in_tokens(name, "oidc-usersessionmodel-note-mapper", &config)
    }

    fn acr(&mut self) -> ProtocolMapper {
        self.in_tokens("acr loa level", "oidc-acr-mapper", &[])
    }

    fn allowed_origins(&mut self) -> ProtocolMapper {
        self.in_access_token("allowed web origins", "oidc-allowed-origins-mapper", &[])
    }

    fn auth_time(&mut self) -> ProtocolMapper {
        self.note("auth_time", "AUTH_TIME", "auth_time", "long")
    }

    fn roles(&mut self) -> Vec<ProtocolMapper> {
        let config = |claim| {
            [
                // Says nothing: Keycloak's own writes it.
                ("user.attribute", "foo"),
                ("claim.name", claim),
                ("jsonType.label", "String"),
                ("multivalued", "true"),
            ]
        };
        vec![
            self.in_access_token(
                "realm roles",
                "oidc-usermodel-realm-role-mapper",
                &config("realm_access.roles"),
            ),
            self.in_access_token(
                "client roles",
                "oidc-usermodel-client-role-mapper",
                &config("resource_access.${client_id}.roles"),
            ),
            self.in_access_token("audience resolve", "oidc-audience-resolve-mapper", &[]),
        ]
    }

    /// The standard claims of the scope `profile` (OIDC Core §5.4).
    fn profile(&mut self) -> Vec<ProtocolMapper> {
        let mut mappers = vec![self.everywhere("full name", "oidc-full-name-mapper", &[])];
        for (name, attribute, claim) in [
            ("family name", "lastName", "family_name"),
            ("given name", "firstName", "given_name"),
            ("middle name", "middleName", "middle_name"),
            ("nickname", "nickname", "nickname"),
            ("username", "username", "preferred_username"),
            ("profile", "profile", "profile"),
            ("picture", "picture", "picture"),
            ("website", "website", "website"),
            ("gender", "gender", "gender"),
            ("birthdate", "birthdate", "birthdate"),
            ("zoneinfo", "zoneinfo", "zoneinfo"),
            ("locale", "locale", "locale"),
        ] {
            mappers.push(self.attribute(name, attribute, claim, "String"));
        }
        mappers.push(self.attribute("updated at", "updatedAt", "updated_at", "long"));
        mappers
    }

    fn email(&mut self) -> Vec<ProtocolMapper> {
        let verified = [
            ("user.attribute", "emailVerified"),
            ("claim.name", "email_verified"),
            ("jsonType.label", "boolean"),
        ];
        vec![
            self.attribute("email", "email", "email", "String"),
            self.everywhere("email verified", "oidc-usermodel-property-mapper", &verified),
        ]
    }

    fn address(&mut self) -> ProtocolMapper {
        let config = [
            ("user.attribute.street", "street"),
            ("user.attribute.locality", "locality"),
            ("user.attribute.region", "region"),
            ("user.attribute.postal_code", "postal_code"),
            ("user.attribute.country", "country"),
            ("user.attribute.formatted", "formatted"),
        ];
        self.everywhere("address", "oidc-address-mapper", &config)
    }

    fn phone(&mut self) -> Vec<ProtocolMapper> {
        vec![
            self.attribute("phone number", "phoneNumber", "phone_number", "String"),
            self.attribute(
                "phone number verified",
                "phoneNumberVerified",
                "phone_number_verified",
                "boolean",
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
