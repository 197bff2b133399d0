//! The groups of a user.

use keyward_domain::group::Group;
use keyward_domain::id::UserId;
use keyward_domain::user::User;
use serde::Serialize;

use super::find::{group, joinable};
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// What Keycloak says here of a group that is not there.
const MISSING: &str = "Group not found";

/// `GET /admin/realms/{realm}/users/{user}/groups`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = &call.realm()?.roles;
    let found = found(call).await?;
    let brief = call.query.flag("briefRepresentation") != Some(false);
    let page = part(found.into_iter(), call.query.paging(i64::from(i32::MAX))?);
    let views: Vec<GroupView> = page
        .into_iter()
        .map(|group| {
            if brief {
                GroupView::brief(group, book)
            } else {
                GroupView::full(group, book)
            }
        })
        .collect();
    Ok(Answer::json(&views))
}

/// `GET /admin/realms/{realm}/users/{user}/groups/count`.
pub(super) async fn count(call: &AdminCall) -> Result<Answer, AdminError> {
    #[derive(Serialize)]
    struct Count {
        count: usize,
    }
    let count = found(call).await?.len();
    Ok(Answer::json(&Count { count }))
}

/// `PUT /admin/realms/{realm}/users/{user}/groups/{group}`.
pub(super) async fn join(call: &AdminCall) -> Result<Answer, AdminError> {
    let user = user(call).await?;
    let group = group(call, MISSING)?.id;
    joinable(call, group)?;
    let mut tx = call.write().await?;
    tx.join_group(user.id, group).await?;
    call.commit(tx, done(call, Operation::Create, &user)).await?;
    Ok(Answer::no_content())
}

/// `DELETE /admin/realms/{realm}/users/{user}/groups/{group}`.
pub(super) async fn leave(call: &AdminCall) -> Result<Answer, AdminError> {
    let user = user(call).await?;
    let group = group(call, MISSING)?.id;
    joinable(call, group)?;
    let mut tx = call.write().await?;
    tx.leave_group(user.id, group).await?;
    call.commit(tx, done(call, Operation::Delete, &user)).await?;
    Ok(Answer::no_content())
}

fn done(call: &AdminCall, operation: Operation, user: &User) -> Done {
    Done::new(operation, "GROUP_MEMBERSHIP", call.resource_path()).of_user(user)
}

async fn user(call: &AdminCall) -> Result<User, AdminError> {
    const MISSING: &str = "User not found";
    let user: UserId = call.id("user", MISSING)?;
    let found = call.read().await?.user(call.realm_id()?, user).await?;
    found.ok_or(AdminError::not_found(MISSING))
}

async fn found(call: &AdminCall) -> Result<Vec<&Group>, AdminError> {
    let user = user(call).await?;
    let joined = call.read().await?.groups_of_user(user.id).await?;
    let search = call.query.get("search").unwrap_or_default().to_lowercase();
    let book = &call.realm()?.roles;
    let mut groups: Vec<&Group> = joined
        .into_iter()
        .filter_map(|id| book.group(id))
        .filter(|group| group.name.to_lowercase().contains(&search))
        .collect();
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(groups)
}
