//! `GET users` and `GET users/count`.

use super::{search, view};
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
    let views = view::listed(call, &mut *tx, users).await?;
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
