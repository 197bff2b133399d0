//! `GET events`.

use keyward_domain::ports::audit::EventQuery;

use super::scan::{self, scan};
use super::settings::EventSettings;
use super::types;
use crate::admin::keycloak::event;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// Lists what people and clients did, youngest first.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = &call.realm()?.realm;
    let settings = EventSettings(&realm.settings);
    let wanted: Vec<&str> = call.query.all("type").collect();
    if let Some(unknown) = wanted.iter().find(|name| !types::is_known(name)) {
        return Err(AdminError::BadRequest(format!("Unknown event type {unknown}")));
    }
    let paging = call.query.paging(scan::USUAL)?;
    let expired = settings.expiration().map(|secs| call.cx.now.minus_secs(secs));
    let query = EventQuery {
        names: event::names(&wanted),
        from: call.query.from("dateFrom")?.max(expired),
        to: call.query.until("dateTo")?,
        ascending: scan::is_ascending(&call.query)?,
        members: [("client", "client"), ("user", "user_id"), ("ipAddress", "address")]
            .into_iter()
            .filter_map(|(parameter, member)| Some((member, call.query.get(parameter)?.to_owned())))
            .collect(),
    };
    if !settings.is_on("eventsEnabled") || query.names.is_empty() {
        return Ok(Answer::json(&[(); 0]));
    }
    let shown = settings.types();
    let realm_id = realm.id.to_string();
    let mut tx = call.read().await?;
    let events = scan(&mut *tx, realm.name.as_str(), &query, paging, |stored| {
        let view = event::view(stored, &realm_id)?;
        let meant = wanted.is_empty() || wanted.contains(&view.kind());
        (meant && shown.contains(&view.kind())).then_some(view)
    });
    Ok(Answer::json(&events.await?))
}
