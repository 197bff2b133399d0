//! What a role contains.

use keyward_domain::id::RoleId;

use super::container::{Access, book, find_client, grantable, role};
use crate::admin::keycloak::role::{RoleRepresentation, brief_list};
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `GET …/composites`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = book(call)?;
    let contained = book.composites_of(role(call, Access::View)?.id);
    let search = call.query.get("search").unwrap_or_default().to_lowercase();
    let found = contained
        .into_iter()
        .filter(|role| role.name.to_lowercase().contains(&search));
    let page = part(found, call.query.paging(i64::from(i32::MAX))?);
    Ok(Answer::json(&brief_list(page.into_iter(), book)))
}

/// `GET …/composites/realm`.
pub(super) async fn of_realm(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = book(call)?;
    let contained = book.composites_of(role(call, Access::View)?.id);
    let found = contained.into_iter().filter(|role| role.client.is_none());
    Ok(Answer::json(&brief_list(found, book)))
}

/// `GET …/composites/clients/{container}`.
pub(super) async fn of_client(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = book(call)?;
    let contained = book.composites_of(role(call, Access::View)?.id);
    let client = find_client(call, "container")?.client.id;
    let found = contained.into_iter().filter(|role| role.client == Some(client));
    Ok(Answer::json(&brief_list(found, book)))
}

/// `POST …/composites`.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let composite = role(call, Access::Manage)?.id;
    let contained = sent(call)?;
    for &role in &contained {
        grantable(call, role)?;
    }
    let mut tx = call.write().await?;
    for &role in &contained {
        tx.add_to_composite(composite, role).await?;
    }
    let done = Done::new(Operation::Create, kind(call)?, call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/composites`.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let composite = role(call, Access::Manage)?.id;
    let contained = sent(call)?;
    for &role in &contained {
        grantable(call, role)?;
    }
    let mut tx = call.write().await?;
    for &role in &contained {
        tx.remove_from_composite(composite, role).await?;
    }
    let done = Done::new(Operation::Delete, kind(call)?, call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

fn kind(call: &AdminCall) -> Result<&'static str, AdminError> {
    let role = role(call, Access::Manage)?;
    Ok(if role.client.is_some() {
        "CLIENT_ROLE"
    } else {
        "REALM_ROLE"
    })
}

/// The roles in the body, by their rows.
fn sent(call: &AdminCall) -> Result<Vec<RoleId>, AdminError> {
    let book = book(call)?;
    let sent: Vec<RoleRepresentation> = call.json()?;
    let rows = sent.into_iter().map(|role| {
        let id = role.id.and_then(|id| id.parse().ok());
        let found = id.and_then(|id| book.role(id));
        found
            .map(|role| role.id)
            .ok_or(AdminError::not_found("Could not find composite role"))
    });
    rows.collect()
}
