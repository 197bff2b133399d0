//! Changing a client.

use keyward_domain::Fault;
use keyward_domain::client::Client;

use super::policies::Policies;
use super::registration::TOKEN_ID;
use super::{find, protect, secret, service_account};
use crate::admin::keycloak::client::{ClientRepresentation, Described};
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `PUT …/clients/{client}`: what is absent stays. The scopes have routes of their own and stay too.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut change: ClientRepresentation = call.representation()?;
    let entry = find::entry(call)?;
    protect::require_manageable(call, entry)?;
    if let Some(client_id) = change.client_id.as_deref().filter(|new| *new != entry.client.client_id) {
        protect::require_free_name(call, client_id)?;
    }
    let own_secret = ShownSecret::sent(change.secret.take());
    let realm = &call.realm()?.realm;
    let ground = find::ground(call)?;

    let mut tx = call.write().await?;
    let before = find::row(call, &mut *tx).await?;
    let policies = Policies::read(&mut *tx, realm.id).await?;
    let shown = ClientRepresentation::of(&before, &ground);
    let before_protocol = shown.protocol.clone();
    let whole = shown.changed(change, &realm.settings);
    let other_protocol = whole.protocol != before_protocol;
    let Described {
        spec,
        enabled,
        not_before,
    } = policies.shape(whole)?.read(&ground)?;
    let (client_id, mut settings) = spec.into_parts();
    find::require_bounds(realm, &settings)?;
    // What stands in no representation.
    if let Some(token) = before.settings.kept.get(TOKEN_ID) {
        settings.kept.insert(TOKEN_ID.to_owned(), token.clone());
    }
    let switched = settings.service_account != before.settings.service_account;
    let renamed = client_id != before.client_id;
    if switched || other_protocol {
        service_account::follow_with_scope(&mut settings, |name| ground.scopes.contains_key(name));
    }
    let after = Client {
        client_id,
        enabled,
        not_before,
        settings,
        ..before
    };
    tx.update_client(&after).await.map_err(|fault| match fault {
        Fault::Exists(_) => AdminError::ConflictOf("Duplicate resource error"),
        fault => fault.into(),
    })?;
    secret::follow(call, &mut *tx, &after, own_secret).await?;
    if switched || renamed {
        service_account::follow(&mut *tx, realm, &after, call.cx.now).await?;
    }
    let shown = ClientRepresentation::of(&after, &ground).masked();
    let done = Done::new(Operation::Update, "CLIENT", format!("clients/{}", after.id));
    let shown = serde_json::to_value(shown).unwrap_or_default();
    call.commit(tx, done.with(shown)).await?;
    Ok(Answer::no_content())
}
