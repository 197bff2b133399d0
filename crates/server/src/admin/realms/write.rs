//! Writing a realm to be, in one transaction: rows that others refer to come first.

use keyward_domain::Fault;
use keyward_domain::ports::Tx;

use super::rows::{RealmRows, UserRows};

/// Writes every row. `Fault::Exists` when the realm's name or id is taken, or when two rows have one name.
pub(crate) async fn write(tx: &mut dyn Tx, rows: &RealmRows) -> Result<(), Fault> {
    tx.insert_realm(&rows.realm).await?;
    within(tx, rows).await
}

/// Writes everything but the realm itself, which is there.
pub(crate) async fn within(tx: &mut dyn Tx, rows: &RealmRows) -> Result<(), Fault> {
    for key in &rows.keys {
        tx.insert_key(key).await?;
    }
    for key in &rows.hmac_keys {
        tx.insert_hmac_key(key).await?;
    }
    for scope in &rows.scopes {
        tx.insert_scope(scope).await?;
    }
    for client in &rows.clients {
        tx.insert_client(client).await?;
    }
    for secret in &rows.secrets {
        tx.insert_client_secret(secret).await?;
    }
    roles(tx, rows).await?;
    for document in &rows.documents {
        tx.insert_document(document).await?;
    }
    for user in &rows.users {
        person(tx, user).await?;
    }
    Ok(())
}

async fn roles(tx: &mut dyn Tx, rows: &RealmRows) -> Result<(), Fault> {
    for role in &rows.roles {
        tx.insert_role(role).await?;
    }
    for &(composite, contained) in &rows.composites {
        tx.add_to_composite(composite, contained).await?;
    }
    for &mapping in &rows.scope_mappings {
        tx.add_scope_mapping(mapping).await?;
    }
    for group in &rows.groups {
        tx.insert_group(group).await?;
    }
    for &(group, role) in &rows.group_roles {
        tx.assign_group_role(group, role).await?;
    }
    Ok(())
}

/// Writes a user with everything of theirs.
pub(crate) async fn person(tx: &mut dyn Tx, rows: &UserRows) -> Result<(), Fault> {
    let user = rows.user.id;
    tx.insert_user(&rows.user).await?;
    if let Some(password) = &rows.password {
        tx.set_password(password).await?;
    }
    for otp in &rows.otps {
        tx.insert_otp(otp).await?;
    }
    for &role in &rows.roles {
        tx.assign_role(user, role).await?;
    }
    for &group in &rows.groups {
        tx.join_group(user, group).await?;
    }
    for consent in &rows.consents {
        tx.save_consent(consent).await?;
    }
    for identity in &rows.identities {
        tx.insert_federated_identity(identity).await?;
    }
    Ok(())
}
