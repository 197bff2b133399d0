//! The realm's own row.

use keyward_domain::Timestamp;
use keyward_domain::id::RealmId;
use keyward_domain::policy::lifetime::SessionLifespans;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use serde_json::value::RawValue;

use super::{Draft, Ground, Ids, NoteKind, Problems, Reader, RealmFile, Report};
use crate::admin::keycloak::realm::{COMPLETE, ChangedKind, RealmRepresentation, SettingsError};

/// What a file says of the realm itself.
pub(super) struct Own {
    pub(super) realm: Realm,
    /// Their paths: the groups are not known yet.
    pub(super) default_groups: Vec<String>,
    /// Whether it is an export of ours, to which nothing has to be added.
    pub(super) is_complete: bool,
}

/// Reads it. `None` when there is no name to go on with; other problems are remembered.
pub(super) fn read(
    file: &RealmFile<'_>,
    ground: Ground<'_>,
    problems: &mut Problems,
    report: &mut Report,
) -> Option<Own> {
    let text = file.rest();
    let raw: &RawValue = serde_json::from_str(&text).ok()?;
    let mut settings: RealmRepresentation = Reader { problems }.representation(raw, "$")?;
    let name = match settings.realm.as_deref().unwrap_or_default() {
        "" => {
            problems.add("realm", "Realm name cannot be empty");
            return None;
        }
        name => RealmName::parse(name),
    };
    let name = name.map_err(|error| problems.add("realm", error.to_string())).ok()?;
    let id = Ids::default().id(("realm", "$"), settings.id.as_deref(), problems, report);
    let mut realm = Realm {
        id: RealmId(id),
        name,
        enabled: false,
        not_before: Timestamp::from_secs(0),
        settings: of_keycloak(),
    };
    let is_complete = settings.take_attribute(COMPLETE).as_deref() == Some("true");
    let default_groups = settings.default_groups.clone().unwrap_or_default();
    match settings.apply(&mut realm, ground.sealer) {
        Ok(changed) => {
            for changed in changed {
                let kind = match changed.kind {
                    ChangedKind::Clamped => NoteKind::Clamped,
                    ChangedKind::NotOffered => NoteKind::NotCarried,
                    ChangedKind::Kept => NoteKind::Risk,
                };
                report.add(kind, changed.member, changed.text);
            }
        }
        Err(SettingsError::Member(member, text)) => problems.add(member, text),
        Err(SettingsError::Fault(_)) => problems.add("smtpServer", "its secrets cannot be sealed"),
    }
    for rule in realm.settings.password_policy.unsupported() {
        report.add(NoteKind::DataOnly, "passwordPolicy", format!("{rule} is not enforced"));
    }
    Some(Own {
        realm,
        default_groups,
        is_complete,
    })
}

/// Where nothing is said, a realm that comes in is as Keycloak makes it: what clients may do without, they say
/// themselves.
fn of_keycloak() -> RealmSettings {
    RealmSettings {
        sessions: SessionLifespans {
            offline_session_max_lifespan_enabled: false,
            ..SessionLifespans::default()
        },
        pkce_for_public_clients: false,
        password_policy: String::new().try_into().unwrap_or_default(),
        ..RealmSettings::default()
    }
}

impl Draft<'_> {
    /// The groups that every new user joins.
    pub(super) fn default_groups(&mut self, paths: &[String]) {
        for (place, wanted) in paths.iter().enumerate() {
            let found = self.group(wanted, &format!("defaultGroups[{place}]"));
            self.rows.realm.settings.default_groups.extend(found);
        }
    }
}
