//! All people of a realm, who are looked at page by page, and their number.

use keyward_domain::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::ports::users::Paging;
use keyward_domain::user::User;

use super::super::{columns, user};
use super::in_order;
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

/// The state of a realm's people, in each row of a page.
macro_rules! state {
    () => {
        ", (select c.state from user_counts c where c.realm_id = $1)"
    };
}

/// A short page near a name: few rows are passed over, so nobody waits for it; service accounts that lie in between,
/// which are together, come on top.
pub(super) static PAGE: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    state!(),
    " from users u where u.realm_id = $1 and u.username >= $2 and u.service_account_of is null
     order by u.username limit $3 offset $4"
));

/// A long page, or one far from it: what is passed over is passed over in an index.
pub(super) static FAR_PAGE: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    state!(),
    " from (select n.username from users n where n.realm_id = $1 and n.username >= $2 and n.service_account_of is null
            order by n.username limit $3 offset $4) p
      cross join users u where u.realm_id = $1 and u.username = p.username"
))
.long();

/// What [`PAGE`] leaves out and returns at most.
const NEAR: i64 = 200;

/// How many people a realm has, where they are counted.
static PEOPLE: Sql = Sql::new("select people from user_counts where realm_id = $1");

/// The state of a realm's people.
static STATE: Sql = Sql::new("select state from user_counts where realm_id = $1");

/// How many people a realm has. `None` where they are not counted.
pub(super) async fn count(tx: &mut Transaction, realm: RealmId) -> Result<Option<i64>, Fault> {
    if tx.counts_people() {
        tx.one(&PEOPLE, params![realm], only).await
    } else {
        Ok(None)
    }
}

/// A page of all people, counted from the nearest place that is known.
pub(super) async fn page(tx: &mut Transaction, realm: RealmId, paging: Paging) -> Result<Vec<User>, Fault> {
    if let Some(place) = tx.places().up_to(realm, paging.first) {
        let past = paging.first - place.before;
        let (found, mut state) = from_name(tx, realm, &place.username, past, paging.max).await?;
        if found.is_empty() {
            // No row tells in which state it was read.
            state = tx.one(&STATE, params![realm], only).await?;
        }
        if state == Some(place.state) {
            return Ok(remembered(tx, realm, paging, state, found));
        }
    }
    let (found, state) = from_name(tx, realm, "", paging.first, paging.max).await?;
    Ok(remembered(tx, realm, paging, state, found))
}

async fn from_name(
    tx: &mut Transaction,
    realm: RealmId,
    username: &str,
    past: i64,
    max: i64,
) -> Result<(Vec<User>, Option<i64>), Fault> {
    let sql = if past.saturating_add(max) <= NEAR {
        &PAGE
    } else {
        &FAR_PAGE
    };
    let rows = tx.all(sql, params![realm, username, max, past], user_and_state).await?;
    let (found, states): (Vec<User>, Vec<Option<i64>>) = rows.into_iter().unzip();
    Ok((in_order(found), states.into_iter().next().flatten()))
}

fn user_and_state(row: &mut Row<'_>) -> Result<(User, Option<i64>), Fault> {
    Ok((user(row)?, row.get()?))
}

/// The page, after it was noted where it began and ended.
fn remembered(tx: &Transaction, realm: RealmId, paging: Paging, state: Option<i64>, page: Vec<User>) -> Vec<User> {
    let (Some(state), Ok(length)) = (state, i64::try_from(page.len())) else {
        return page;
    };
    for (user, before) in [(page.first(), paging.first), (page.last(), paging.first + length - 1)] {
        if let Some(user) = user {
            tx.places().remember(realm, state, before, &user.username);
        }
    }
    page
}
