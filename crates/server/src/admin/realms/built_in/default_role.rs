//! The role that every user of a realm holds.

use super::account::ACCOUNT;
use crate::admin::realms::rows::{Made, RealmRows};

/// Roles of the realm that it contains: their name and Keycloak's key for their description.
const OF_REALM: [(&str, &str); 2] = [
    ("offline_access", "${role_offline-access}"),
    ("uma_authorization", "${role_uma_authorization}"),
];

/// Roles of `account` that it contains.
const OF_ACCOUNT: [&str; 2] = ["view-profile", "manage-account"];

/// Makes it, unless the realm names one already.
pub(super) fn keycloak(rows: &mut RealmRows) {
    if rows.realm.settings.default_role.is_some() {
        return;
    }
    let name = format!("default-roles-{}", rows.realm.name.as_str().to_lowercase());
    let (default, made) = rows.role_or_new(None, &name, "${role_default-roles}");
    rows.realm.settings.default_role = Some(default);
    if made == Made::Before {
        return;
    }
    for (name, description) in OF_REALM {
        let (role, _) = rows.role_or_new(None, name, description);
        rows.composites.push((default, role));
    }
    let account = rows.client(ACCOUNT).map(|client| client.id);
    for name in OF_ACCOUNT {
        if account.is_some()
            && let Some(role) = rows.role(account, name)
        {
            rows.composites.push((default, role));
        }
    }
}
