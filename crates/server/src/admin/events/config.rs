//! `events/config`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::admin::rest::body::Representation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation, body};
use crate::user_events::EventPolicy;

/// Listeners that Keycloak has. Ours are set where the server is configured.
pub(crate) const LISTENERS: [&str; 3] = ["jboss-logging", "email", "micrometer-user-event-metrics"];

/// `RealmEventsConfigRepresentation`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct EventsConfig {
    /// Off when it is absent, as in Keycloak.
    events_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events_expiration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events_listeners: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled_event_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_events_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_events_details_enabled: Option<bool>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for EventsConfig {
    const NAME: &'static str = "RealmEventsConfigRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// Shows what is recorded.
pub(super) async fn get(call: &AdminCall) -> Result<Answer, AdminError> {
    let settings = EventPolicy(&call.realm()?.realm.settings);
    let owned = |list: Vec<&str>| Some(list.into_iter().map(str::to_owned).collect());
    Ok(Answer::json(&EventsConfig {
        events_enabled: Some(settings.is_on("eventsEnabled")),
        events_expiration: settings.expiration(),
        events_listeners: owned(settings.listeners()),
        enabled_event_types: owned(settings.types()),
        admin_events_enabled: Some(settings.is_on("adminEventsEnabled")),
        admin_events_details_enabled: Some(settings.is_on("adminEventsDetailsEnabled")),
        rest: Map::new(),
    }))
}

/// Says what is recorded.
pub(super) async fn put(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: EventsConfig = call.representation()?;
    let listeners = sent.events_listeners.iter().flatten();
    if listeners.clone().any(|name| !LISTENERS.contains(&name.as_str())) {
        return Err(AdminError::BadRequest("Unknown event listener".into()));
    }
    let mut tx = call.write().await?;
    let missing = AdminError::not_found("Realm not found.");
    let mut realm = tx.realm_by_name(&call.realm()?.realm.name).await?.ok_or(missing)?;
    let members = [
        ("eventsEnabled", Some(json!(sent.events_enabled.unwrap_or(false)))),
        ("eventsExpiration", sent.events_expiration.map(Value::from)),
        ("eventsListeners", sent.events_listeners.clone().map(Value::from)),
        ("enabledEventTypes", sent.enabled_event_types.clone().map(Value::from)),
        ("adminEventsEnabled", sent.admin_events_enabled.map(Value::from)),
        (
            "adminEventsDetailsEnabled",
            sent.admin_events_details_enabled.map(Value::from),
        ),
    ];
    let members = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    realm.settings.kept.extend(members);
    tx.update_realm(&realm).await?;
    let done = Done::new(Operation::Update, "REALM", "events/config");
    call.commit(tx, done.with(body::value(&sent)?)).await?;
    Ok(Answer::no_content())
}
