//! The groups directly below one.

use keyward_domain::group::{DEEPEST, with_ancestors};
use keyward_domain::id::GroupId;

use super::create::{exists, name, new};
use super::find::{MISSING, counted, group, with_access};
use super::moved;
use crate::admin::keycloak::group::{GroupRepresentation, GroupView};
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `GET /admin/realms/{realm}/groups/{group}/children`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = &call.realm()?.roles;
    let parent = group(call, MISSING)?;
    let search = call.query.get("search").unwrap_or_default();
    let exact = call.query.flag("exact") == Some(true);
    let found = book.groups_below(Some(parent.id)).into_iter().filter(|group| {
        if exact {
            group.name == search
        } else {
            group.name.to_lowercase().contains(&search.to_lowercase())
        }
    });
    let page = part(found, call.query.paging(10)?);
    let brief = call.query.flag("briefRepresentation") == Some(true);
    let views = page.into_iter().map(|group| {
        let view = if brief {
            GroupView::brief(group, book)
        } else {
            GroupView::full(group, book)
        };
        counted(call, group, view)
    });
    Ok(Answer::json(&views.collect::<Result<Vec<_>, _>>()?))
}

/// `POST /admin/realms/{realm}/groups/{group}/children`: a new one, or with an `id` one that is moved there.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let parent = group(call, MISSING)?;
    let sent: GroupRepresentation = call.representation()?;
    let name = name(sent.name.as_deref())?;
    let taken = || AdminError::Conflict(format!("Sibling group named '{name}' already exists."));
    if let Some(id) = &sent.id {
        let book = &call.realm()?.roles;
        let moved = id.parse::<GroupId>().ok().and_then(|id| book.group(id));
        let moved = moved.ok_or(AdminError::not_found("Could not find child by id"))?;
        moved::to(call, moved, Some(parent.id), taken).await?;
        return Ok(Answer::no_content());
    }
    if with_ancestors(parent.id, call.realm()?.roles.groups()).count() >= DEEPEST {
        return Err(moved::too_deep());
    }
    let child = new(call, &sent, &name, Some(parent.id))?;
    let mut tx = call.write().await?;
    tx.insert_group(&child).await.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Create, "GROUP", format!("groups/{}", child.id));
    call.commit(tx, done).await?;
    // As of now: the group is not in the state that this call began with.
    let realm = call.app.realms.get(call.realm()?.realm.name.as_str()).await?;
    let realm = realm.ok_or(AdminError::not_found("Realm not found."))?;
    let view = with_access(call, GroupView::full(&child, &realm.roles));
    let url = format!(
        "{}/admin/realms/{}/groups/{}",
        call.app.settings.public_url, realm.realm.name, child.id
    );
    Ok(Answer::created_with(&url, &view))
}
