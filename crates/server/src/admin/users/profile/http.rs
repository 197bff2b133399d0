//! `users/profile`: the configuration itself.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::id::DocumentId;

use super::config::Config;
use super::rules::Rules;
use super::{checked, metadata};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation, body};
use crate::http::entropy::SystemEntropy;

/// The name of the one document.
const NAME: &str = "user-profile";

/// Shows it.
pub(in crate::admin::users) async fn get(call: &AdminCall) -> Result<Answer, AdminError> {
    let rules = Rules::read(&mut *call.read().await?, &call.realm()?.realm).await?;
    Ok(Answer::json(&rules.config))
}

/// Shows what it asks of a user to be.
pub(in crate::admin::users) async fn metadata_of_new(call: &AdminCall) -> Result<Answer, AdminError> {
    let rules = Rules::read(&mut *call.read().await?, &call.realm()?.realm).await?;
    Ok(Answer::json(&metadata::of(&rules, None)))
}

/// Replaces it; nothing or `null` brings the standard one back.
pub(in crate::admin::users) async fn put(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let sent = match call.raw_body().trim_ascii() {
        b"" | b"null" => None,
        _ => Some(call.representation::<Config>()?),
    };
    if let Some(config) = &sent {
        checked::check(config, |scope| realm.scopes.contains_key(scope))?;
    }
    let mut tx = call.write().await?;
    let before = tx
        .documents(realm.realm.id, DocumentKind::UserProfile)
        .await?
        .into_iter()
        .next();
    match (&sent, before) {
        (None, None) => {}
        (None, Some(before)) => {
            tx.delete_document(realm.realm.id, DocumentKind::UserProfile, before.id)
                .await?;
        }
        (Some(config), before) => {
            let document = Document {
                id: before
                    .as_ref()
                    .map_or_else(|| DocumentId(entropy::uuid(&mut SystemEntropy)), |before| before.id),
                realm: realm.realm.id,
                kind: DocumentKind::UserProfile,
                name: before
                    .as_ref()
                    .map_or_else(|| NAME.to_owned(), |before| before.name.clone()),
                body: body::value(config)?,
            };
            if before.is_some() {
                tx.update_document(&document).await?;
            } else {
                tx.insert_document(&document).await?;
            }
        }
    }
    let config = sent.unwrap_or_else(Config::standard);
    let done = Done::new(Operation::Update, "USER_PROFILE", "users/profile").of_nothing();
    call.commit(tx, done.with(body::value(&config)?)).await?;
    Ok(Answer::json(&config))
}
