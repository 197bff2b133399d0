//! Going through the audit log, where only the record says whether an event is meant.

use keyward_domain::Fault;
use keyward_domain::ports::Tx;
use keyward_domain::ports::audit::{EventQuery, StoredEvent};
use keyward_domain::ports::users::Paging;

use crate::admin::rest::AdminError;
use crate::admin::rest::query::Query;

/// Events that are read at once.
const BATCH: i64 = 500;

/// Batches that one request reads at most: who wants older events names an interval.
const MOST: i64 = 100;

/// How many events a list has that asks for no number.
pub(super) const USUAL: i64 = 100;

/// The events that `pick` takes, in order, cut to a page.
pub(super) async fn scan<T>(
    tx: &mut dyn Tx,
    realm: &str,
    query: &EventQuery,
    paging: Paging,
    pick: impl Fn(&StoredEvent) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let wanted = paging.first.saturating_add(paging.max);
    let (mut found, mut passed) = (Vec::new(), 0);
    for batch in 0..MOST {
        let page = Paging {
            first: batch * BATCH,
            max: BATCH,
        };
        let events = tx.events(realm, query, page).await?;
        for picked in events.iter().filter_map(&pick) {
            if passed >= wanted {
                return Ok(found);
            }
            if passed >= paging.first {
                found.push(picked);
            }
            passed += 1;
        }
        if i64::try_from(events.len()).unwrap_or(0) < BATCH || passed >= wanted {
            break;
        }
    }
    Ok(found)
}

/// `direction`: oldest first when it is `asc`.
pub(super) fn is_ascending(query: &Query) -> Result<bool, AdminError> {
    match query.get("direction") {
        None | Some("desc") => Ok(false),
        Some("asc") => Ok(true),
        Some(_) => Err(AdminError::BadRequest(
            "Invalid value for sortDirection, expected value is asc or desc".into(),
        )),
    }
}
