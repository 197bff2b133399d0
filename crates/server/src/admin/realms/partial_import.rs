//! A part of a realm that comes into one that is there: clients, roles, groups, identity providers, users.

use keyward_domain::Fault;
use keyward_domain::client::Client;
use keyward_domain::document::DocumentKind;
use keyward_domain::id::RoleId;
use keyward_domain::ports::Tx;
use serde_json::json;

use super::import::{self, Ground, Known, Partial, PartialPlan, Refused};
use super::post::refused;
use super::write;
use crate::admin::clients::service_account;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Operation};
use crate::admin::roles::grantable;
use crate::admin::users::privilege;

/// `POST …/partialImport`.
pub(super) async fn post(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut files = import::realms(call.json_text()?).map_err(|problems| refused(&problems))?;
    let (Some(file), true) = (files.pop(), files.is_empty()) else {
        return Err(AdminError::invalid("the body must be an object"));
    };
    let partial = Partial::read(file).map_err(|problems| refused(&problems))?;
    may(call, &partial)?;
    let (realm, now) = (call.realm()?, call.cx.now);
    let mut tx = call.read().await?;
    let known = known(call, &mut *tx, &partial).await?;
    let providers = tx.documents(realm.realm.id, DocumentKind::IdentityProvider).await?;
    for known in &known {
        privilege::require_not_above(call, &mut *tx, &known.user).await?;
    }
    drop(tx);
    let ground = Ground {
        server: &call.app.settings.public_url,
        sealer: &call.app.sealer,
        now,
    };
    let mut planned = partial.plan(realm, (known, providers), ground).map_err(answer)?;
    no_more_than_held(call, &planned)?;
    import::hash(&mut planned.plan).await?;
    let mut tx = call.write().await?;
    for user in &planned.gone_users {
        // Hashing took its time: they may hold more by now.
        privilege::require_not_above(call, &mut *tx, user).await?;
    }
    let written = apply(call, &mut *tx, &planned).await;
    written.map_err(|fault| match fault {
        Fault::Exists(_) => AdminError::Duplicate,
        fault => fault.into(),
    })?;
    let count = |action: &str| {
        let results = planned.results.iter();
        results
            .filter(|result| result.get("action").and_then(|its| its.as_str()) == Some(action))
            .count()
    };
    let answer = json!({
        "overwritten": count("OVERWRITTEN"),
        "added": count("ADDED"),
        "skipped": count("SKIPPED"),
        "results": planned.results,
    });
    call.commit(tx, Done::new(Operation::Create, "REALM", "partialImport"))
        .await?;
    Ok(Answer::json(&answer))
}

/// Each part asks for the right to change what it holds.
fn may(call: &AdminCall, partial: &Partial) -> Result<(), AdminError> {
    if partial.has_clients() {
        call.require(Need::ManageClients)?;
    }
    if partial.has_people() {
        call.require(Need::ManageUsers)?;
    }
    if partial.has_providers() {
        call.require(Need::ManageIdentityProviders)?;
    }
    Ok(())
}

/// The users of the file that are there already.
async fn known(call: &AdminCall, tx: &mut dyn Tx, partial: &Partial) -> Result<Vec<Known>, AdminError> {
    let realm = &call.realm()?.realm;
    let mut known = Vec::new();
    for (place, (_, sent)) in partial.users.iter().enumerate() {
        let named = match &sent.username {
            Some(username) => tx.user_by_username(realm.id, username).await?,
            None => None,
        };
        let by_email = named.is_none();
        let found = match (named, &sent.email) {
            (None, Some(email)) if !realm.settings.duplicate_emails => tx.user_by_email(realm.id, email).await?,
            (named, _) => named,
        };
        known.extend(found.map(|user| Known { place, user, by_email }));
    }
    Ok(known)
}

/// Refuses roles and groups by which somebody would get an admin right that the caller lacks.
fn no_more_than_held(call: &AdminCall, planned: &PartialPlan) -> Result<(), AdminError> {
    let realm = call.realm()?;
    let rows = &planned.plan.rows;
    for client in &planned.clients {
        let account = realm.client(client.id).and_then(|entry| entry.service_account.as_ref());
        if account.is_some_and(|account| privilege::holds_more(call, &account.held.names)) {
            return Err(AdminError::Forbidden);
        }
    }
    let contained = rows.composites.iter().map(|(_, contained)| *contained);
    let of_groups = rows.group_roles.iter().map(|(_, role)| *role);
    let of_users = rows.users.iter().flat_map(|user| user.roles.iter().copied());
    let joined = rows.users.iter().flat_map(|user| user.groups.iter().copied());
    let of_joined = joined.flat_map(|group| realm.roles.held(&[], &[group]));
    // What is new in the file contains nothing but what is looked at here.
    let mut given = contained.chain(of_groups).chain(of_users).chain(of_joined);
    given.try_for_each(|role: RoleId| match realm.roles.role(role) {
        Some(_) => grantable(call, role),
        None => Ok(()),
    })
}

async fn apply(call: &AdminCall, tx: &mut dyn Tx, planned: &PartialPlan) -> Result<(), Fault> {
    let (realm, now) = (planned.plan.rows.realm.id, call.cx.now);
    for user in &planned.gone_users {
        tx.delete_user(realm, user.id).await?;
    }
    for &group in &planned.gone_groups {
        tx.delete_group(realm, group).await?;
    }
    for client in &planned.clients {
        tx.update_client(client).await?;
        follow_with_account(call, tx, client).await?;
        let fresh = planned
            .plan
            .rows
            .secrets
            .iter()
            .rev()
            .find(|secret| secret.client == client.id);
        if let Some(fresh) = fresh {
            tx.expire_other_client_secrets(client.id, fresh.id, now, now).await?;
        }
    }
    for role in &planned.roles {
        tx.update_role(role).await?;
        for (composite, contained) in tx.composites(realm).await? {
            if composite == role.id {
                tx.remove_from_composite(composite, contained).await?;
            }
        }
    }
    for document in &planned.documents {
        tx.update_document(document).await?;
    }
    write::within(tx, &planned.plan.rows).await
}

/// A client that is replaced gets a service account, or loses it.
async fn follow_with_account(call: &AdminCall, tx: &mut dyn Tx, client: &Client) -> Result<(), Fault> {
    let Ok(realm) = call.realm() else {
        return Ok(());
    };
    let account = realm.client(client.id).and_then(|entry| entry.service_account.as_ref());
    match account {
        None if client.settings.service_account => {
            service_account::make(tx, &realm.realm, client, call.cx.now).await?;
        }
        Some(account) if !client.settings.service_account => {
            tx.delete_user(client.realm, account.user.id).await?;
        }
        None | Some(_) => {}
    }
    Ok(())
}

fn answer(error: Refused) -> AdminError {
    match error {
        Refused::Problems(problems) => refused(&problems),
        Refused::Exists(text) => AdminError::Conflict(text),
        Refused::NoClient(client_id) => AdminError::Precondition(format!(
            "Can not import client roles for nonexistent client named {client_id}"
        )),
    }
}
