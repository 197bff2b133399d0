//! One login of a realm, and how many there are of each client.

use keyward_domain::event::What;
use keyward_domain::grant::GrantKind;
use keyward_domain::id::SessionId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::{grants, session};

/// Keycloak's words, as it spells them.
const MISSING: &str = "Sesssion not found";

/// `DELETE …/sessions/{session}`: ends a login with its tokens, on every node at once. With `isOffline` the offline
/// tokens that began in it end.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let id: SessionId = call.id("session", MISSING)?;
    let (realm, now) = (call.realm_id()?, call.cx.now);
    let mut tx = call.write().await?;
    let found = tx.session(id).await?.filter(|session| session.realm == realm);
    let found = found.ok_or(AdminError::not_found(MISSING))?;
    let revoked = if call.query.flag("isOffline") == Some(true) {
        let mut revoked = Vec::new();
        for grant in tx.grants_of_session(id, now).await? {
            if grant.kind == GrantKind::Offline {
                revoked.extend(tx.revoke_grant(grant.id, now).await?);
            }
        }
        if revoked.is_empty() {
            return Err(AdminError::not_found(MISSING));
        }
        grants::tell(&mut *tx, realm, &revoked).await?;
        revoked
    } else {
        let what = What::LoggedOut {
            user_id: found.user,
            session: id,
        };
        let name = call.realm()?.realm.name.as_str();
        tx.append_event(&call.cx.event(name, what)).await?;
        session::end(&mut *tx, realm, id, now).await?
    };
    let done = Done::new(Operation::Delete, "USER_SESSION", format!("sessions/{id}")).of_nothing();
    call.commit(tx, done).await?;
    grants::note(&call.app, &revoked);
    Ok(Answer::no_content())
}

/// `GET …/client-session-stats`: the clients that have logins, with how many.
pub(super) async fn stats(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let counts = call.read().await?.session_counts(realm.realm.id, call.cx.now).await?;
    let mut by_client: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for (client, kind, count) in counts {
        let (active, offline) = by_client.entry(client).or_default();
        match kind {
            GrantKind::Online => *active += count,
            GrantKind::Offline => *offline += count,
        }
    }
    let shown = by_client.into_iter().filter_map(|(client, (active, offline))| {
        let client = &realm.client(client)?.client;
        Some(json!({
            "id": client.id,
            "clientId": client.client_id,
            "active": active.to_string(),
            "offline": offline.to_string(),
        }))
    });
    Ok(Answer::json(&shown.collect::<Vec<Value>>()))
}
