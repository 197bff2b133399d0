//! Looking at components.

use keyward_domain::document::DocumentKind;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::Value;

use super::component::Component;
use super::keys::RealmKeys;
use super::{MISSING, missing, types};
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/components`: of a type, of a name, below a parent.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let asked = |name: &str| call.query.get(name).filter(|value| !value.is_empty());
    let fits = |component: &&Component| {
        asked("type").is_none_or(|wanted| component.provider_type == wanted)
            && asked("name").is_none_or(|wanted| component.name == wanted)
            && asked("parent").is_none_or(|wanted| component.parent == wanted)
    };
    let found = all(call, &mut *call.read().await?).await?;
    let views: Vec<Value> = found.iter().filter(fits).map(Component::view).collect();
    Ok(Answer::json(&views))
}

/// `GET …/components/{component}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let id: DocumentId = call.id("component", MISSING)?;
    let found = all(call, &mut *call.read().await?).await?;
    let component = found.iter().find(|component| component.id == id).ok_or(missing())?;
    Ok(Answer::json(&component.view()))
}

/// `GET …/components/{component}/sub-component-types`. The realm is a parent too.
pub(super) async fn sub_types(call: &AdminCall) -> Result<Answer, AdminError> {
    let missing = AdminError::not_found("Could not find parent component");
    let id: DocumentId = call.id("component", "Could not find parent component")?;
    let found = all(call, &mut *call.read().await?).await?;
    if id.0 != call.realm_id()?.0 && !found.iter().any(|component| component.id == id) {
        return Err(missing);
    }
    match call.query.get("type").filter(|wanted| !wanted.is_empty()) {
        Some(wanted) => Ok(Answer::json(&types::shown(wanted))),
        None => Err(AdminError::BadRequest("must specify a subtype".into())),
    }
}

async fn all(call: &AdminCall, tx: &mut dyn Tx) -> Result<Vec<Component>, AdminError> {
    let realm = call.realm_id()?;
    let keys = RealmKeys::read(tx, realm, call.cx.now).await?;
    let documents = tx.documents(realm, DocumentKind::Component).await?;
    let others = documents
        .iter()
        .map(Component::of)
        .filter(|component| !component.is_key());
    Ok(keys.components().cloned().chain(others).collect())
}
