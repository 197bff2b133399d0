//! Seeing policies and profiles, and setting them.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::{DocumentId, RealmId};
use keyward_domain::ports::Tx;
use keyward_domain::{Fault, entropy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{condition, executor, model};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `GET …/client-policies/policies`.
pub(super) async fn show_policies(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut shown: model::PolicyList = stored(&mut *tx, call.realm_id()?, DocumentKind::ClientPolicies).await?;
    let all = call.query.flag("include-global-policies") == Some(true);
    shown.global_policies = all.then(Vec::new);
    Ok(Answer::json(&shown))
}

/// `GET …/client-policies/profiles`.
pub(super) async fn show_profiles(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut shown: model::ProfileList = stored(&mut *tx, call.realm_id()?, DocumentKind::ClientProfiles).await?;
    let all = call.query.flag("include-global-profiles") == Some(true);
    shown.global_profiles = all.then(model::global_profiles);
    Ok(Answer::json(&shown))
}

/// `PUT …/client-policies/policies`: all of them at once.
pub(super) async fn set_policies(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut wanted: model::PolicyList = call.representation()?;
    if wanted.global_policies.take().is_some_and(|list| !list.is_empty()) {
        return Err(AdminError::invalid("Global policies cannot be updated"));
    }
    match model::unfit_name(wanted.policies.iter().map(|policy| policy.name.as_str())) {
        Some("") => return Err(AdminError::invalid("client policy without name not allowed")),
        Some(_) => return Err(AdminError::invalid("proposed client policy name duplicated")),
        None => {}
    }
    let mut tx = call.write().await?;
    let own: model::ProfileList = stored(&mut *tx, call.realm_id()?, DocumentKind::ClientProfiles).await?;
    let mut known = own.profiles;
    known.extend(model::global_profiles());
    for policy in &mut wanted.policies {
        policy.enabled.get_or_insert(false);
        let name = &policy.name;
        let unknown = |condition: &&model::Condition| !condition::KNOWN.contains(&condition.condition.as_str());
        if let Some(unknown) = policy.conditions.iter().find(unknown) {
            let text = format!("Policy {name} contains invalid condition {}", unknown.condition);
            return Err(AdminError::Invalid(text.into()));
        }
        let unknown = |wanted: &&String| !known.iter().any(|profile| profile.name == **wanted);
        if let Some(unknown) = policy.profiles.iter().find(unknown) {
            return Err(AdminError::Invalid(
                format!("Policy {name} contains invalid profile {unknown}").into(),
            ));
        }
    }
    store(&mut *tx, call.realm_id()?, DocumentKind::ClientPolicies, &wanted).await?;
    call.commit(
        tx,
        Done::new(Operation::Update, "REALM", "client-policies/policies").of_nothing(),
    )
    .await?;
    Ok(Answer::no_content())
}

/// `PUT …/client-policies/profiles`: all of them at once.
pub(super) async fn set_profiles(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut wanted: model::ProfileList = call.representation()?;
    if wanted.global_profiles.take().is_some_and(|list| !list.is_empty()) {
        return Err(AdminError::invalid("Global profiles cannot be updated"));
    }
    match model::unfit_name(wanted.profiles.iter().map(|profile| profile.name.as_str())) {
        Some("") => return Err(AdminError::invalid("client profile without its name not allowed.")),
        Some(_) => return Err(AdminError::invalid("proposed client profile name duplicated.")),
        None => {}
    }
    let global = model::global_profiles();
    for profile in &wanted.profiles {
        if global.iter().any(|known| known.name == profile.name) {
            let text = format!(
                "Proposed profile name '{}' is duplicated as a global profile",
                profile.name
            );
            return Err(AdminError::Invalid(text.into()));
        }
        let mut executors = profile.executors.iter();
        if !executors.all(|known| executor::KNOWN.contains(&known.executor.as_str())) {
            return Err(AdminError::invalid(
                "proposed client profile contains the executor, which does not have valid provider, or has invalid \
                 configuration.",
            ));
        }
    }
    let mut tx = call.write().await?;
    store(&mut *tx, call.realm_id()?, DocumentKind::ClientProfiles, &wanted).await?;
    call.commit(
        tx,
        Done::new(Operation::Update, "REALM", "client-policies/profiles").of_nothing(),
    )
    .await?;
    Ok(Answer::no_content())
}

/// The one document of a kind; what it is without one if there is none.
pub(super) async fn stored<T: DeserializeOwned + Default>(
    tx: &mut dyn Tx,
    realm: RealmId,
    kind: DocumentKind,
) -> Result<T, Fault> {
    match tx.document_by_name(realm, kind, kind.as_str()).await? {
        None => Ok(T::default()),
        Some(document) => serde_json::from_value(document.body).map_err(|error| Fault::Corrupt(error.to_string())),
    }
}

async fn store(tx: &mut dyn Tx, realm: RealmId, kind: DocumentKind, value: &impl Serialize) -> Result<(), Fault> {
    let body = serde_json::to_value(value).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let before = tx.document_by_name(realm, kind, kind.as_str()).await?;
    let document = Document {
        id: before
            .as_ref()
            .map_or_else(|| DocumentId(entropy::uuid(&mut SystemEntropy)), |before| before.id),
        realm,
        kind,
        name: kind.as_str().to_owned(),
        body,
    };
    if before.is_some() {
        tx.update_document(&document).await?;
    } else {
        tx.insert_document(&document).await?;
    }
    Ok(())
}
