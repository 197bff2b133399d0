//! Changing a realm's settings, and its name.

use keyward_domain::Fault;
use keyward_domain::id::GroupId;
use keyward_domain::realm::RealmName;
use serde_json::json;

use super::master::Master;
use super::{current, rename};
use crate::admin::groups::joinable;
use crate::admin::keycloak::realm::{ChangedKind, RealmRepresentation, SettingsError};
use crate::admin::keycloak::session_bounds;
use crate::admin::rest::rights::MASTER;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Applies what was sent; what was not stays.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: RealmRepresentation = call.representation()?;
    let snapshot = call.realm()?;
    let before = snapshot.realm.name.clone();
    let name = match &sent.realm {
        Some(name) if name != before.as_str() => Some(new_name(&before, name)?),
        Some(_) | None => None,
    };
    let groups = match &sent.default_groups {
        Some(paths) => Some(joined_by_all(call, paths)?),
        None => None,
    };
    let mut tx = call.write().await?;
    // Another request may have changed it since the snapshot was made.
    let mut realm = current(call, &mut *tx).await?;
    let changed = sent.apply(&mut realm, &call.app.sealer).map_err(refusal)?;
    if let Some(refused) = changed.iter().find(|changed| changed.kind == ChangedKind::NotOffered) {
        return Err(AdminError::Invalid(
            format!("{}: {}", refused.member, refused.text).into(),
        ));
    }
    if let Some(text) = session_bounds::of_realm(&realm.settings) {
        return Err(AdminError::invalid(text));
    }
    if let Some(groups) = groups {
        realm.settings.default_groups = groups;
    }
    let master = match &name {
        None => None,
        Some(name) => {
            realm.name = name.clone();
            rename::follow(&mut *tx, &realm, before.as_str()).await?;
            let master = Master::in_memory(&call.app).await?;
            if let Some(master) = &master {
                let renamed = master.rename(&mut *tx, (&before, name), call.cx.now).await;
                renamed.map_err(taken)?;
            }
            master
        }
    };
    tx.update_realm(&realm).await.map_err(taken)?;
    let done = Done::new(Operation::Update, "REALM", "").with(json!({ "realm": realm.name.as_str() }));
    call.commit_in(tx, realm.id, realm.name.as_str(), done).await?;
    if let Some(master) = master {
        call.app.realms.changed(master.realm.id).await?;
    }
    Ok(Answer::no_content())
}

fn new_name(before: &RealmName, name: &str) -> Result<RealmName, AdminError> {
    if before.as_str() == MASTER {
        return Err(AdminError::invalid("Can't rename master realm"));
    }
    RealmName::parse(name).map_err(|error| AdminError::Invalid(error.to_string().into()))
}

/// Groups by path. Those that the realm has already may stay.
fn joined_by_all(call: &AdminCall, paths: &[String]) -> Result<Vec<GroupId>, AdminError> {
    let realm = call.realm()?;
    let mut found = Vec::new();
    for path in paths {
        let group = realm.roles.group_by_path(path);
        let group =
            group.ok_or_else(|| AdminError::Invalid(format!("defaultGroups: there is no group {path:?}").into()))?;
        if !realm.realm.settings.default_groups.contains(&group.id) {
            joinable(call, group.id)?;
        }
        found.push(group.id);
    }
    Ok(found)
}

/// What a setting that cannot be is answered with.
pub(super) fn refusal(error: SettingsError) -> AdminError {
    match error {
        SettingsError::Member(member, text) if member == "smtpServer" => AdminError::Invalid(text.into()),
        SettingsError::Member(member, text) => AdminError::Invalid(format!("{member}: {text}").into()),
        SettingsError::Fault(fault) => fault.into(),
    }
}

fn taken(fault: Fault) -> AdminError {
    match fault {
        Fault::Exists(_) => AdminError::Conflict("Realm with same name exists".into()),
        fault => fault.into(),
    }
}
