//! A client's secret: seeing it, giving it another, and the one before while it still works.

use keyward_domain::client::{Client, ClientType};
use keyward_domain::ports::Tx;
use keyward_domain::secret::Secret;
use serde::Serialize;

use super::create::SECRET_MADE;
use super::policies::Policies;
use super::{find, protect, seal, secrets};
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};

/// The attributes that tell when the secrets were made and when they end, in seconds.
const ENDS: &str = "client.secret.expiration.time";
const ROTATED_AT: &str = "client.secret.rotated.creation.time";
const ROTATED_ENDS: &str = "client.secret.rotated.expiration.time";

pub(super) static ROUTES: [Route; 4] = [
    route!(
        GET "/admin/realms/{realm}/clients/{client}/client-secret",
        Need::ViewClients,
        Offered::Full,
        show
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/client-secret",
        Need::ManageClients,
        Offered::Full,
        regenerate
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/client-secret/rotated",
        Need::ViewClients,
        Offered::Full,
        show_rotated
    ),
    route!(
        DELETE "/admin/realms/{realm}/clients/{client}/client-secret/rotated",
        Need::ManageClients,
        Offered::Full,
        end_rotated
    ),
];

/// `CredentialRepresentation`, as far as a client's secret has it.
#[derive(Serialize)]
struct Shown {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<ShownSecret>,
}

fn told(value: Option<ShownSecret>) -> Answer {
    Answer::json(&Shown { kind: "secret", value })
}

/// `GET …/client-secret`.
async fn show(call: &AdminCall) -> Result<Answer, AdminError> {
    let current = opened(call).await?.current;
    Ok(told(current.map(as_seen(call)?)))
}

/// `GET …/client-secret/rotated`.
async fn show_rotated(call: &AdminCall) -> Result<Answer, AdminError> {
    let rotated = opened(call).await?.rotated;
    let rotated = rotated.ok_or(AdminError::not_found("Client does not have a rotated secret"))?;
    Ok(told(Some(as_seen(call)?(rotated.secret))))
}

/// How the caller sees a secret of the client.
fn as_seen(call: &AdminCall) -> Result<fn(Secret) -> ShownSecret, AdminError> {
    Ok(if protect::holds_keys(call, find::entry(call)?) {
        ShownSecret::new
    } else {
        |_| ShownSecret::masked()
    })
}

async fn opened(call: &AdminCall) -> Result<secrets::Secrets, AdminError> {
    let id = find::entry(call)?.client.id;
    let mut tx = call.read().await?;
    Ok(secrets::of_client(&mut *tx, &call.realm()?.realm, id, &call.app.sealer, call.cx.now).await?)
}

/// `POST …/client-secret`: another secret, at once. The one before ends now, or when the realm's policy says.
async fn regenerate(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_manageable(call, find::entry(call)?)?;
    let realm = &call.realm()?.realm;
    let now = call.cx.now;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let rotation = Policies::read(&mut *tx, realm.id).await?.rotation(&client);
    let secret = secrets::generate();
    let mut row = seal(&call.app.sealer, realm, client.id, &secret, now)?;
    row.expires_at = rotation.map(|rotation| now.plus_secs(rotation.expiration_secs));
    tx.insert_client_secret(&row).await?;
    let rotated_until = rotation.map_or(now, |rotation| now.plus_secs(rotation.rotated_secs));
    tx.expire_other_client_secrets(client.id, row.id, rotated_until, now)
        .await?;
    let before = client.settings.attributes.get(SECRET_MADE).cloned();
    let mut set = |name: &str, value: Option<String>| match value {
        Some(value) => client.settings.attributes.insert(name.to_owned(), value),
        None => client.settings.attributes.remove(name),
    };
    set(SECRET_MADE, Some(now.secs().to_string()));
    set(ENDS, row.expires_at.map(|until| until.secs().to_string()));
    set(ROTATED_AT, rotation.and(before));
    set(ROTATED_ENDS, rotation.map(|_| rotated_until.secs().to_string()));
    tx.update_client(&client).await?;
    let done = Done::new(
        Operation::Action,
        "CLIENT",
        format!("clients/{}/client-secret", client.id),
    );
    call.commit(tx, done).await?;
    Ok(told(Some(ShownSecret::new(secret))))
}

/// `DELETE …/client-secret/rotated`: it stops working now. Nothing to end is no error.
async fn end_rotated(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_manageable(call, find::entry(call)?)?;
    let realm = &call.realm()?.realm;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let secrets = secrets::of_client(&mut *tx, realm, client.id, &call.app.sealer, call.cx.now).await?;
    if let Some(rotated) = secrets.rotated {
        tx.delete_client_secret(client.id, rotated.row.id).await?;
        for attribute in [ROTATED_AT, ROTATED_ENDS] {
            client.settings.attributes.remove(attribute);
        }
        tx.update_client(&client).await?;
        let path = format!("clients/{}/client-secret/rotated", client.id);
        call.commit(tx, Done::new(Operation::Delete, "CLIENT", path)).await?;
    }
    Ok(Answer::no_content())
}

/// Brings the secrets in line with a client that was changed: a public one has none, a confidential one always has
/// one, and one that somebody sent is the only one from now on.
pub(super) async fn follow(
    call: &AdminCall,
    tx: &mut dyn Tx,
    client: &Client,
    sent: Option<Secret>,
) -> Result<(), AdminError> {
    let realm = &call.realm()?.realm;
    let now = call.cx.now;
    if client.settings.client_type == ClientType::Public {
        let rows = tx.client_secrets(realm.id).await?;
        for row in rows.into_iter().filter(|row| row.client == client.id) {
            tx.delete_client_secret(client.id, row.id).await?;
        }
        return Ok(());
    }
    let current = secrets::of_client(tx, realm, client.id, &call.app.sealer, now)
        .await?
        .current;
    let wanted = match (sent, &current) {
        (Some(sent), Some(current)) if sent == *current => return Ok(()),
        (Some(sent), _) => sent,
        (None, Some(_)) => return Ok(()),
        (None, None) => secrets::generate(),
    };
    let row = seal(&call.app.sealer, realm, client.id, &wanted, now)?;
    tx.insert_client_secret(&row).await?;
    tx.expire_other_client_secrets(client.id, row.id, now, now).await?;
    Ok(())
}
