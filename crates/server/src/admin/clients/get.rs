//! Seeing one client.

use super::{create, delete, find, installation, list, protect, secrets, service_account, update};
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};
use crate::snapshot::ClientEntry;

pub(super) static ROUTES: [Route; 7] = [
    route!(GET "/admin/realms/{realm}/clients", Need::QueryClients, Offered::Full, list::list),
    route!(POST "/admin/realms/{realm}/clients", Need::CreateClient, Offered::Full, create::http),
    route!(GET "/admin/realms/{realm}/clients/{client}", Need::ViewClients, Offered::Full, get),
    route!(PUT "/admin/realms/{realm}/clients/{client}", Need::ManageClients, Offered::Full, update::update),
    route!(DELETE "/admin/realms/{realm}/clients/{client}", Need::ManageClients, Offered::Full, delete::delete),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/service-account-user",
        Need::ViewClients,
        Offered::Full,
        service_account::user
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/installation/providers/{provider}",
        Need::ViewClients,
        Offered::Full,
        installation::provide
    ),
];

/// `GET …/clients/{client}`.
async fn get(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    let shown = shown(call, entry).await?.for_caller(protect::access(call, entry));
    Ok(Answer::json(&shown))
}

/// A client with its secret, as far as the caller may see it.
pub(super) async fn shown(call: &AdminCall, entry: &ClientEntry) -> Result<ClientRepresentation, AdminError> {
    let mut tx = call.read().await?;
    let realm = &call.realm()?.realm;
    let secrets = secrets::of_client(&mut *tx, realm, entry.client.id, &call.app.sealer, call.cx.now).await?;
    let mut shown = ClientRepresentation::of(&entry.client, &find::ground(call)?);
    shown.secret = secrets
        .current
        .filter(|_| shown.public_client == Some(false))
        .map(ShownSecret::new);
    Ok(if protect::holds_keys(call, entry) {
        shown
    } else {
        shown.masked()
    })
}
