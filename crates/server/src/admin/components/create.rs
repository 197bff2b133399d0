//! Making a component, and the key that it is.

use keyward_domain::entropy;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;

use super::check::check;
use super::component::{Component, Sent};
use super::keys::{self, RealmKeys};
use super::{NO_SUCH_PROVIDER, types};
use crate::admin::keycloak::document_secret;
use crate::admin::keycloak::key_component::KID;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `POST …/components`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: Sent = call.representation()?;
    let mut component = asked(call, &sent)?;
    check(&component)?;
    let realm = call.realm_id()?;
    let known = RealmKeys::read(&mut *call.read().await?, realm, call.cx.now).await?;
    let row = if component.is_key() {
        keys::require_may_bring(call, &component.config)?;
        keys::make(call, &mut component, &known).await?
    } else {
        None
    };
    let rests = component.value("enabled") == Some("false");
    if let Some(row) = row.as_ref().filter(|_| rests) {
        keys::rest(call, &mut component, row)?;
    }
    let mut tx = call.write().await?;
    insert(call, &mut *tx, &component).await?;
    if let Some(row) = row.filter(|_| !rests) {
        row.insert(&mut *tx).await?;
        keys::arrange(&mut *tx, realm, row.sort(), call.cx.now).await?;
    }
    let done = Done::new(Operation::Create, "COMPONENT", format!("components/{}", component.id));
    call.commit(tx, done.with(told(&component, &sent))).await?;
    Ok(Answer::created(&call.url(&component.id.to_string())))
}

fn asked(call: &AdminCall, sent: &Sent) -> Result<Component, AdminError> {
    let realm = call.realm_id()?;
    let refused = || AdminError::BadRequest(NO_SUCH_PROVIDER.into());
    let (Some(provider_type), Some(provider)) = (&sent.provider_type, &sent.provider_id) else {
        return Err(refused());
    };
    if types::provider(provider_type, provider).is_none() {
        return Err(refused());
    }
    if provider_type == "org.keycloak.userprofile.UserProfileProvider" {
        return Err(AdminError::NotOffered(
            "the user profile as a component: it is at users/profile",
        ));
    }
    // Keycloak takes an id that a tool chose, where it is one.
    let id = sent.id.as_deref().and_then(|id| id.parse().ok());
    let mut component = Component {
        id: id.unwrap_or_else(|| DocumentId(entropy::uuid(&mut SystemEntropy))),
        name: sent.name.clone().unwrap_or_default(),
        provider: provider.clone(),
        provider_type: provider_type.clone(),
        parent: sent.parent_id.clone().unwrap_or_else(|| realm.to_string()),
        sub_type: sent.sub_type.clone(),
        config: sent.config().unwrap_or_default(),
    };
    if provider == "hmac-generated" {
        component.config.remove("secret");
        component.config.remove(KID);
    }
    Ok(component)
}

/// Writes a component that has no row yet.
pub(super) async fn insert(call: &AdminCall, tx: &mut dyn Tx, component: &Component) -> Result<(), AdminError> {
    let realm = call.realm_id()?;
    let mut document = component.document(realm);
    document_secret::seal(component.place(realm), &mut document.body, None, &call.app.sealer)?;
    let taken = AdminError::ConflictOf("Duplicate resource error");
    match tx.insert_document(&document).await {
        Err(keyward_domain::Fault::Exists(_)) => Err(taken),
        other => Ok(other?),
    }
}

/// What an event tells of a component: as it is shown, secrets masked, but for what the request did not name.
pub(super) fn told(component: &Component, sent: &Sent) -> serde_json::Value {
    let mut body = component.view();
    if let Some(members) = body.as_object_mut() {
        for (name, is_sent) in [("id", sent.id.is_some()), ("parentId", sent.parent_id.is_some())] {
            if !is_sent {
                members.remove(name);
            }
        }
    }
    body
}
