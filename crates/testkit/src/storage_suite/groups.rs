//! Groups: a tree of names, roles and members.

use std::slice::from_ref;
use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::ports::Store;
use keyward_domain::ports::users::Paging;
use keyward_domain::user::User;

use super::{RACERS, race, read, world, write};
use crate::builders;

/// Groups come back as they were, by name, and only to their realm.
pub async fn kept_updated_and_moved(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::realm("other");
    let mut vip = builders::group(&world.realm, None, "vip");
    let mut customers = builders::group(&world.realm, None, "customers");
    customers
        .attributes
        .insert("region".into(), vec!["eu".into(), "us".into()]);
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    for group in [&vip, &customers] {
        tx.insert_group(group).await.unwrap();
    }
    assert_eq!(
        tx.groups(world.realm.id).await.unwrap(),
        [customers.clone(), vip.clone()]
    );
    assert!(tx.groups(other.id).await.unwrap().is_empty());
    vip.parent = Some(customers.id);
    vip.name = "a".into();
    vip.description = "The best".into();
    vip.attributes.insert("level".into(), vec!["gold".into()]);
    assert!(tx.update_group(&vip).await.unwrap());
    let mut foreign = vip.clone();
    foreign.realm = other.id;
    foreign.name = "stolen".into();
    assert!(!tx.update_group(&foreign).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(
        read(&store).await.groups(world.realm.id).await.unwrap(),
        [vip, customers]
    );
}

/// A name is unique under its parent, and among the groups at the top.
pub async fn a_name_is_taken_once_under_its_parent(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::realm("other");
    let top = builders::group(&world.realm, None, "top");
    let below = builders::group(&world.realm, Some(&top), "top");
    let further = builders::group(&world.realm, Some(&below), "top");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    for group in [&top, &below, &further, &builders::group(&other, None, "top")] {
        tx.insert_group(group).await.unwrap();
    }
    tx.commit().await.unwrap();
    for taken in [&top, &below] {
        let mut again = builders::group(&world.realm, None, "again");
        again.parent = taken.parent;
        again.name.clone_from(&taken.name);
        let fault = write(&store).await.insert_group(&again).await.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "a group of this name under its parent exists already"
        );
    }
    let mut moved = further;
    moved.parent = Some(top.id);
    let taken = write(&store).await.update_group(&moved).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// Of many that add a group of one name at the top exactly one does.
pub async fn one_of_many_takes_a_name(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let results = race(&store, move |store, number| {
        let mut group = builders::group(&realm, None, &number.to_string());
        group.name = "top".into();
        async move {
            let mut tx = write(&store).await;
            match tx.insert_group(&group).await {
                Ok(()) => tx.commit().await.is_ok(),
                Err(fault) => {
                    assert!(matches!(fault, Fault::Exists(_)), "{fault}");
                    false
                }
            }
        }
    })
    .await;
    assert_eq!(results.into_iter().filter(|added| *added).count(), 1);
}

/// A group goes with all below it, with its roles and its memberships; nothing else goes.
pub async fn deleted_with_all_below(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let realm = world.realm.id;
    let top = builders::group(&world.realm, None, "top");
    let below = builders::group(&world.realm, Some(&top), "below");
    let deepest = builders::group(&world.realm, Some(&below), "deepest");
    let beside = builders::group(&world.realm, None, "beside");
    let role = builders::role(&world.realm, "pay");
    let mut tx = write(&store).await;
    tx.insert_role(&role).await.unwrap();
    for group in [&top, &below, &deepest, &beside] {
        tx.insert_group(group).await.unwrap();
        tx.assign_group_role(group.id, role.id).await.unwrap();
        tx.join_group(world.user.id, group.id).await.unwrap();
    }
    let elsewhere = builders::realm("other").id;
    assert!(!tx.delete_group(elsewhere, top.id).await.unwrap());
    assert!(tx.delete_group(realm, top.id).await.unwrap());
    assert!(!tx.delete_group(realm, top.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.groups(realm).await.unwrap().as_slice(), from_ref(&beside));
    assert_eq!(tx.group_roles(realm).await.unwrap(), [(beside.id, role.id)]);
    assert_eq!(tx.groups_of_user(world.user.id).await.unwrap(), [beside.id]);
    assert_eq!(tx.roles(realm).await.unwrap(), [role]);
    assert!(tx.user(realm, world.user.id).await.unwrap().is_some());
}

/// Roles and members can be given twice and taken once.
pub async fn roles_and_members(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (realm, alice) = (world.realm.id, world.user);
    let account = builders::service_account(&world.realm, &world.client);
    let group = builders::group(&world.realm, None, "customers");
    let role = builders::role(&world.realm, "pay");
    let mut tx = write(&store).await;
    tx.insert_user(&account).await.unwrap();
    tx.insert_group(&group).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    for _ in 0..2 {
        tx.assign_group_role(group.id, role.id).await.unwrap();
        tx.join_group(alice.id, group.id).await.unwrap();
        tx.join_group(account.id, group.id).await.unwrap();
    }
    assert_eq!(tx.group_roles(realm).await.unwrap(), [(group.id, role.id)]);
    let elsewhere = builders::realm("other").id;
    assert!(tx.group_roles(elsewhere).await.unwrap().is_empty());
    assert!(tx.service_account_groups(elsewhere).await.unwrap().is_empty());
    assert_eq!(tx.groups_of_user(alice.id).await.unwrap(), [group.id]);
    assert_eq!(
        tx.service_account_groups(realm).await.unwrap(),
        [(account.id, group.id)]
    );
    assert!(tx.unassign_group_role(group.id, role.id).await.unwrap());
    assert!(!tx.unassign_group_role(group.id, role.id).await.unwrap());
    assert!(tx.leave_group(account.id, group.id).await.unwrap());
    assert!(!tx.leave_group(account.id, group.id).await.unwrap());
    assert!(tx.group_roles(realm).await.unwrap().is_empty());
    let all = Paging { first: 0, max: 10 };
    assert_eq!(tx.members(group.id, all).await.unwrap(), [alice]);
    tx.commit().await.unwrap();
}

/// Members come page by page, in the order of the bytes of their names.
pub async fn members_in_pages(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let group = builders::group(&world.realm, None, "customers");
    let names = ["_a", "a.b", "a_b", "ab", "b", "é"];
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    for name in names.iter().rev() {
        let user = builders::user(&world.realm, name);
        tx.insert_user(&user).await.unwrap();
        tx.join_group(user.id, group.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let mut page = async |first, max| -> Vec<String> {
        let members = tx.members(group.id, Paging { first, max }).await.unwrap();
        members.into_iter().map(|User { username, .. }| username).collect()
    };
    assert_eq!(page(0, 10).await, names);
    assert_eq!(page(1, 2).await, names[1..3]);
    assert_eq!(page(5, 10).await, names[5..]);
    assert!(page(6, 10).await.is_empty());
    assert!(page(0, 0).await.is_empty());
}

/// Whoever joins at the same time is in the group once.
pub async fn many_join_at_the_same_time(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (user, group) = (world.user.id, builders::group(&world.realm, None, "customers"));
    let id = group.id;
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    tx.commit().await.unwrap();
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        tx.join_group(user, id).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(results.len(), RACERS);
    assert_eq!(read(&store).await.groups_of_user(user).await.unwrap(), [id]);
}
