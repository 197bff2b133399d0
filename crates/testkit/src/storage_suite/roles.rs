//! Roles, what they contain, who holds them, and what lets them into tokens.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::ports::Store;
use keyward_domain::ports::users::Paging;
use keyward_domain::role::{ScopeMapping, ScopeOwner};

use super::{read, world, write};
use crate::builders;

/// A name is unique among the roles of the realm and among those of each client.
pub async fn kept_and_unique(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut of_realm = builders::role(&world.realm, "admin");
    of_realm.attributes.insert("level".into(), vec!["1".into(), "2".into()]);
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

/// Name, description and attributes are replaced, in the role's own realm alone.
pub async fn updated_and_renamed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut role = builders::role(&world.realm, "admin");
    let other = builders::role(&world.realm, "other");
    let mut tx = write(&store).await;
    tx.insert_role(&role).await.unwrap();
    tx.insert_role(&other).await.unwrap();
    role.name = "boss".into();
    role.description = "May everything".into();
    role.attributes.insert("level".into(), vec!["1".into()]);
    assert!(tx.update_role(&role).await.unwrap());
    let mut foreign = role.clone();
    foreign.realm = builders::realm("other").id;
    foreign.name = "stolen".into();
    assert!(!tx.update_role(&foreign).await.unwrap());
    assert!(!tx.delete_role(foreign.realm, role.id).await.unwrap());
    tx.commit().await.unwrap();
    let roles = read(&store).await.roles(world.realm.id).await.unwrap();
    assert_eq!(roles, [role.clone(), other]);
    role.name = "other".into();
    let fault = write(&store).await.update_role(&role).await.unwrap_err();
    assert_eq!(fault.to_string(), "a role of this name exists already");
}

/// Composites and assignments can be written twice and removed once.
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
    let mut tx = write(&store).await;
    assert!(tx.remove_from_composite(big.id, small.id).await.unwrap());
    assert!(!tx.remove_from_composite(big.id, small.id).await.unwrap());
    assert!(tx.unassign_role(world.user.id, big.id).await.unwrap());
    assert!(!tx.unassign_role(world.user.id, big.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert!(tx.composites(world.realm.id).await.unwrap().is_empty());
    assert!(tx.assigned_roles(world.user.id).await.unwrap().is_empty());
    assert_eq!(tx.assigned_roles(account.id).await.unwrap(), [small.id]);
}

/// Those that a role was given to, by user name, service accounts too.
pub async fn holders_in_pages(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let account = builders::service_account(&world.realm, &world.client);
    let role = builders::role(&world.realm, "pay");
    let bob = builders::user(&world.realm, "bob");
    let mut tx = write(&store).await;
    tx.insert_role(&role).await.unwrap();
    for user in [&account, &bob] {
        tx.insert_user(user).await.unwrap();
        tx.assign_role(user.id, role.id).await.unwrap();
    }
    tx.assign_role(world.user.id, role.id).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let all = Paging { first: 0, max: 10 };
    let holders = tx.users_with_role(role.id, all).await.unwrap();
    assert_eq!(holders, [world.user, bob.clone(), account]);
    let second = Paging { first: 1, max: 1 };
    assert_eq!(tx.users_with_role(role.id, second).await.unwrap(), [bob]);
    let other = builders::role(&world.realm, "other").id;
    assert!(tx.users_with_role(other, all).await.unwrap().is_empty());
}

/// Scope mappings can be written twice and removed once, and are found by their realm alone.
pub async fn scope_mappings_kept_and_removed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let (scope, role) = (
        builders::scope(&world.realm, "orders:read"),
        builders::role(&world.realm, "pay"),
    );
    let of_client = ScopeMapping {
        owner: ScopeOwner::Client(world.client.id),
        role: role.id,
    };
    let of_scope = ScopeMapping {
        owner: ScopeOwner::Scope(scope.id),
        role: role.id,
    };
    let mut tx = write(&store).await;
    tx.insert_scope(&scope).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    for _ in 0..2 {
        tx.add_scope_mapping(of_client).await.unwrap();
        tx.add_scope_mapping(of_scope).await.unwrap();
    }
    assert_eq!(tx.scope_mappings(world.realm.id).await.unwrap(), [of_client, of_scope]);
    let elsewhere = builders::realm("other").id;
    assert!(tx.scope_mappings(elsewhere).await.unwrap().is_empty());
    assert!(tx.remove_scope_mapping(of_client).await.unwrap());
    assert!(!tx.remove_scope_mapping(of_client).await.unwrap());
    assert_eq!(tx.scope_mappings(world.realm.id).await.unwrap(), [of_scope]);
    assert!(tx.remove_scope_mapping(of_scope).await.unwrap());
    assert!(!tx.remove_scope_mapping(of_scope).await.unwrap());
    tx.commit().await.unwrap();
}

/// A role goes from composites on both sides, users, groups and scope mappings; nothing else goes.
pub async fn deleted_wherever_it_was_given(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let realm = world.realm.id;
    let (role, other) = (
        builders::role(&world.realm, "pay"),
        builders::role(&world.realm, "other"),
    );
    let group = builders::group(&world.realm, None, "customers");
    let scope = builders::scope(&world.realm, "orders:read");
    let owners = [ScopeOwner::Client(world.client.id), ScopeOwner::Scope(scope.id)];
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    tx.insert_scope(&scope).await.unwrap();
    for role in [&role, &other] {
        tx.insert_role(role).await.unwrap();
        tx.assign_role(world.user.id, role.id).await.unwrap();
        tx.assign_group_role(group.id, role.id).await.unwrap();
        for owner in owners {
            let mapping = ScopeMapping { owner, role: role.id };
            tx.add_scope_mapping(mapping).await.unwrap();
        }
    }
    tx.add_to_composite(role.id, other.id).await.unwrap();
    tx.add_to_composite(other.id, role.id).await.unwrap();
    tx.add_to_composite(other.id, other.id).await.unwrap();
    assert!(tx.delete_role(realm, role.id).await.unwrap());
    assert!(!tx.delete_role(realm, role.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.composites(realm).await.unwrap(), [(other.id, other.id)]);
    assert_eq!(tx.assigned_roles(world.user.id).await.unwrap(), [other.id]);
    assert_eq!(tx.group_roles(realm).await.unwrap(), [(group.id, other.id)]);
    let mappings = owners.map(|owner| ScopeMapping { owner, role: other.id });
    assert_eq!(tx.scope_mappings(realm).await.unwrap(), mappings);
    assert_eq!(tx.roles(realm).await.unwrap(), [other]);
}
