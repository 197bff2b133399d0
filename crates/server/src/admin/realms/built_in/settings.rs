//! Settings of built-in clients.

use keyward_domain::client::{ClientSettings, RoleScope};
use keyward_domain::scope::defaults;

/// What those of a realm of our own share: a name, scopes for minimal tokens, no flow.
pub(super) fn ours(name: &str) -> ClientSettings {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    ClientSettings {
        name: name.to_owned(),
        default_scopes: names(&defaults::DEFAULT),
        optional_scopes: names(&defaults::OPTIONAL),
        ..ClientSettings::default()
    }
}

/// A client that only stands for a realm's administration: nobody logs in through it, its roles are what matters.
pub(crate) fn admin_client(name: &str) -> ClientSettings {
    ClientSettings {
        name: name.to_owned(),
        bearer_only: true,
        standard_flow: true,
        role_scope: RoleScope::Mapped,
        attributes: [("realm_client".to_owned(), "true".to_owned())].into(),
        ..ClientSettings::default()
    }
}
