//! Realms, and what belongs to a realm alone: scopes and keys.

use std::slice::from_ref;
use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Store;
use keyward_domain::realm::RealmName;
use keyward_domain::role::{ScopeMapping, ScopeOwner};

use super::{read, world, write};
use crate::builders::{self, NOW};

/// Realms come back as they were, by name.
pub async fn kept_and_found(store: Arc<dyn Store>) {
    let (demo, acme) = (builders::realm("demo"), builders::realm("acme"));
    let mut tx = write(&store).await;
    tx.insert_realm(&demo).await.unwrap();
    tx.insert_realm(&acme).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.realms().await.unwrap(), [acme, demo.clone()]);
    assert_eq!(tx.realm_by_name(&demo.name).await.unwrap(), Some(demo));
    let absent = RealmName::parse("absent").unwrap();
    assert_eq!(tx.realm_by_name(&absent).await.unwrap(), None);
}

/// A second realm of a name is refused.
pub async fn a_name_is_taken_once(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut tx = write(&store).await;
    let mut other = builders::realm("other");
    other.name = world.realm.name;
    let fault = tx.insert_realm(&other).await.unwrap_err();
    assert!(matches!(&fault, Fault::Exists(_)));
    assert_eq!(fault.to_string(), "a realm of this name exists already");
}

/// An update changes everything but the id; a name of another realm is refused.
pub async fn updated_and_renamed(store: Arc<dyn Store>) {
    let mut realm = world(&store).await.realm;
    let old = std::mem::replace(&mut realm.name, RealmName::parse("renamed").unwrap());
    realm.enabled = false;
    realm.not_before = NOW;
    realm.settings.display_name = "New".into();
    let mut tx = write(&store).await;
    assert!(tx.update_realm(&realm).await.unwrap());
    assert!(!tx.update_realm(&builders::realm("absent")).await.unwrap());
    let other = builders::realm("other");
    tx.insert_realm(&other).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.realm_by_name(&realm.name).await.unwrap(), Some(realm.clone()));
    assert_eq!(tx.realm_by_name(&old).await.unwrap(), None);
    realm.name = other.name;
    let fault = write(&store).await.update_realm(&realm).await.unwrap_err();
    assert_eq!(fault.to_string(), "a realm of this name exists already");
}

/// Nothing of a realm is left, and nothing of another is touched.
pub async fn deleted_with_everything_in_it(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, client, user) = (&world.realm, &world.client, &world.user);
    let other = builders::realm("other");
    let role = builders::client_role(realm, client, "pay");
    let grant = builders::grant(client, user, "1");
    let token = builders::access_token(client, "token");
    let code = builders::code(&grant, "code");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_client(&builders::client(&other, "kept")).await.unwrap();
    tx.insert_client_secret(&builders::client_secret(client, "1", 0))
        .await
        .unwrap();
    tx.insert_scope(&builders::scope(realm, "orders:read")).await.unwrap();
    tx.insert_key(&builders::key(realm, "kid", 0)).await.unwrap();
    tx.insert_user(&builders::service_account(realm, client)).await.unwrap();
    tx.set_password(&builders::credential(user, "$argon2id$"))
        .await
        .unwrap();
    tx.insert_role(&role).await.unwrap();
    tx.assign_role(user.id, role.id).await.unwrap();
    tx.add_to_composite(role.id, role.id).await.unwrap();
    tx.insert_grant(&grant).await.unwrap();
    tx.add_code(&code).await.unwrap();
    tx.insert_access_token(&token).await.unwrap();
    let group = builders::group(realm, None, "customers");
    let mapping = ScopeMapping {
        owner: ScopeOwner::Client(client.id),
        role: role.id,
    };
    let kind = DocumentKind::Component;
    tx.insert_group(&builders::group(&other, None, "kept")).await.unwrap();
    tx.insert_group(&group).await.unwrap();
    tx.insert_group(&builders::group(realm, Some(&group), "below"))
        .await
        .unwrap();
    tx.assign_group_role(group.id, role.id).await.unwrap();
    tx.join_group(user.id, group.id).await.unwrap();
    tx.add_scope_mapping(mapping).await.unwrap();
    tx.insert_document(&builders::document(realm, kind, "1")).await.unwrap();
    tx.insert_federated_identity(&builders::federated_identity(user, "google", "1"))
        .await
        .unwrap();
    assert!(tx.delete_realm(realm.id).await.unwrap());
    assert!(!tx.delete_realm(realm.id).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = read(&store).await;
    assert_eq!(tx.realms().await.unwrap().as_slice(), from_ref(&other));
    assert_eq!(tx.clients(other.id).await.unwrap().len(), 1);
    assert!(tx.clients(realm.id).await.unwrap().is_empty());
    assert!(tx.client_secrets(realm.id).await.unwrap().is_empty());
    assert!(tx.scopes(realm.id).await.unwrap().is_empty());
    assert!(tx.keys(realm.id).await.unwrap().is_empty());
    assert!(tx.roles(realm.id).await.unwrap().is_empty());
    assert!(tx.composites(realm.id).await.unwrap().is_empty());
    assert!(tx.service_accounts(realm.id).await.unwrap().is_empty());
    assert!(tx.user_by_username(realm.id, "alice").await.unwrap().is_none());
    assert!(tx.password(user.id).await.unwrap().is_none());
    assert!(tx.groups(realm.id).await.unwrap().is_empty());
    assert_eq!(tx.groups(other.id).await.unwrap().len(), 1);
    assert!(tx.group_roles(realm.id).await.unwrap().is_empty());
    assert!(tx.groups_of_user(user.id).await.unwrap().is_empty());
    assert!(tx.scope_mappings(realm.id).await.unwrap().is_empty());
    assert!(tx.documents(realm.id, kind).await.unwrap().is_empty());
    assert!(tx.federated_identities(user.id).await.unwrap().is_empty());
    assert!(tx.assigned_roles(user.id).await.unwrap().is_empty());
    assert!(tx.grant(grant.id).await.unwrap().is_none());
    assert!(tx.access_token(token.id).await.unwrap().is_none());
}

/// Scopes come back by name; a second one of a name is refused.
pub async fn scopes_kept_and_unique(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let (one, two) = (builders::scope(&realm, "b"), builders::scope(&realm, "a"));
    let mut tx = write(&store).await;
    tx.insert_scope(&one).await.unwrap();
    tx.insert_scope(&two).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.scopes(realm.id).await.unwrap(), [two, one.clone()]);
    let mut again = builders::scope(&realm, "c");
    again.name = one.name;
    let taken = write(&store).await.insert_scope(&again).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// Name and settings of a scope are replaced, in its own realm alone.
pub async fn scopes_updated_renamed_and_deleted(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let (mut one, two) = (builders::scope(&realm, "one"), builders::scope(&realm, "two"));
    let mut tx = write(&store).await;
    tx.insert_scope(&one).await.unwrap();
    tx.insert_scope(&two).await.unwrap();
    one.name = "three".into();
    one.settings.description = "New".into();
    one.settings.attributes.insert("gui.order".into(), "1".into());
    assert!(tx.update_scope(&one).await.unwrap());
    let mut foreign = one.clone();
    foreign.realm = builders::realm("other").id;
    foreign.name = "stolen".into();
    assert!(!tx.update_scope(&foreign).await.unwrap());
    assert!(!tx.delete_scope(foreign.realm, one.id).await.unwrap());
    assert_eq!(tx.scopes(realm.id).await.unwrap(), [one.clone(), two.clone()]);
    tx.commit().await.unwrap();
    one.name.clone_from(&two.name);
    let fault = write(&store).await.update_scope(&one).await.unwrap_err();
    assert_eq!(fault.to_string(), "a client scope of this name exists already");
    let mut tx = write(&store).await;
    assert!(tx.delete_scope(realm.id, one.id).await.unwrap());
    assert!(!tx.delete_scope(realm.id, one.id).await.unwrap());
    assert_eq!(tx.scopes(realm.id).await.unwrap(), [two]);
    tx.commit().await.unwrap();
}

/// Keys come back by the instant from which they sign.
pub async fn keys_kept_resealed_and_deleted(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let (late, early) = (builders::key(&realm, "late", 10), builders::key(&realm, "early", 0));
    let mut tx = write(&store).await;
    tx.insert_key(&late).await.unwrap();
    tx.insert_key(&early).await.unwrap();
    assert_eq!(tx.keys(realm.id).await.unwrap(), [early.clone(), late.clone()]);
    assert!(tx.reseal_key(realm.id, "late", b"sealed", b"anew").await.unwrap());
    assert!(!tx.reseal_key(realm.id, "late", b"sealed", b"again").await.unwrap());
    assert!(tx.delete_key(realm.id, "early").await.unwrap());
    assert!(!tx.delete_key(realm.id, "early").await.unwrap());
    tx.commit().await.unwrap();
    let keys = read(&store).await.keys(realm.id).await.unwrap();
    assert!(matches!(keys.as_slice(), [key] if key.sealed == b"anew" && key.kid == "late"));
    let taken = write(&store).await.insert_key(&late).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// HMAC keys come back youngest first; resealing replaces only what the caller saw; they are removed one by one.
pub async fn hmac_keys_kept_resealed_and_deleted(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let (old, mut young) = (
        builders::hmac_key(&realm, "old", 10),
        builders::hmac_key(&realm, "young", 0),
    );
    let mut tx = write(&store).await;
    for key in [&old, &young] {
        tx.insert_hmac_key(key).await.unwrap();
    }
    assert!(tx.reseal_hmac_key(realm.id, "young", b"sealed", b"anew").await.unwrap());
    assert!(
        !tx.reseal_hmac_key(realm.id, "young", b"sealed", b"again")
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    young.sealed = b"anew".to_vec();
    assert_eq!(
        read(&store).await.hmac_keys(realm.id).await.unwrap(),
        [young, old.clone()]
    );
    let taken = write(&store).await.insert_hmac_key(&old).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
    let mut tx = write(&store).await;
    let elsewhere = builders::realm("other").id;
    assert!(!tx.delete_hmac_key(elsewhere, "young").await.unwrap());
    assert!(tx.delete_hmac_key(realm.id, "young").await.unwrap());
    assert!(!tx.delete_hmac_key(realm.id, "young").await.unwrap());
    assert_eq!(tx.hmac_keys(realm.id).await.unwrap(), [old]);
    tx.commit().await.unwrap();
}
