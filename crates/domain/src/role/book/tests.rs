use uuid::Uuid;

use super::{Arc, Group, GroupId, Role, RoleBook, RoleId, RoleRows, ScopeMapping, ScopeOwner, User};
use crate::client::{Client, ClientSettings, RoleScope};
use crate::group::DEEPEST;
use crate::id::{ClientUuid, RealmId, ScopeId, UserId};
use crate::role::RoleLimit;
use crate::timestamp::Timestamp;
use crate::user::{Attributes, Profile};

const REALM: RealmId = RealmId(Uuid::nil());
const API: ClientUuid = ClientUuid(Uuid::from_u128(100));

fn role(id: u128, client: Option<ClientUuid>, name: &str) -> Role {
    Role {
        id: RoleId(Uuid::from_u128(id)),
        realm: REALM,
        client,
        name: name.into(),
        description: String::new(),
        attributes: Attributes::new(),
    }
}

fn id(id: u128) -> RoleId {
    RoleId(Uuid::from_u128(id))
}

fn group(id: u128, parent: Option<u128>, name: &str) -> Group {
    Group {
        id: GroupId(Uuid::from_u128(id)),
        realm: REALM,
        parent: parent.map(|id| GroupId(Uuid::from_u128(id))),
        name: name.into(),
        description: String::new(),
        attributes: Attributes::from([("of".into(), vec![name.into()])]),
    }
}

fn user() -> User {
    User {
        id: UserId(Uuid::nil()),
        realm: REALM,
        username: "alice".into(),
        enabled: true,
        service_account_of: None,
        created_at: Timestamp::from_secs(0),
        required_actions: Vec::new(),
        not_before: Timestamp::from_secs(0),
        profile: Profile::default(),
    }
}

fn api(role_scope: RoleScope) -> Client {
    Client {
        id: API,
        realm: REALM,
        client_id: "api".into(),
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings: ClientSettings {
            role_scope,
            ..ClientSettings::default()
        },
    }
}

/// 1 contains 2, which contains 3; 4 and 5 are the API's, and 4 contains 5. Group 1 is above group 2.
fn book() -> RoleBook {
    let groups = vec![group(1, None, "staff"), group(2, Some(1), "support")];
    RoleBook::new(RoleRows {
        roles: vec![
            role(1, None, "owner"),
            role(2, None, "manager"),
            role(3, None, "clerk"),
            role(4, Some(API), "write"),
            role(5, Some(API), "read"),
        ],
        composites: vec![(id(1), id(2)), (id(2), id(3)), (id(4), id(5))],
        clients: &[api(RoleScope::Mapped)],
        group_roles: vec![(groups[0].id, id(3)), (groups[1].id, id(5))],
        groups,
        scope_mappings: vec![
            ScopeMapping {
                owner: ScopeOwner::Client(API),
                role: id(2),
            },
            ScopeMapping {
                owner: ScopeOwner::Scope(ScopeId(Uuid::nil())),
                role: id(1),
            },
        ],
    })
}

#[test]
fn roles_come_of_groups_and_of_all_above_them() {
    let book = book();
    let joined = [GroupId(Uuid::from_u128(2))];
    let subject = book.subject(user(), &[id(4)], &joined);
    assert_eq!(subject.held.names.realm, ["clerk"]);
    assert_eq!(subject.held.names.clients["api"], ["read", "write"]);
    assert_eq!(subject.groups[0].path, "/staff/support");
    let lines: Vec<&str> = subject.groups[0].and_above().map(|group| group.name.as_str()).collect();
    assert_eq!(lines, ["support", "staff"]);
    assert!(book.subject(user(), &[], &[]).held.ids.is_empty());
}

#[test]
fn a_client_lets_in_its_own_roles_and_those_mapped_to_it() {
    let book = book();
    assert_eq!(RoleLimit::new(&api(RoleScope::Full), &book), RoleLimit::All);
    let limit = RoleLimit::new(&api(RoleScope::Mapped), &book);
    let lets_in = |role| limit.lets_in(id(role));
    assert!(!lets_in(1));
    assert!(lets_in(2) && lets_in(3) && lets_in(4) && lets_in(5));
    assert_eq!(book.let_in(ScopeOwner::Scope(ScopeId(Uuid::nil()))).len(), 3);
}

#[test]
fn a_client_more_leaves_the_book_as_if_it_were_read_anew() {
    let before = book();
    let client = Client {
        id: ClientUuid(Uuid::from_u128(77)),
        client_id: "tenant-realm".into(),
        enabled: false,
        ..api(RoleScope::Mapped)
    };
    let role = Role {
        id: id(90),
        client: Some(client.id),
        name: "view-users".into(),
        ..before.role(id(3)).unwrap().clone()
    };
    let after = before.with_client(&client, &[role], &[(id(1), id(90))]);
    assert_eq!(after.client_id(client.id), Some("tenant-realm"));
    assert!(after.is_disabled("tenant-realm") && !before.is_disabled("tenant-realm"));
    assert!(after.effective(&[id(1)]).contains(&id(90)) && !before.effective(&[id(1)]).contains(&id(90)));
    assert_eq!(
        after.named(Some(client.id), "view-users").map(|role| role.id),
        Some(id(90))
    );
    assert!(before.role(id(90)).is_none());
    assert_eq!(after.of_realm().count(), before.of_realm().count());
}

#[test]
fn groups_of_any_depth_and_in_a_circle_end() {
    let mut groups: Vec<Group> = (1..=10_000)
        .map(|at| group(at, (at > 1).then(|| at - 1), "g"))
        .collect();
    groups.push(group(20_000, Some(20_001), "one"));
    groups.push(group(20_001, Some(20_000), "other"));
    let joined: Vec<GroupId> = [10_000, 20_000].map(|at| GroupId(Uuid::from_u128(at))).into();
    let book = RoleBook::new(RoleRows {
        roles: vec![],
        composites: vec![],
        clients: &[],
        groups,
        group_roles: vec![],
        scope_mappings: vec![],
    });
    let subject = book.subject(user(), &[], &joined);
    assert!(subject.groups.iter().all(|group| group.and_above().count() <= DEEPEST));
    assert_eq!(Arc::strong_count(&subject.groups[0]).min(2), 2);
}
