//! What a client would get: effective mappers, roles, and example tokens, without issuing any.

use super::find;
use crate::admin::rest::{AdminCall, AdminError, Need, Offered, Route, route};
use crate::snapshot::ClientEntry;

mod example;
mod mappers;
mod roles;

pub(super) static ROUTES: [Route; 6] = [
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/protocol-mappers",
        Need::ViewClients,
        Offered::Full,
        mappers::list
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/scope-mappings/{container}/granted",
        Need::ViewClients,
        Offered::Full,
        roles::granted
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/scope-mappings/{container}/not-granted",
        Need::ViewClients,
        Offered::Full,
        roles::not_granted
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-access-token",
        Need::ViewClients,
        Offered::Full,
        example::access_token
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-id-token",
        Need::ViewClients,
        Offered::Full,
        example::id_token
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-userinfo",
        Need::ViewClients,
        Offered::Full,
        example::userinfo
    ),
];

/// A client, and the scopes that it would have by what is asked for in the query. Unlike a request of the client
/// itself, one that it may not have is passed over.
struct Evaluated<'a> {
    entry: &'a ClientEntry,
    granted: Vec<&'a str>,
}

impl<'a> Evaluated<'a> {
    fn read(call: &'a AdminCall) -> Result<Self, AdminError> {
        let entry = find::entry(call)?;
        let settings = &entry.client.settings;
        let mut granted: Vec<&str> = settings.default_scopes.iter().map(String::as_str).collect();
        for asked in call.query.get("scope").unwrap_or_default().split_whitespace() {
            let allowed = asked == keyward_domain::policy::scope::OPENID
                || settings.optional_scopes.iter().any(|name| name == asked);
            if allowed && !granted.contains(&asked) {
                granted.push(asked);
            }
        }
        Ok(Self { entry, granted })
    }
}
