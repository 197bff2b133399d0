//! Users, their passwords, and roles.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::ports::Store;

use super::{read, world, write};
use crate::builders;

/// A user is found whatever the case of the name; service accounts are listed apart.
pub async fn kept_and_found_in_lower_case(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let account = builders::service_account(&world.realm, &world.client);
    let mut tx = write(&store).await;
    tx.insert_user(&account).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let found = tx.user_by_username(world.realm.id, "ALICE").await.unwrap();
    assert_eq!(found, Some(world.user));
    assert_eq!(tx.user_by_username(world.realm.id, "bob").await.unwrap(), None);
    assert_eq!(tx.service_accounts(world.realm.id).await.unwrap(), [account]);
}

/// The same name is free in another realm.
pub async fn a_name_is_taken_once_in_a_realm(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::realm("other");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_user(&builders::user(&other, "alice")).await.unwrap();
    tx.commit().await.unwrap();
    let mut again = builders::user(&world.realm, "again");
    again.username = "alice".into();
    let taken = write(&store).await.insert_user(&again).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// A mail address finds one person, in lower case, and nobody when two share it; it follows every update.
pub async fn found_by_email_unless_shared(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let realm = world.realm.id;
    let mut bob = builders::user(&world.realm, "bob");
    let mut tx = write(&store).await;
    tx.insert_user(&bob).await.unwrap();
    let found = tx.user_by_email(realm, "Alice@Example.com").await.unwrap();
    assert_eq!(found.as_ref(), Some(&world.user));
    bob.profile.email.clone_from(&world.user.profile.email);
    assert!(tx.update_user(&bob).await.unwrap());
    assert_eq!(tx.user_by_email(realm, "alice@example.com").await.unwrap(), None);
    assert_eq!(tx.user_by_email(realm, "bob@example.com").await.unwrap(), None);
    bob.profile.email = None;
    assert!(tx.update_user(&bob).await.unwrap());
    assert_eq!(
        tx.user_by_email(realm, "alice@example.com").await.unwrap(),
        Some(world.user)
    );
    let elsewhere = builders::realm("other").id;
    assert_eq!(tx.user_by_email(elsewhere, "alice@example.com").await.unwrap(), None);
    tx.commit().await.unwrap();
}

/// Everything but id, realm and service account is replaced.
pub async fn updated(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut alice = world.user;
    alice.username = "alicia".into();
    alice.enabled = false;
    alice.required_actions = vec!["UPDATE_PASSWORD".into()];
    alice.profile.last_name = Some("Liddell".into());
    let mut tx = write(&store).await;
    assert!(tx.update_user(&alice).await.unwrap());
    assert!(!tx.update_user(&builders::user(&world.realm, "bob")).await.unwrap());
    tx.insert_user(&builders::user(&world.realm, "bob")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.user(world.realm.id, alice.id).await.unwrap(), Some(alice.clone()));
    let elsewhere = builders::realm("other").id;
    assert_eq!(tx.user(elsewhere, alice.id).await.unwrap(), None);
    alice.username = "bob".into();
    let taken = write(&store).await.update_user(&alice).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// A password gets another hash only while it is the one that was hashed.
pub async fn a_password_is_rehashed_unless_it_changed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let old = builders::credential(&world.user, "$argon2id$old");
    let new = builders::credential(&world.user, "$argon2id$new");
    let mut tx = write(&store).await;
    tx.set_password(&old).await.unwrap();
    assert!(tx.rehash_password(old.id, "$argon2id$better").await.unwrap());
    let better = tx.password(world.user.id).await.unwrap().unwrap();
    assert_eq!((better.id, better.phc.as_str()), (old.id, "$argon2id$better"));
    tx.set_password(&new).await.unwrap();
    assert!(!tx.rehash_password(old.id, "$argon2id$late").await.unwrap());
    assert_eq!(tx.password(world.user.id).await.unwrap(), Some(new));
    tx.commit().await.unwrap();
}

/// A user has one password.
pub async fn a_password_replaces_the_one_before(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (old, new) = (
        builders::credential(&world.user, "$argon2id$old"),
        builders::credential(&world.user, "$argon2id$new"),
    );
    let mut tx = write(&store).await;
    assert_eq!(tx.password(world.user.id).await.unwrap(), None);
    tx.set_password(&old).await.unwrap();
    assert_eq!(tx.password(world.user.id).await.unwrap(), Some(old));
    tx.set_password(&new).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.password(world.user.id).await.unwrap(), Some(new));
}

/// A name is unique among the roles of the realm and among those of each client.
pub async fn roles_kept_and_unique(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let of_realm = builders::role(&world.realm, "admin");
    let of_client = builders::client_role(&world.realm, &world.client, "admin");
    let mut tx = write(&store).await;
    tx.insert_role(&of_realm).await.unwrap();
    tx.insert_role(&of_client).await.unwrap();
    tx.commit().await.unwrap();
    let roles = read(&store).await.roles(world.realm.id).await.unwrap();
    assert_eq!(roles.len(), 2);
    assert!(roles.contains(&of_realm) && roles.contains(&of_client));
    for mut taken in [of_realm, of_client] {
        taken.id = builders::role(&world.realm, "again").id;
        let taken = write(&store).await.insert_role(&taken).await;
        assert!(matches!(taken, Err(Fault::Exists(_))));
    }
}

/// Composites and assignments can be written twice.
pub async fn composites_and_assignments(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let account = builders::service_account(&world.realm, &world.client);
    let (big, small) = (
        builders::role(&world.realm, "big"),
        builders::role(&world.realm, "small"),
    );
    let mut tx = write(&store).await;
    tx.insert_user(&account).await.unwrap();
    tx.insert_role(&big).await.unwrap();
    tx.insert_role(&small).await.unwrap();
    for _ in 0..2 {
        tx.add_to_composite(big.id, small.id).await.unwrap();
        tx.assign_role(world.user.id, big.id).await.unwrap();
        tx.assign_role(account.id, small.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.composites(world.realm.id).await.unwrap(), [(big.id, small.id)]);
    assert_eq!(tx.assigned_roles(world.user.id).await.unwrap(), [big.id]);
    let of_accounts = tx.service_account_roles(world.realm.id).await.unwrap();
    assert_eq!(of_accounts, [(account.id, small.id)]);
}
