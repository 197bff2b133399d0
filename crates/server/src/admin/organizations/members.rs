//! The members of an organization.

use keyward_domain::id::UserId;
use keyward_domain::ports::Tx;
use keyward_domain::user::User;
use serde_json::{Value, json};

use super::one::{find, shown};
use super::{KIND, MEMBERS, enabled};
use crate::admin::documents::{self, set};
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Most members that an organization holds as data.
const MOST: usize = 10_000;

/// `GET …/members`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let ids = ids(&find(call, &mut *tx).await?.body);
    let page = part(ids.into_iter(), call.query.paging(10)?);
    let mut views = Vec::with_capacity(page.len());
    for id in page {
        if let Some(user) = tx.user(call.realm_id()?, id).await? {
            views.push(view(&UserView::brief(user)));
        }
    }
    Ok(Answer::json(&views))
}

/// `GET …/members/count`.
pub(super) async fn count(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    Ok(Answer::json(&ids(&find(call, &mut *tx).await?.body).len()))
}

/// `GET …/members/{user}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let organization = find(call, &mut *tx).await?;
    let user = user(call, &mut *tx, call.param("user")).await?;
    if !ids(&organization.body).contains(&user.id) {
        return Err(missing());
    }
    let totp = !tx.otps(user.id).await?.is_empty();
    Ok(Answer::json(&view(&UserView::of(user, totp))))
}

/// `POST …/members`: the body is the row of a user, bare or as a JSON text.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = String::from_utf8_lossy(call.raw_body())
        .trim()
        .trim_matches('"')
        .to_owned();
    let mut tx = call.write().await?;
    let before = find(call, &mut *tx).await?;
    let user = user(call, &mut *tx, &sent).await?;
    let mut members = ids(&before.body);
    if members.contains(&user.id) {
        return Err(AdminError::Conflict(
            "User is already a member of the organization.".into(),
        ));
    }
    if members.len() >= MOST {
        return Err(AdminError::invalid("The organization has too many members"));
    }
    members.push(user.id);
    let mut body = before.body.clone();
    set(&mut body, MEMBERS, json!(members));
    let done = Done::new(
        Operation::Create,
        "ORGANIZATION_MEMBERSHIP",
        format!("{}/{}", call.resource_path(), user.id),
    );
    documents::replace(call, tx, &before, body, done).await?;
    Ok(Answer::created(&call.url(&user.id.to_string())))
}

/// `DELETE …/members/{user}`.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let before = find(call, &mut *tx).await?;
    let user: UserId = call.param("user").parse().map_err(|_| missing())?;
    let mut members = ids(&before.body);
    let place = members.iter().position(|member| *member == user).ok_or(missing())?;
    members.remove(place);
    let mut body = before.body.clone();
    set(&mut body, MEMBERS, json!(members));
    let done = Done::new(Operation::Delete, "ORGANIZATION_MEMBERSHIP", call.resource_path());
    documents::replace(call, tx, &before, body, done).await?;
    Ok(Answer::no_content())
}

/// `GET …/members/{user}/organizations`.
pub(super) async fn organizations(call: &AdminCall) -> Result<Answer, AdminError> {
    enabled(call)?;
    let user = user(call, &mut *call.read().await?, call.param("user")).await?;
    let all = documents::shown(call, KIND).await?;
    let its = all.iter().filter(|document| ids(&document.body).contains(&user.id));
    Ok(Answer::json(&its.map(shown).collect::<Vec<_>>()))
}

fn missing() -> AdminError {
    AdminError::not_found("HTTP 404 Not Found")
}

fn ids(body: &Value) -> Vec<UserId> {
    let members = body.get(MEMBERS).and_then(Value::as_array).into_iter().flatten();
    members.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

async fn user(call: &AdminCall, tx: &mut dyn Tx, id: &str) -> Result<User, AdminError> {
    let id: UserId = id.parse().map_err(|_| missing())?;
    tx.user(call.realm_id()?, id).await?.ok_or(missing())
}

fn view(user: &UserView) -> Value {
    let mut view = serde_json::to_value(user).unwrap_or_default();
    set(&mut view, "membershipType", "UNMANAGED");
    view
}
