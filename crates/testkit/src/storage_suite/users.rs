//! Users, their credentials and their logins elsewhere.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::ports::Store;

use super::{RACERS, race, read, world, write};
use crate::builders::{self, NOW};

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

/// Of [`super::RACERS`] tasks that read a user, change one thing of it and write it back, none undoes another's; the
/// same for a realm.
pub async fn whoever_writes_back_waits(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, id) = (world.realm.id, world.user.id);
    let name = world.realm.name.clone();
    let before = (world.user.not_before, world.realm.not_before);
    race(&store, move |store, _| {
        let name = name.clone();
        async move {
            let mut tx = write(&store).await;
            let mut user = tx.user_to_change(realm, id).await.unwrap().unwrap();
            user.not_before = user.not_before.plus_secs(1);
            tx.update_user(&user).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = write(&store).await;
            tx.lock_realm(realm).await.unwrap();
            let mut row = tx.realm_by_name(&name).await.unwrap().unwrap();
            row.not_before = row.not_before.plus_secs(1);
            tx.update_realm(&row).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    let all = i64::try_from(RACERS).unwrap();
    let mut tx = read(&store).await;
    let user = tx.user(realm, id).await.unwrap().unwrap();
    assert_eq!(user.not_before, before.0.plus_secs(all));
    let row = tx.realm_by_name(&world.realm.name).await.unwrap().unwrap();
    assert_eq!(row.not_before, before.1.plus_secs(all));
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
    for (email, but, taken) in [
        ("Alice@Example.com", None, true),
        ("alice@example.com", Some(bob.id), true),
        ("bob@example.com", None, false),
    ] {
        assert_eq!(tx.email_is_taken(realm, email, but).await.unwrap(), taken, "{email}");
    }
    bob.profile.email = None;
    assert!(tx.update_user(&bob).await.unwrap());
    assert_eq!(
        tx.user_by_email(realm, "alice@example.com").await.unwrap(),
        Some(world.user.clone())
    );
    let own = Some(world.user.id);
    assert!(!tx.email_is_taken(realm, "alice@example.com", own).await.unwrap());
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
    alice.not_before = NOW;
    alice.profile.last_name = Some("Liddell".into());
    let attributes = &mut alice.profile.attributes;
    attributes.insert("city".into(), vec!["Oxford".into(), "London".into()]);
    let mut foreign = alice.clone();
    foreign.realm = builders::realm("other").id;
    let mut tx = write(&store).await;
    assert!(tx.update_user(&alice).await.unwrap());
    assert!(!tx.update_user(&foreign).await.unwrap());
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
    assert!(tx.rehash_password(old.id, "$argon2id$better").await.unwrap());
    assert_eq!(tx.password(world.user.id).await.unwrap(), Some(better));
    tx.set_password(&new).await.unwrap();
    assert!(!tx.rehash_password(old.id, "$argon2id$late").await.unwrap());
    assert_eq!(tx.password(world.user.id).await.unwrap(), Some(new));
    tx.commit().await.unwrap();
}

/// Of [`super::RACERS`] tasks, half replace the password; what the others have found standing stands until their
/// transaction ends.
pub async fn a_password_that_stands_is_not_replaced_meanwhile(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let user = world.user.clone();
    let mut tx = write(&store).await;
    tx.set_password(&builders::credential(&user, "$argon2id$first"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    race(&store, move |store, number| {
        let user = user.clone();
        async move {
            let mut tx = write(&store).await;
            if number % 2 == 0 {
                let next = builders::credential(&user, &format!("$argon2id${number}"));
                tx.set_password(&next).await.unwrap();
            } else {
                let found = tx.password(user.id).await.unwrap().unwrap();
                if tx.rehash_password(found.id, &found.phc).await.unwrap() {
                    for _ in 0..10 {
                        assert_eq!(tx.password(user.id).await.unwrap().as_ref(), Some(&found));
                    }
                }
            }
            tx.commit().await.unwrap();
        }
    })
    .await;
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

/// A password and a device are named and removed by user and row together.
pub async fn credentials_labelled_and_removed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (alice, bob) = (world.user, builders::user(&world.realm, "bob"));
    let mut password = builders::credential(&alice, "$argon2id$");
    let mut otp = builders::otp(&alice, "phone");
    let mut tx = write(&store).await;
    tx.insert_user(&bob).await.unwrap();
    tx.set_password(&password).await.unwrap();
    tx.insert_otp(&otp).await.unwrap();
    for id in [password.id, otp.id] {
        assert!(!tx.label_credential(bob.id, id, "stolen").await.unwrap());
        assert!(!tx.delete_password(bob.id, id).await.unwrap());
        assert!(!tx.delete_otp(bob.id, id).await.unwrap());
    }
    assert!(tx.label_credential(alice.id, password.id, "My password").await.unwrap());
    assert!(tx.label_credential(alice.id, otp.id, "My phone").await.unwrap());
    assert!(
        !tx.label_credential(alice.id, builders::otp(&bob, "x").id, "")
            .await
            .unwrap()
    );
    password.label = "My password".into();
    otp.label = "My phone".into();
    assert_eq!(tx.password(alice.id).await.unwrap(), Some(password.clone()));
    assert_eq!(tx.otps(alice.id).await.unwrap(), [otp.clone()]);
    assert!(!tx.delete_password(alice.id, otp.id).await.unwrap());
    assert!(tx.delete_password(alice.id, password.id).await.unwrap());
    assert!(!tx.delete_password(alice.id, password.id).await.unwrap());
    assert_eq!(tx.password(alice.id).await.unwrap(), None);
    assert!(tx.delete_otp(alice.id, otp.id).await.unwrap());
    assert!(!tx.delete_otp(alice.id, otp.id).await.unwrap());
    assert!(tx.otps(alice.id).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

/// One login at each provider, by provider.
pub async fn federated_identities_kept_and_removed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (alice, bob) = (world.user, builders::user(&world.realm, "bob"));
    let google = builders::federated_identity(&alice, "google", "1");
    let github = builders::federated_identity(&alice, "github", "1");
    let mut tx = write(&store).await;
    tx.insert_user(&bob).await.unwrap();
    for identity in [&google, &github] {
        tx.insert_federated_identity(identity).await.unwrap();
    }
    tx.insert_federated_identity(&builders::federated_identity(&bob, "google", "1"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let again = builders::federated_identity(&alice, "google", "2");
    let fault = write(&store).await.insert_federated_identity(&again).await.unwrap_err();
    assert_eq!(fault.to_string(), "a login of the user at this provider exists already");
    let mut tx = write(&store).await;
    assert_eq!(
        tx.federated_identities(alice.id).await.unwrap(),
        [github.clone(), google]
    );
    assert!(tx.delete_federated_identity(alice.id, "google").await.unwrap());
    assert!(!tx.delete_federated_identity(alice.id, "google").await.unwrap());
    assert_eq!(tx.federated_identities(alice.id).await.unwrap(), [github]);
    assert_eq!(tx.federated_identities(bob.id).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
}
