//! Changing and removing components, and the keys that they are.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;

use super::check::check;
use super::component::{Component, Sent};
use super::create::{insert, told};
use super::keys::{self, RealmKey, RealmKeys};
use super::{MISSING, missing, types};
use crate::admin::keycloak::document_secret;
use crate::admin::keycloak::key_component::KID;
use crate::admin::keycloak::shown_secret::MASK;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KIND: DocumentKind = DocumentKind::Component;

/// `PUT …/components/{component}`. A configuration that is sent replaces the one before; provider and type stay.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: Sent = call.representation()?;
    let id: DocumentId = call.id("component", MISSING)?;
    let realm = call.realm_id()?;
    let mut tx = call.write().await?;
    let document = tx.document(realm, KIND, id).await?;
    let known = RealmKeys::read(&mut *tx, realm, call.cx.now).await?;
    let key = known.keys.iter().find(|key| key.provider() == id);
    let before = match (key, &document) {
        (Some(key), _) => key.component.clone(),
        (None, Some(document)) => Component::of(document),
        (None, None) => return Err(missing()),
    };
    if before.is_key()
        && let Some(config) = sent.config()
    {
        keys::require_may_bring(call, &config)?;
    }
    let after = merged(&before, &sent);
    check(&after)?;
    let after = match (key, document) {
        (Some(key), document) => change_key(call, &mut *tx, (key, document.as_ref()), after).await?,
        (None, Some(document)) if after.is_key() => wake(call, &mut *tx, &document, (after, &known)).await?,
        (None, Some(document)) => {
            save(call, &mut *tx, &after, &document).await?;
            after
        }
        (None, None) => return Err(missing()),
    };
    let done = Done::new(Operation::Update, "COMPONENT", call.resource_path());
    call.commit(tx, done.with(told(&after, &sent))).await?;
    Ok(Answer::no_content())
}

/// What was sent over what was there. What is not shown stays, and secrets that come back masked.
fn merged(before: &Component, sent: &Sent) -> Component {
    let mut after = before.clone();
    if let Some(name) = &sent.name {
        after.name.clone_from(name);
    }
    if let Some(sub_type) = &sent.sub_type {
        after.sub_type = Some(sub_type.clone());
    }
    if let Some(parent) = &sent.parent_id {
        after.parent.clone_from(parent);
    }
    let Some(config) = sent.config() else {
        masked(&mut after);
        return after;
    };
    let provider = types::provider(&before.provider_type, &before.provider);
    let hidden = |name: &str| before.is_key() && !provider.is_some_and(|provider| provider.knows(name));
    // What a key signs with does not change because a script leaves it out.
    let stays = |name: &str| hidden(name) || (before.is_key() && name == "algorithm");
    after.config.retain(|name, _| stays(name));
    for (name, values) in config {
        if !hidden(&name) {
            after.config.insert(name, values);
        }
    }
    masked(&mut after);
    after
}

/// Secrets of a row stand for themselves until they are sealed again.
fn masked(component: &mut Component) {
    for (name, values) in &mut component.config {
        let sealed = |text: &String| document_secret::is_sealed(text);
        if document_secret::is_secret(KIND, name) && values.first().is_some_and(sealed) {
            *values = vec![MASK.to_owned()];
        }
    }
}

/// Changes the component of a key that has a row. Switched off, the row goes.
async fn change_key(
    call: &AdminCall,
    tx: &mut dyn Tx,
    (key, document): (&RealmKey, Option<&Document>),
    mut after: Component,
) -> Result<Component, AdminError> {
    let sort = key.row.sort();
    if keys::asked(&after)? != Some(sort) {
        return Err(AdminError::invalid(
            "The algorithm of a key does not change: make another",
        ));
    }
    after.set(KID, &key.row.kid());
    after
        .config
        .retain(|name, values| name == KID || values.first().is_none_or(|value| value != MASK));
    if after.value("enabled") == Some("false") {
        key.row.delete(tx).await?;
        keys::rest(call, &mut after, &key.row)?;
    }
    match document {
        Some(document) => save(call, tx, &after, document).await?,
        None => insert(call, tx, &after).await?,
    }
    keys::arrange(tx, call.realm_id()?, sort, call.cx.now).await?;
    Ok(after)
}

/// Changes the component of a key that rests; switched on, it gets its row back.
async fn wake(
    call: &AdminCall,
    tx: &mut dyn Tx,
    document: &Document,
    (mut after, known): (Component, &RealmKeys),
) -> Result<Component, AdminError> {
    let realm = call.realm_id()?;
    if after.value("enabled") == Some("false") || keys::asked(&after)?.is_none() {
        save(call, tx, &after, document).await?;
        return Ok(after);
    }
    let mut opened = document.clone();
    document_secret::open(after.place(realm), &mut opened.body, &call.app.sealer)?;
    let opened = Component::of(&opened);
    for (name, values) in &mut after.config {
        if document_secret::is_secret(KIND, name) {
            *values = opened.config.get(name).cloned().unwrap_or_default();
        }
    }
    if let Some(row) = keys::make(call, &mut after, known).await? {
        row.insert(tx).await?;
        save(call, tx, &after, document).await?;
        keys::arrange(tx, realm, row.sort(), call.cx.now).await?;
    }
    Ok(after)
}

async fn save(call: &AdminCall, tx: &mut dyn Tx, after: &Component, before: &Document) -> Result<(), AdminError> {
    let realm = call.realm_id()?;
    let mut document = after.document(realm);
    document_secret::seal(
        after.place(realm),
        &mut document.body,
        Some(&before.body),
        &call.app.sealer,
    )?;
    tx.update_document(&document).await?;
    Ok(())
}

/// `DELETE …/components/{component}`: with what is below it. The last key that signs an algorithm stays.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let id: DocumentId = call.id("component", MISSING)?;
    let realm = call.realm_id()?;
    let mut tx = call.write().await?;
    let documents = tx.documents(realm, KIND).await?;
    let known = RealmKeys::read(&mut *tx, realm, call.cx.now).await?;
    let key = known.keys.iter().find(|key| key.provider() == id);
    if key.is_none() && !documents.iter().any(|document| document.id == id) {
        return Err(missing());
    }
    for below in family(&documents, id) {
        tx.delete_document(realm, KIND, below).await?;
    }
    if let Some(key) = key {
        key.row.delete(&mut *tx).await?;
        if key.row.since() <= call.cx.now {
            keys::arrange(&mut *tx, realm, key.row.sort(), call.cx.now).await?;
        }
    }
    let done = Done::new(Operation::Delete, "COMPONENT", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// A component with those below it.
fn family(documents: &[Document], id: DocumentId) -> Vec<DocumentId> {
    let mut family = vec![id];
    let mut next = 0;
    while let Some(parent) = family.get(next).map(ToString::to_string) {
        let below = documents
            .iter()
            .filter(|document| Component::of(document).parent == parent);
        let below: Vec<DocumentId> = below
            .map(|document| document.id)
            .filter(|id| !family.contains(id))
            .collect();
        family.extend(below);
        next += 1;
    }
    family
}
