//! `GET events`.

use keyward_domain::ports::user_events::UserEventQuery;

use crate::admin::keycloak::event::EventView;
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::user_events::{EventPolicy, types};

use super::scan;

/// Lists what people and clients did, youngest first. What was recorded stays visible while nothing is recorded any
/// more, as in Keycloak.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = &call.realm()?.realm;
    let names: Vec<String> = call.query.all("type").map(str::to_owned).collect();
    if let Some(unknown) = names.iter().find(|name| !types::is_known(name)) {
        return Err(AdminError::BadRequest(format!("Unknown event type {unknown}")));
    }
    let paging = call.query.paging(scan::USUAL)?;
    let expiration = EventPolicy(&realm.settings).expiration();
    let expired = expiration.map(|secs| call.cx.now.minus_secs(secs));
    let text = |name| call.query.get(name).map(str::to_owned);
    let query = UserEventQuery {
        names,
        from: call.query.from("dateFrom")?.max(expired),
        to: call.query.until("dateTo")?,
        client: text("client"),
        user: text("user"),
        address: text("ipAddress"),
        ascending: scan::is_ascending(&call.query)?,
    };
    // Whoever did something and then looks here must find it.
    call.app.user_events.write(call.app.store()).await?;
    let events = call.read().await?.user_events(realm.id, &query, paging).await?;
    let views: Vec<EventView> = events.into_iter().map(EventView::from).collect();
    Ok(Answer::json(&views))
}
