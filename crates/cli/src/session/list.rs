//! `keyward session list`.

use clap::Args;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::admin_api::{Path, Server, id, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Those of this person
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// Those of this client; with --user its offline sessions
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// Offline sessions, which outlive the browser's
    #[arg(long, requires = "client")]
    offline: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

const SESSIONS: [(&str, &str); 5] = [
    ("ID", "id"),
    ("USERNAME", "username"),
    ("ADDRESS", "ipAddress"),
    ("SINCE", "start"),
    ("LAST", "lastAccess"),
];

const COUNTS: [(&str, &str); 3] = [("CLIENT_ID", "clientId"), ("ACTIVE", "active"), ("OFFLINE", "offline")];

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let List {
        realm,
        user,
        client,
        offline,
        ..
    } = &arguments;
    let api = arguments.server.reach()?;
    let client = match client {
        None => None,
        Some(client) => Some(api.client(realm, client).await?),
    };
    let path = Path::realm(realm);
    let path = match (user, &client) {
        (None, None) => path.then("client-session-stats"),
        (None, Some(client)) => {
            let kind = if *offline { "offline-sessions" } else { "user-sessions" };
            path.then("clients").part(id(client)).then(kind)
        }
        (Some(user), client) => {
            let user = api.user(realm, user).await?;
            let path = path.then("users").part(id(&user));
            match client {
                None => path.then("sessions"),
                Some(client) => path.then("offline-sessions").part(id(client)),
            }
        }
    };
    let mut found = api.get(&path).await?;
    if arguments.json {
        return output::json(&found);
    }
    if user.is_none() && client.is_none() {
        return table(&COUNTS, &found);
    }
    for session in found
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        for name in ["start", "lastAccess"] {
            if let Some(time) = session.get_mut(name) {
                *time = in_words(time);
            }
        }
    }
    table(&SESSIONS, &found)
}

/// Milliseconds as people read them.
fn in_words(time: &Value) -> Value {
    let secs = time.as_i64().unwrap_or_default() / 1000;
    let text = OffsetDateTime::from_unix_timestamp(secs)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok());
    text.map_or_else(|| time.clone(), Value::String)
}
