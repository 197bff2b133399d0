//! Identity providers and their mappers. Kept as data: nobody logs in through them yet.

mod instances;
mod mappers;
mod providers;

pub(crate) use providers::kinds;

use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

const BASE: &str = "HTTP 404 Not Found";

pub(crate) static ROUTES: &[Route] = &[
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances",
        Need::ViewIdentityProviders, Offered::DataOnly, instances::list
    ),
    route!(
        POST "/admin/realms/{realm}/identity-provider/instances",
        Need::ManageIdentityProviders, Offered::DataOnly, instances::create
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}",
        Need::ViewIdentityProviders, Offered::DataOnly, instances::read
    ),
    route!(
        PUT "/admin/realms/{realm}/identity-provider/instances/{alias}",
        Need::ManageIdentityProviders, Offered::DataOnly, instances::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/identity-provider/instances/{alias}",
        Need::ManageIdentityProviders, Offered::DataOnly, instances::delete
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers",
        Need::ViewIdentityProviders, Offered::DataOnly, mappers::list
    ),
    route!(
        POST "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers",
        Need::ManageIdentityProviders, Offered::DataOnly, mappers::create
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers/{mapper}",
        Need::ViewIdentityProviders, Offered::DataOnly, mappers::read
    ),
    route!(
        PUT "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers/{mapper}",
        Need::ManageIdentityProviders, Offered::DataOnly, mappers::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers/{mapper}",
        Need::ManageIdentityProviders, Offered::DataOnly, mappers::delete
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/mapper-types",
        Need::ViewIdentityProviders, Offered::DataOnly, providers::mapper_types
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/export",
        Need::ViewIdentityProviders, Offered::NotOffered, saml
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/reload-keys",
        Need::ManageIdentityProviders, Offered::DataOnly, providers::reload_keys
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/instances/{alias}/management/permissions",
        Need::ViewIdentityProviders, Offered::NotOffered, permissions
    ),
    route!(
        PUT "/admin/realms/{realm}/identity-provider/instances/{alias}/management/permissions",
        Need::ManageIdentityProviders, Offered::NotOffered, permissions
    ),
    route!(
        GET "/admin/realms/{realm}/identity-provider/providers/{provider}",
        Need::ViewIdentityProviders, Offered::DataOnly, providers::read
    ),
    route!(
        POST "/admin/realms/{realm}/identity-provider/import-config",
        Need::ManageIdentityProviders, Offered::NotOffered, import
    ),
    route!(
        POST "/admin/realms/{realm}/identity-provider/upload-certificate",
        Need::ManageIdentityProviders, Offered::NotOffered, certificate
    ),
];

async fn permissions(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("fine-grained admin permissions"))
}

async fn import(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("reading an identity provider's own description"))
}

async fn certificate(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("reading certificates of identity providers"))
}

async fn saml(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("SAML descriptors of identity providers"))
}

/// What Keycloak says of a provider or a mapper that is not there.
const fn missing() -> AdminError {
    AdminError::not_found(BASE)
}
