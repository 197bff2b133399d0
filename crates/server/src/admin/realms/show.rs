//! One realm.

use keyward_domain::document::DocumentKind;
use keyward_domain::{Fault, group};
use serde_json::{Map, Value, json};

use crate::admin::keycloak::realm::{self, Shown};
use crate::admin::keycloak::role::RoleView;
use crate::admin::rest::rights::{ADMIN_ROLES, Rights};
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};
use crate::snapshot::RealmSnapshot;

/// The settings, or a little for whoever may not see them.
pub(super) async fn show(call: &AdminCall) -> Result<Answer, AdminError> {
    let snapshot = call.realm()?;
    if call.require(Need::ViewRealm).is_ok() {
        return Ok(Answer::json(&whole(call, snapshot).await?));
    }
    if may_know(call.rights) {
        Ok(Answer::json(&little(call, snapshot)))
    } else {
        Err(AdminError::Forbidden)
    }
}

/// Whether who has these rights may know that there is the realm: whoever may only act as others may not.
pub(super) fn may_know(rights: Rights) -> bool {
    let others = ADMIN_ROLES.into_iter().filter(|role| *role != "impersonation");
    rights.any_of(&others.collect::<Vec<_>>())
}

/// What those see who administer something else of the realm.
fn little(call: &AdminCall, snapshot: &RealmSnapshot) -> Value {
    let settings = &snapshot.realm.settings;
    let kept = |name: &str, usual: Value| settings.kept.get(name).cloned().unwrap_or(usual);
    let mut shown = json!({
        "realm": snapshot.realm.name.as_str(),
        "bruteForceProtected": settings.brute_force.protected,
        "supportedLocales": kept("supportedLocales", json!([])),
        "organizationsEnabled": kept("organizationsEnabled", json!(false)),
    });
    if call.require(Need::ViewUsers).is_ok() {
        let flag = kept("registrationEmailAsUsername", json!(false));
        crate::admin::documents::set(&mut shown, "registrationEmailAsUsername", flag);
    }
    shown
}

/// The whole representation, secrets masked.
pub(super) async fn whole(call: &AdminCall, snapshot: &RealmSnapshot) -> Result<Map<String, Value>, Fault> {
    let settings = &snapshot.realm.settings;
    let mut tx = call.app.store().read().await?;
    let mut one = async |kind| -> Result<Option<Value>, Fault> {
        let documents = tx.documents(snapshot.realm.id, kind).await?;
        Ok(documents.into_iter().next().map(|document| document.body))
    };
    let role = settings.default_role.and_then(|id| snapshot.roles.role(id));
    let groups = settings.default_groups.iter();
    let shown = Shown {
        default_role: role.map(|role| json!(RoleView::brief(role, &snapshot.roles))),
        default_groups: groups
            .filter(|id| snapshot.roles.group(**id).is_some())
            .map(|id| group::path(*id, snapshot.roles.groups()))
            .collect(),
        client_profiles: one(DocumentKind::ClientProfiles).await?,
        client_policies: one(DocumentKind::ClientPolicies).await?,
    };
    Ok(realm::whole(&snapshot.realm, shown))
}
