//! The ports, one file each: statements, rows, and the implementation for both engines.

mod access_tokens;
mod audit;
mod changes;
mod clients;
mod codes;
mod consents;
mod documents;
mod grants;
mod groups;
pub(crate) mod jtis;
mod keys;
mod leases;
mod login_failures;
mod otps;
mod realms;
mod roles;
mod scope_mappings;
mod scopes;
mod sessions;
mod user_events;
pub(crate) mod users;

use keyward_domain::Fault;
use serde::Serialize;

/// The JSON text of a settings column.
fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::Corrupt("settings cannot be written as JSON".into()))
}
