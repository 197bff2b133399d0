//! The client `realm-management`: its roles administer the realm.

use keyward_domain::id::{ClientUuid, RoleId};

use super::settings::admin_client;
use crate::admin::realms::rows::{Made, RealmRows};
use crate::admin::rest::rights::{ADMIN_ROLES, MASTER, REALM_ADMIN, REALM_MANAGEMENT};

/// Which roles a role brings with it.
const CONTAINED: [(&str, &str); 4] = [
    ("view-clients", "query-clients"),
    ("view-users", "query-users"),
    ("view-users", "query-groups"),
    ("view-organizations", "query-organizations"),
];

/// Adds the client, or the roles that it lacks: an export of an older version does not have all.
pub(super) fn add(rows: &mut RealmRows) {
    if rows.realm.name.as_str() == MASTER {
        return;
    }
    let client = match rows.client(REALM_MANAGEMENT) {
        Some(client) => client.id,
        None => rows.add_client(REALM_MANAGEMENT, admin_client("${client_realm-management}")),
    };
    let (admin, _) = rows.role_or_new(Some(client), REALM_ADMIN, "${role_realm-admin}");
    for role in add_roles(rows, client) {
        rows.composites.push((admin, role));
    }
}

/// Adds the admin roles that a client lacks, with what they contain. Returns those that were made.
pub(crate) fn add_roles(rows: &mut RealmRows, client: ClientUuid) -> Vec<RoleId> {
    let mut made = Vec::new();
    for name in ADMIN_ROLES.into_iter().filter(|name| *name != REALM_ADMIN) {
        let (role, when) = rows.role_or_new(Some(client), name, &format!("${{role_{name}}}"));
        if when == Made::Before {
            continue;
        }
        made.push(role);
        // What it contains is made before it or will find it: both directions are looked at.
        for (composite, contained) in CONTAINED {
            if name == composite || name == contained {
                let pair = rows
                    .role(Some(client), composite)
                    .zip(rows.role(Some(client), contained));
                rows.composites.extend(pair);
            }
        }
    }
    made
}
