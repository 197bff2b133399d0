//! `GET users` and `GET users/count`.

use std::collections::BTreeSet;

use super::profile::{Rules, show};
use super::{search, view};
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};

/// How many users a list has that asks for no number.
const USUAL: i64 = 100;

/// Lists users. Whoever may only ask for users sees those that they may see: none.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let paging = call.query.paging(USUAL)?;
    let wanted = search::parse(&call.query)?.filter(|_| Need::ViewUsers.is_met_by(call.rights));
    let Some(wanted) = wanted else {
        return Ok(Answer::json(&[(); 0]));
    };
    let realm = call.realm()?;
    let mut tx = call.read().await?;
    let users = tx.users(realm.realm.id, &wanted, paging).await?;
    let rules = Rules::read(&mut *tx, &realm.realm).await?;
    let brief = call.query.flag("briefRepresentation") == Some(true);
    let with_code = if brief {
        BTreeSet::new()
    } else {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        tx.users_with_otps(&ids).await?
    };
    let mut views = Vec::with_capacity(users.len());
    for user in &users {
        let mut view = if brief {
            show::narrow(&rules, UserView::brief(user))
        } else {
            let has_code = with_code.contains(&user.id);
            view::full(call, &mut *tx, &rules, user, has_code).await?
        };
        view.access = Some(view::access_in_list(call));
        views.push(view);
    }
    Ok(Answer::json(&views))
}

/// Counts what [`list`] would find without its paging.
pub(super) async fn count(call: &AdminCall) -> Result<Answer, AdminError> {
    let wanted = search::parse(&call.query)?.filter(|_| Need::ViewUsers.is_met_by(call.rights));
    let count = match wanted {
        None => 0,
        Some(wanted) => call.read().await?.count_users(call.realm_id()?, &wanted).await?,
    };
    Ok(Answer::json(&count))
}
