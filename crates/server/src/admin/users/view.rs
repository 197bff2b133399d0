//! How users are shown.

use std::collections::{BTreeMap, BTreeSet};

use keyward_domain::ports::Tx;
use keyward_domain::user::User;

use super::privilege;
use super::profile::{Rules, show};
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::{AdminCall, AdminError, Need};
use crate::login::failures;

/// A user whole, as the caller may see them. `has_code`: whether there is a one-time password device.
pub(super) async fn full(
    call: &AdminCall,
    tx: &mut dyn Tx,
    rules: &Rules,
    user: User,
    has_code: bool,
) -> Result<UserView, AdminError> {
    let id = user.id;
    let mut view = show::narrow(rules, UserView::of(user, has_code));
    let brute_force = &call.realm()?.realm.settings.brute_force;
    if brute_force.protected && brute_force.permanent_lockout {
        let record = failures::of_user(tx, call.realm_id()?, id).await?;
        if record.is_some_and(|record| record.permanently) {
            view.enabled = false;
            view.attributes
                .insert("disabledReason".into(), vec!["permanentLockout".into()]);
        }
    }
    Ok(view)
}

/// What the caller may do with a user.
pub(super) async fn access(
    call: &AdminCall,
    tx: &mut dyn Tx,
    user: &User,
) -> Result<BTreeMap<&'static str, bool>, AdminError> {
    let may = |need: Need| need.is_met_by(call.rights);
    let above = privilege::is_above(call, tx, user).await?;
    Ok(BTreeMap::from([
        ("view", may(Need::ViewUsers)),
        ("manage", may(Need::ManageUsers)),
        ("mapRoles", may(Need::ManageUsers)),
        ("manageGroupMembership", may(Need::ManageUsers)),
        ("resetPassword", may(Need::ManageUsers) && !above),
        ("impersonate", may(Need::Impersonate) && !above),
    ]))
}

/// Users in a list: whole, unless `briefRepresentation=true` asks for less.
pub(crate) async fn listed(call: &AdminCall, tx: &mut dyn Tx, users: Vec<User>) -> Result<Vec<UserView>, AdminError> {
    let rules = Rules::read(tx, &call.realm()?.realm).await?;
    let brief = call.query.flag("briefRepresentation") == Some(true);
    let with_code = if brief {
        BTreeSet::new()
    } else {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        tx.users_with_otps(&ids).await?
    };
    let mut views = Vec::with_capacity(users.len());
    let access = BTreeMap::from([("manage", Need::ManageUsers.is_met_by(call.rights))]);
    for user in users {
        let mut view = if brief {
            show::narrow(&rules, UserView::brief(user))
        } else {
            let has_code = with_code.contains(&user.id);
            full(call, tx, &rules, user, has_code).await?
        };
        view.access = Some(access.clone());
        views.push(view);
    }
    Ok(views)
}
