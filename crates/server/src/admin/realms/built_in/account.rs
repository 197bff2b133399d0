//! The roles of the client `account`: what people may do with their own account.

use keyward_domain::client::{ClientSettings, ClientType};
use keyward_domain::role::{ScopeMapping, ScopeOwner};

use super::settings;
use crate::admin::realms::rows::RealmRows;

/// The client whose roles they are.
pub(super) const ACCOUNT: &str = "account";

/// The client of the pages about an account.
const CONSOLE: &str = "account-console";

/// The roles that something here asks for.
const OURS: [(&str, &str); 2] = [
    ("view-profile", "May see the own profile"),
    ("manage-account", "May change the own account"),
];

/// Keycloak's.
const KEYCLOAK: [&str; 8] = [
    "view-profile",
    "manage-account",
    "manage-account-links",
    "view-applications",
    "view-consent",
    "manage-consent",
    "view-groups",
    "delete-account",
];

/// Which of them contains which.
const CONTAINED: [(&str, &str); 2] = [
    ("manage-account", "manage-account-links"),
    ("manage-consent", "view-consent"),
];

/// The roles that the pages of the account need in their tokens.
const OF_CONSOLE: [&str; 2] = ["manage-account", "view-groups"];

/// Adds `account` with the roles that something here asks for.
pub(super) fn ours(rows: &mut RealmRows) {
    if rows.client(ACCOUNT).is_some() {
        return;
    }
    let settings = ClientSettings {
        client_type: ClientType::Public,
        ..settings::ours("Account")
    };
    let account = rows.add_client(ACCOUNT, settings);
    for (name, description) in OURS {
        rows.role_or_new(Some(account), name, description);
    }
}

/// Which of the two clients a file brought itself.
pub(crate) struct Brought {
    account: bool,
    console: bool,
}

impl Brought {
    /// Asked before the missing ones are made.
    pub(super) fn of(rows: &RealmRows) -> Self {
        Self {
            account: rows.client(ACCOUNT).is_some(),
            console: rows.client(CONSOLE).is_some(),
        }
    }
}

/// Adds the roles of an `account` that was made just now, and what its pages may see.
pub(super) fn keycloak(rows: &mut RealmRows, brought: &Brought) {
    let Some(account) = rows.client(ACCOUNT).map(|client| client.id) else {
        return;
    };
    if !brought.account {
        for name in KEYCLOAK {
            rows.role_or_new(Some(account), name, &format!("${{role_{name}}}"));
        }
        for (composite, contained) in CONTAINED {
            let pair = rows
                .role(Some(account), composite)
                .zip(rows.role(Some(account), contained));
            rows.composites.extend(pair);
        }
    }
    let console = rows.client(CONSOLE).map(|client| client.id);
    if let Some(console) = console.filter(|_| !brought.console) {
        for name in OF_CONSOLE {
            // An export of an older version may lack one.
            let (role, _) = rows.role_or_new(Some(account), name, &format!("${{role_{name}}}"));
            let owner = ScopeOwner::Client(console);
            rows.scope_mappings.push(ScopeMapping { owner, role });
        }
    }
}
