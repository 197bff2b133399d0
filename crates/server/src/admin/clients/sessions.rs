//! The logins in which a client has tokens.

use keyward_domain::grant::GrantKind;
use serde_json::json;

use super::find;
use crate::admin::keycloak::session::SessionView;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};
use crate::admin::sessions;

/// Most sessions of one answer unless the caller asks for another number, as in Keycloak.
const MOST: i64 = 100;

pub(super) static ROUTES: [Route; 4] = [
    route!(
        GET "/admin/realms/{realm}/clients/{client}/user-sessions",
        Need::ViewClients,
        Offered::Full,
        online
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/offline-sessions",
        Need::ViewClients,
        Offered::Full,
        offline
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/session-count",
        Need::ViewClients,
        Offered::Full,
        count_online
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/offline-session-count",
        Need::ViewClients,
        Offered::Full,
        count_offline
    ),
];

async fn online(call: &AdminCall) -> Result<Answer, AdminError> {
    list(call, GrantKind::Online).await
}

async fn offline(call: &AdminCall) -> Result<Answer, AdminError> {
    list(call, GrantKind::Offline).await
}

async fn list(call: &AdminCall, kind: GrantKind) -> Result<Answer, AdminError> {
    let client = find::entry(call)?.client.id;
    let paging = call.query.paging(MOST)?;
    let mut tx = call.read().await?;
    let (realm, now) = (call.realm()?, call.cx.now);
    let found = tx.sessions_of_client(client, kind, now, paging).await?;
    if kind == GrantKind::Online {
        return Ok(Answer::json(&sessions::of_logins(&mut *tx, realm, &found, now).await?));
    }
    let mut shown = Vec::new();
    for session in found {
        shown.extend(SessionView::read(&mut *tx, realm, &session, kind, now).await?);
    }
    Ok(Answer::json(&shown))
}

async fn count_online(call: &AdminCall) -> Result<Answer, AdminError> {
    count(call, GrantKind::Online).await
}

async fn count_offline(call: &AdminCall) -> Result<Answer, AdminError> {
    count(call, GrantKind::Offline).await
}

async fn count(call: &AdminCall, kind: GrantKind) -> Result<Answer, AdminError> {
    let client = find::entry(call)?.client.id;
    let mut tx = call.read().await?;
    let counts = tx.session_counts(call.realm_id()?, call.cx.now).await?;
    let found = counts.iter().find(|(of, its, _)| *of == client && *its == kind);
    Ok(Answer::json(
        &json!({ "count": found.map_or(0, |(_, _, count)| *count) }),
    ))
}
