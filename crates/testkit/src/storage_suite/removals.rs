//! What goes with a client and with a user, and that each thing is removed once.

use std::slice::from_ref;
use std::sync::Arc;

use keyward_domain::document::DocumentKind;
use keyward_domain::grant::Grant;
use keyward_domain::id::{GroupId, RoleId, UserId};
use keyward_domain::ports::users::{Paging, UserQuery};
use keyward_domain::ports::{Store, Tx};
use keyward_domain::role::{ScopeMapping, ScopeOwner};
use keyward_domain::user::User;

use super::{World, race, read, world, write};
use crate::builders::{self, NOW};

/// A client goes with its secrets, roles, service account, grants, consents and scope mappings.
pub async fn a_client_with_what_is_its_own(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, client, user) = (world.realm.id, &world.client, &world.user);
    let other = builders::client(&world.realm, "other");
    let account = builders::service_account(&world.realm, client);
    let (own, kept) = (
        builders::client_role(&world.realm, client, "pay"),
        builders::role(&world.realm, "kept"),
    );
    let mapping = |client, role| ScopeMapping {
        owner: ScopeOwner::Client(client),
        role,
    };
    let grant = builders::grant(client, user, "1");
    let of_account = builders::grant(&other, &account, "2");
    let of_other = builders::grant(&other, user, "3");
    let mut tx = write(&store).await;
    tx.insert_client(&other).await.unwrap();
    tx.insert_user(&account).await.unwrap();
    for role in [&own, &kept] {
        tx.insert_role(role).await.unwrap();
        tx.assign_role(user.id, role.id).await.unwrap();
        tx.assign_role(account.id, role.id).await.unwrap();
        tx.add_scope_mapping(mapping(other.id, role.id)).await.unwrap();
        tx.add_scope_mapping(mapping(client.id, role.id)).await.unwrap();
    }
    tx.add_to_composite(kept.id, own.id).await.unwrap();
    for client in [client, &other] {
        let secret = builders::client_secret(client, &client.client_id, 0);
        tx.insert_client_secret(&secret).await.unwrap();
        tx.save_consent(&builders::consent(user, client, &["openid"]))
            .await
            .unwrap();
    }
    for grant in [&grant, &of_account, &of_other] {
        tx.insert_grant(grant).await.unwrap();
    }
    let elsewhere = builders::realm("other").id;
    assert!(!tx.delete_client(elsewhere, client.id).await.unwrap());
    assert!(tx.delete_client(realm, client.id).await.unwrap());
    assert!(!tx.delete_client(realm, client.id).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = read(&store).await;
    assert_eq!(tx.clients(realm).await.unwrap().as_slice(), from_ref(&other));
    let secrets = tx.client_secrets(realm).await.unwrap();
    assert!(matches!(secrets.as_slice(), [one] if one.client == other.id));
    assert!(tx.service_accounts(realm).await.unwrap().is_empty());
    assert_eq!(tx.roles(realm).await.unwrap().as_slice(), from_ref(&kept));
    assert!(tx.composites(realm).await.unwrap().is_empty());
    assert_eq!(tx.assigned_roles(user.id).await.unwrap(), [kept.id]);
    assert!(tx.assigned_roles(account.id).await.unwrap().is_empty());
    assert_eq!(tx.scope_mappings(realm).await.unwrap(), [mapping(other.id, kept.id)]);
    let consents = tx.consents(user.id).await.unwrap();
    assert!(matches!(consents.as_slice(), [one] if one.client == other.id));
    assert_eq!(tx.grant(grant.id).await.unwrap(), None);
    assert_eq!(tx.grant(of_account.id).await.unwrap(), None);
    assert!(tx.grant(of_other.id).await.unwrap().is_some());
}

/// A user goes with credentials, roles, groups, sessions, grants, consents, attributes and logins elsewhere.
pub async fn a_user_with_everything_of_theirs(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let realm = world.realm.id;
    let (group, role) = (
        builders::group(&world.realm, None, "customers"),
        builders::role(&world.realm, "pay"),
    );
    let with_city = |name: &str| {
        let mut user = builders::user(&world.realm, name);
        user.profile.attributes.insert("city".into(), vec!["Oxford".into()]);
        user
    };
    let (carol, dave) = (with_city("carol"), with_city("dave"));
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    for user in [&carol, &dave] {
        tx.insert_user(user).await.unwrap();
        own_everything(&mut *tx, &world, user, (group.id, role.id)).await;
    }
    let elsewhere = builders::realm("other").id;
    assert!(!tx.delete_user(elsewhere, carol.id).await.unwrap());
    assert!(tx.delete_user(realm, carol.id).await.unwrap());
    assert!(!tx.delete_user(realm, carol.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.user(realm, carol.id).await.unwrap(), None);
    assert_eq!(owned(&mut *tx, carol.id).await, [0; 8]);
    assert_eq!(owned(&mut *tx, dave.id).await, [1; 8]);
    let in_oxford = UserQuery {
        attributes: vec![("city".into(), "Oxford".into())],
        ..UserQuery::default()
    };
    let all = Paging { first: 0, max: 10 };
    assert_eq!(
        tx.users(realm, &in_oxford, all).await.unwrap().as_slice(),
        from_ref(&dave)
    );
    assert_eq!(tx.members(group.id, all).await.unwrap(), [dave]);
}

async fn own_everything(tx: &mut dyn Tx, world: &World, user: &User, (group, role): (GroupId, RoleId)) {
    tx.set_password(&builders::credential(user, &user.username))
        .await
        .unwrap();
    tx.insert_otp(&builders::otp(user, "phone")).await.unwrap();
    tx.insert_federated_identity(&builders::federated_identity(user, "google", &user.username))
        .await
        .unwrap();
    tx.assign_role(user.id, role).await.unwrap();
    tx.join_group(user.id, group).await.unwrap();
    tx.insert_session(&builders::session(user, &user.username))
        .await
        .unwrap();
    let grant = builders::grant(&world.client, user, &user.username);
    tx.insert_grant(&grant).await.unwrap();
    tx.save_consent(&builders::consent(user, &world.client, &["openid"]))
        .await
        .unwrap();
}

async fn owned(tx: &mut dyn Tx, user: UserId) -> [usize; 8] {
    [
        tx.password(user).await.unwrap().into_iter().count(),
        tx.otps(user).await.unwrap().len(),
        tx.federated_identities(user).await.unwrap().len(),
        tx.assigned_roles(user).await.unwrap().len(),
        tx.groups_of_user(user).await.unwrap().len(),
        tx.sessions_of_user(user, NOW, 9).await.unwrap().len(),
        tx.grants_of_user(user, NOW, 9).await.unwrap().len(),
        tx.consents(user).await.unwrap().len(),
    ]
}

/// Of many that take the same things from each other, exactly one hears of each that it was there.
pub async fn one_of_many_takes_away(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (user, realm) = (world.user.id, world.realm.id);
    let (group, role, scope) = (
        builders::group(&world.realm, None, "customers"),
        builders::role(&world.realm, "pay"),
        builders::scope(&world.realm, "orders:read"),
    );
    let mapping = ScopeMapping {
        owner: ScopeOwner::Scope(scope.id),
        role: role.id,
    };
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    tx.insert_scope(&scope).await.unwrap();
    tx.insert_hmac_key(&builders::hmac_key(&world.realm, "kid", 0))
        .await
        .unwrap();
    tx.add_scope_mapping(mapping).await.unwrap();
    tx.add_to_composite(role.id, role.id).await.unwrap();
    tx.assign_group_role(group.id, role.id).await.unwrap();
    own_everything(&mut *tx, &world, &world.user, (group.id, role.id)).await;
    tx.commit().await.unwrap();
    let (group, role) = (group.id, role.id);
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let removed = [
            tx.unassign_role(user, role).await.unwrap(),
            tx.leave_group(user, group).await.unwrap(),
            tx.unassign_group_role(group, role).await.unwrap(),
            tx.remove_from_composite(role, role).await.unwrap(),
            tx.remove_scope_mapping(mapping).await.unwrap(),
            tx.delete_federated_identity(user, "google").await.unwrap(),
            tx.delete_hmac_key(realm, "kid").await.unwrap(),
            tx.delete_sessions_of_user(user).await.unwrap() > 0,
        ];
        tx.commit().await.unwrap();
        removed
    })
    .await;
    exactly_one_each(&results);
}

/// Of many that delete the same rows exactly one hears of each that it was there.
pub async fn one_of_many_deletes(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, user, client) = (world.realm.id, world.user.id, world.client.id);
    let (group, role) = (
        builders::group(&world.realm, None, "customers"),
        builders::role(&world.realm, "pay"),
    );
    let scope = builders::scope(&world.realm, "orders:read");
    let kind = DocumentKind::Component;
    let document = builders::document(&world.realm, kind, "1");
    let secret = builders::client_secret(&world.client, "1", 0);
    let (password, otp) = (
        builders::credential(&world.user, &world.user.username).id,
        builders::otp(&world.user, "phone").id,
    );
    let mut tx = write(&store).await;
    tx.insert_client_secret(&secret).await.unwrap();
    tx.insert_group(&group).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    tx.insert_scope(&scope).await.unwrap();
    tx.insert_document(&document).await.unwrap();
    own_everything(&mut *tx, &world, &world.user, (group.id, role.id)).await;
    tx.commit().await.unwrap();
    let (secret, group, role, scope, document) = (secret.id, group.id, role.id, scope.id, document.id);
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let removed = [
            tx.delete_client_secret(client, secret).await.unwrap(),
            tx.delete_password(user, password).await.unwrap(),
            tx.delete_otp(user, otp).await.unwrap(),
            tx.delete_document(realm, kind, document).await.unwrap(),
            tx.delete_scope(realm, scope).await.unwrap(),
            tx.delete_group(realm, group).await.unwrap(),
            tx.delete_role(realm, role).await.unwrap(),
            tx.delete_user(realm, user).await.unwrap(),
            tx.delete_client(realm, client).await.unwrap(),
        ];
        tx.commit().await.unwrap();
        removed
    })
    .await;
    exactly_one_each(&results);
}

fn exactly_one_each<const VERBS: usize>(results: &[[bool; VERBS]]) {
    for verb in 0..VERBS {
        let winners = results.iter().filter(|removed| removed.get(verb) == Some(&true));
        assert_eq!(winners.count(), 1, "verb {verb}");
    }
}

/// A grant that is added while its user is removed is a conflict, and never a row without its user.
pub async fn no_grant_outlives_its_user(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, user) = (world.realm.id, world.user.id);
    let grant = builders::grant(&world.client, &world.user, "0");
    race(&store, move |store, number| {
        let grant = Grant {
            id: builders::grant(&world.client, &world.user, &number.to_string()).id,
            ..grant.clone()
        };
        async move {
            let mut tx = write(&store).await;
            if number == 0 {
                assert!(tx.delete_user(realm, user).await.unwrap());
            } else if let Err(fault) = tx.insert_grant(&grant).await {
                assert!(fault.is_conflict(), "{fault}");
                return;
            }
            tx.commit().await.unwrap();
        }
    })
    .await;
    let mut tx = read(&store).await;
    assert!(tx.grants_of_user(user, NOW, 99).await.unwrap().is_empty());
}
