//! The client scopes that a realm begins with.

use keyward_domain::entropy;
use keyward_domain::id::ScopeId;
use keyward_domain::role::{ScopeMapping, ScopeOwner};
use keyward_domain::scope::{ClientScope, ScopeSettings, defaults};

use crate::admin::realms::rows::{Made, RealmRows};
use crate::http::entropy::SystemEntropy;

/// Ours.
pub(super) fn ours(rows: &mut RealmRows) {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    add(rows, defaults::standard(&mut SystemEntropy));
    rows.realm.settings.default_scopes = names(&defaults::DEFAULT);
    rows.realm.settings.optional_scopes = names(&defaults::OPTIONAL);
}

fn add(rows: &mut RealmRows, scopes: Vec<(&'static str, ScopeSettings)>) {
    let realm = rows.realm.id;
    rows.scopes
        .extend(scopes.into_iter().map(|(name, settings)| ClientScope {
            id: ScopeId(entropy::uuid(&mut SystemEntropy)),
            realm,
            name: name.to_owned(),
            settings,
        }));
}

/// Keycloak's, for a realm that brings none.
pub(crate) fn keycloak(rows: &mut RealmRows) {
    if !rows.scopes.is_empty() {
        return;
    }
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    add(rows, defaults::keycloak(&mut SystemEntropy));
    rows.realm.settings.default_scopes = names(&defaults::KEYCLOAK_DEFAULT);
    rows.realm.settings.optional_scopes = names(&defaults::KEYCLOAK_OPTIONAL);
}

/// The scope of long grants, and the role of those who may have them.
const OFFLINE: &str = "offline_access";

/// Only who may stay away for long gets a grant that outlives the login. A file that has the role says itself who needs
/// it.
pub(super) fn let_offline_in(rows: &mut RealmRows) {
    let scope = rows
        .scopes
        .iter()
        .find(|scope| scope.name == OFFLINE)
        .map(|scope| scope.id);
    let (role, made) = rows.role_or_new(None, OFFLINE, "${role_offline-access}");
    if let Some(scope) = scope.filter(|_| made == Made::Now) {
        let owner = ScopeOwner::Scope(scope);
        rows.scope_mappings.push(ScopeMapping { owner, role });
    }
}
