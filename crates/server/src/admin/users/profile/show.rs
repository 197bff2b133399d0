//! What an administrator may see of a user.

use keyward_domain::user::{Attributes, User};

use super::rules::{ROOT, Rules, flat};
use crate::admin::keycloak::user::UserView;

/// Leaves out what the realm's rules do not show.
pub(crate) fn narrow(rules: &Rules, mut view: UserView) -> UserView {
    let hides = |name: &str| !rules.is_managed(name) || !rules.is_readable(name);
    let members = [
        ("username", &mut view.username),
        ("email", &mut view.email),
        ("firstName", &mut view.first_name),
        ("lastName", &mut view.last_name),
    ];
    for (name, member) in members {
        if hides(name) {
            *member = None;
        }
    }
    view.attributes.retain(|name, _| rules.is_readable(name));
    view
}

/// The attributes that the configuration does not name, as far as an administrator may see them.
pub(crate) fn unmanaged(rules: &Rules, user: &User) -> Attributes {
    let mut all = flat(user);
    all.retain(|name, _| !rules.is_managed(name) && rules.is_readable(name) && !ROOT[..2].contains(&name.as_str()));
    all
}
