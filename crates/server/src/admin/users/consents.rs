//! `users/{user}/consents`: what a user let clients have.

use std::collections::BTreeSet;

use keyward_domain::grant::GrantKind;
use keyward_domain::id::ClientUuid;
use keyward_domain::ports::Tx;
use keyward_domain::user::User;

use super::find::find;
use crate::admin::keycloak::consent;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::grants;

/// Most grants of a user that are looked at.
const MOST: i64 = 1000;

/// The attribute of a scope or a client that is named in the question for consent.
const SHOWN: &str = "display.on.consent.screen";

/// Lists them, and the clients that have an offline token without one.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let offline = offline_clients(call, &mut *tx, &user).await?;
    let consents = tx.consents(user.id).await?;
    let explicit: BTreeSet<ClientUuid> = consents.iter().map(|given| given.client).collect();
    let given = consents.into_iter().filter_map(|mut given| {
        let offline = Some(given.client).filter(|client| offline.contains(client));
        let client = &realm.client(given.client)?.client;
        // What Keycloak's question names: scopes that are shown in it, and a client that asks for itself too.
        let scopes = &realm.scopes;
        given.scope.retain(|name| {
            let scope = scopes.get(name).map(|entry| &entry.scope.settings.attributes);
            scope.is_some_and(|attributes| attributes.get(SHOWN).is_none_or(|shown| shown == "true"))
        });
        if client
            .settings
            .attributes
            .get(SHOWN)
            .is_some_and(|shown| shown == "true")
        {
            given.scope.push(client.client_id.clone());
        }
        Some(consent::view(Some(&given), &client.client_id, offline))
    });
    let only_offline = offline.difference(&explicit);
    let tokens =
        only_offline.filter_map(|client| Some(consent::view(None, realm.roles.client_id(*client)?, Some(*client))));
    Ok(Answer::json(&given.chain(tokens).collect::<Vec<_>>()))
}

/// Takes back what a client has: the consent and everything that came of it.
pub(super) async fn revoke(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    let client = realm.clients.get(call.param("client"));
    let client = client.ok_or(AdminError::not_found("Client not found"))?.client.id;
    let has_offline = offline_clients(call, &mut *tx, &user).await?.contains(&client);
    if !tx.delete_consent(user.id, client).await? && !has_offline {
        return Err(AdminError::not_found("Consent nor offline token not found"));
    }
    let revoked = tx.revoke_grants_of_client(user.id, client, call.cx.now).await?;
    grants::tell(&mut *tx, user.realm, &revoked).await?;
    let path = format!("users/{}/consents/{}", user.id, call.param("client"));
    call.commit(tx, Done::new(Operation::Action, "USER", path).of_nothing())
        .await?;
    grants::note(&call.app, &revoked);
    Ok(Answer::no_content())
}

async fn offline_clients(call: &AdminCall, tx: &mut dyn Tx, user: &User) -> Result<BTreeSet<ClientUuid>, AdminError> {
    let grants = tx.grants_of_user(user.id, call.cx.now, MOST).await?;
    let offline = grants.iter().filter(|grant| grant.kind == GrantKind::Offline);
    Ok(offline.map(|grant| grant.client).collect())
}
