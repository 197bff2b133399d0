//! Users searched: every query is held against a plain filter over all of them.

use std::sync::Arc;

use keyward_domain::ports::Store;
use keyward_domain::ports::users::{Paging, Pattern, UserQuery};
use keyward_domain::realm::Realm;
use keyward_domain::user::User;

use super::{read, world, write};
use crate::builders::{self, NOW};

mod model;

use model::People;

const ALL: Paging = Paging { first: 0, max: 10_000 };

fn exact(text: &str) -> Pattern {
    Pattern::Exact(text.into())
}

fn prefix(text: &str) -> Pattern {
    Pattern::Prefix(text.into())
}

fn infix(text: &str) -> Pattern {
    Pattern::Infix(text.into())
}

/// Some people of every kind, and as many of a realm beside that no query may find.
async fn few(store: &Arc<dyn Store>) -> People {
    let world = world(store).await;
    let other = builders::realm("other");
    let mut tx = write(store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.commit().await.unwrap();
    let mut people = cast(&world.realm, &world.user);
    people
        .users
        .push(builders::service_account(&world.realm, &world.client));
    insert(store, &people).await;
    insert(store, &cast(&other, &builders::user(&other, "mallory"))).await;
    people.users.push(world.user);
    people
}

fn cast(realm: &Realm, base: &User) -> People {
    let names = [
        "al",
        "alan",
        "ALBERT",
        "a_b",
        "a%b",
        "a!b",
        "bob",
        "böb",
        "ß",
        "zoë",
        "\u{10ffff}",
        "\u{10ffff}\u{10ffff}z",
    ];
    let long = "x".repeat(300);
    let mut users = Vec::new();
    for (number, name) in names.into_iter().enumerate() {
        let mut user = builders::user(realm, &name.to_lowercase());
        let even = number % 2 == 0;
        user.enabled = number % 3 != 0;
        user.created_at = NOW.plus_secs(i64::try_from(number).unwrap());
        user.profile.email_verified = even;
        user.profile.email = (number % 4 != 1).then(|| format!("{}@Example.com", number / 2));
        user.profile.first_name = even.then(|| name.to_uppercase());
        user.profile.last_name = (number % 5 == 0).then(|| format!("Al {name}"));
        let attributes = &mut user.profile.attributes;
        if even {
            attributes.insert("city".into(), vec!["Oxford".into(), "London".into(), "London".into()]);
        }
        if number % 3 == 0 {
            attributes.insert("note".into(), vec![long.clone(), format!("{long}{number}")]);
            attributes.insert(long.clone(), vec!["sha256:".into(), String::new()]);
        }
        users.push(user);
    }
    let identities = vec![
        builders::federated_identity(&users[1], "google", "1"),
        builders::federated_identity(&users[1], "github", "1"),
        builders::federated_identity(&users[2], "google", "2"),
        builders::federated_identity(base, "google", "1"),
    ];
    let identities = identities
        .into_iter()
        .filter(|identity| users.iter().any(|user| user.id == identity.user))
        .collect();
    People { users, identities }
}

async fn insert(store: &Arc<dyn Store>, people: &People) {
    let mut tx = write(store).await;
    for user in &people.users {
        tx.insert_user(user).await.unwrap();
    }
    for identity in &people.identities {
        tx.insert_federated_identity(identity).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Queries of one condition, of each sort.
fn single() -> Vec<UserQuery> {
    let mut queries = vec![UserQuery::default()];
    let mut add = |change: &dyn Fn(&mut UserQuery)| {
        let mut query = UserQuery::default();
        change(&mut query);
        queries.push(query);
    };
    for text in [
        "",
        "a",
        "AL",
        "al",
        "alan",
        "b",
        "bo",
        "bö",
        "SS",
        "ß",
        "_",
        "%",
        "a_",
        "a%",
        "a!",
        "!",
        "\\",
        "'",
        "0@",
        "example",
        "Al ",
        "given",
        "\u{10ffff}",
        "\0",
        "no one",
        "service-account",
    ] {
        for pattern in [exact(text), prefix(text), infix(text)] {
            add(&|query| query.search = vec![pattern.clone()]);
            add(&|query| query.username = Some(pattern.clone()));
            add(&|query| query.email = Some(pattern.clone()));
            add(&|query| query.first_name = Some(pattern.clone()));
            add(&|query| query.last_name = Some(pattern.clone()));
        }
    }
    for flag in [true, false] {
        add(&|query| query.enabled = Some(flag));
        add(&|query| query.email_verified = Some(flag));
        add(&|query| query.with_service_accounts = flag);
    }
    for text in ["google", "github", "1", "2", "", "\0"] {
        add(&|query| query.provider = Some(text.into()));
        add(&|query| query.external_id = Some(text.into()));
    }
    let long = "x".repeat(300);
    for (name, value) in [
        ("city", "London"),
        ("city", "london"),
        ("city", "Lon"),
        ("CITY", "London"),
        ("note", &long),
        ("note", &long[1..]),
        (&long, "sha256:"),
        (&long, ""),
        ("city", "\0"),
    ] {
        add(&|query| query.attributes = vec![(name.into(), value.into())]);
    }
    for seconds in [-1, 0, 5, 99] {
        add(&|query| query.created_from = Some(NOW.plus_secs(seconds)));
        add(&|query| query.created_to = Some(NOW.plus_secs(seconds)));
    }
    queries
}

/// Queries of many conditions.
fn together(people: &People) -> Vec<UserQuery> {
    let ids: Vec<_> = people.users.iter().map(|user| user.id).collect();
    let foreign = builders::user(&builders::realm("other"), "al").id;
    let query = UserQuery::default;
    vec![
        UserQuery {
            ids: ids[..4].to_vec(),
            ..query()
        },
        UserQuery {
            ids: ids.clone(),
            with_service_accounts: true,
            ..query()
        },
        UserQuery {
            ids: vec![ids[0], ids[0], foreign],
            ..query()
        },
        UserQuery {
            ids: ids[..9].to_vec(),
            enabled: Some(true),
            search: vec![prefix("a")],
            ..query()
        },
        UserQuery {
            search: vec![prefix("a"), infix("b")],
            ..query()
        },
        UserQuery {
            search: vec![prefix("a"), prefix("al"), exact("al")],
            ..query()
        },
        UserQuery {
            search: vec![prefix("a")],
            with_service_accounts: true,
            ..query()
        },
        UserQuery {
            email: Some(infix("example")),
            with_service_accounts: true,
            ..query()
        },
        UserQuery {
            email: Some(prefix("0")),
            with_service_accounts: true,
            ..query()
        },
        UserQuery {
            email: Some(prefix("1")),
            first_name: Some(prefix("al")),
            last_name: Some(infix("l")),
            ..query()
        },
        UserQuery {
            username: Some(prefix("a")),
            email: Some(exact("1@example.com")),
            ..query()
        },
        UserQuery {
            username: Some(infix("b")),
            enabled: Some(false),
            email_verified: Some(false),
            ..query()
        },
        UserQuery {
            provider: Some("google".into()),
            external_id: Some("1".into()),
            ..query()
        },
        UserQuery {
            provider: Some("github".into()),
            external_id: Some("2".into()),
            ..query()
        },
        UserQuery {
            provider: Some("google".into()),
            username: Some(prefix("al")),
            ..query()
        },
        UserQuery {
            attributes: vec![("city".into(), "London".into()), ("city".into(), "Oxford".into())],
            created_from: Some(NOW.plus_secs(3)),
            ..query()
        },
        UserQuery {
            created_from: Some(NOW.plus_secs(2)),
            created_to: Some(NOW.plus_secs(7)),
            enabled: Some(true),
            ..query()
        },
    ]
}

/// Every query finds what a plain filter finds, in the same order on every page, and counts as many.
pub async fn as_a_plain_filter_finds_them(store: Arc<dyn Store>) {
    let people = few(&store).await;
    let realm = builders::realm("demo").id;
    let mut found = 0;
    let mut tx = read(&store).await;
    for query in single().into_iter().chain(together(&people)) {
        let expected = people.found(&query);
        let users = tx.users(realm, &query, ALL).await.unwrap();
        assert_eq!(model::names(&users), model::names(&expected), "{query:?}");
        assert_eq!(users, expected, "{query:?}");
        let count = tx.count_users(realm, &query).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "{query:?}");
        let page = tx.users(realm, &query, Paging { first: 1, max: 2 }).await.unwrap();
        let rest: Vec<_> = expected.into_iter().skip(1).take(2).collect();
        assert_eq!(page, rest, "{query:?}");
        found += users.len();
    }
    assert!(found > 500, "{found}");
}

/// A query that is larger than anybody needs is answered all the same.
pub async fn a_huge_query_is_answered(store: Arc<dyn Store>) {
    let people = few(&store).await;
    let realm = builders::realm("demo").id;
    let words = |count: usize, word: &str| UserQuery {
        search: (0..count).map(|_| infix(word)).collect(),
        ..UserQuery::default()
    };
    let long = "a".repeat(100_000);
    let prefixes = UserQuery {
        search: (0..500).map(|_| prefix("al")).collect(),
        attributes: vec![("city".into(), long.clone()); 500],
        ..UserQuery::default()
    };
    let foreign = builders::user(&builders::realm("other"), "al").id;
    let ids = UserQuery {
        ids: [vec![foreign; 2000], vec![people.users[0].id]].concat(),
        ..UserQuery::default()
    };
    let mut tx = read(&store).await;
    for query in [words(2000, "a"), words(1, &long), prefixes, ids] {
        let expected = people.found(&query);
        let users = tx.users(realm, &query, ALL).await.unwrap();
        assert_eq!(model::names(&users), model::names(&expected));
        let count = tx.count_users(realm, &query).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len());
    }
}

/// What an update changes is found anew, and what it took away is not.
pub async fn they_follow_updates(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut alice = world.user;
    alice.profile.attributes.insert("city".into(), vec!["Oxford".into()]);
    alice.profile.last_name = Some("Liddell".into());
    let mut tx = write(&store).await;
    assert!(tx.update_user(&alice).await.unwrap());
    let old = UserQuery {
        attributes: vec![("city".into(), "Oxford".into())],
        last_name: Some(prefix("lid")),
        email_verified: Some(true),
        ..UserQuery::default()
    };
    assert_eq!(tx.count_users(world.realm.id, &old).await.unwrap(), 1);
    alice.profile.attributes.insert("city".into(), vec!["London".into()]);
    alice.profile.last_name = Some("Hargreaves".into());
    alice.profile.email_verified = false;
    assert!(tx.update_user(&alice).await.unwrap());
    let new = UserQuery {
        attributes: vec![("city".into(), "London".into())],
        last_name: Some(exact("HARGREAVES")),
        email_verified: Some(false),
        ..UserQuery::default()
    };
    assert_eq!(tx.count_users(world.realm.id, &new).await.unwrap(), 1);
    for gone in [
        UserQuery {
            attributes: old.attributes,
            ..UserQuery::default()
        },
        UserQuery {
            last_name: old.last_name,
            ..UserQuery::default()
        },
        UserQuery {
            email_verified: old.email_verified,
            ..UserQuery::default()
        },
    ] {
        assert_eq!(tx.count_users(world.realm.id, &gone).await.unwrap(), 0, "{gone:?}");
    }
    tx.commit().await.unwrap();
}

/// Where a condition finds very many, the same users come in the same order; those of a large group and of a role that
/// many hold too.
pub async fn many_found_are_in_order(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let group = builders::group(&world.realm, None, "customers");
    let role = builders::role(&world.realm, "pay");
    let mut people = People::default();
    for number in 0..1500 {
        let mut user = builders::user(&world.realm, &format!("{:04}", number * 7 % 1500));
        user.profile.email = Some(format!("same{number}@example.com"));
        user.profile.attributes.insert("plan".into(), vec!["free".into()]);
        user.enabled = number % 100 == 0;
        people.users.push(user);
    }
    insert(&store, &people).await;
    let mut tx = write(&store).await;
    tx.insert_group(&group).await.unwrap();
    tx.insert_role(&role).await.unwrap();
    for user in &people.users[..1200] {
        tx.join_group(user.id, group.id).await.unwrap();
        tx.assign_role(user.id, role.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    let given = People {
        users: people.users[..1200].to_vec(),
        identities: Vec::new(),
    };
    let given = given.found(&UserQuery::default());
    people.users.push(world.user);
    let query = UserQuery::default;
    let plan = || vec![("plan".into(), "free".into())];
    let mut tx = read(&store).await;
    for query in [
        query(),
        UserQuery {
            search: vec![prefix("same")],
            ..query()
        },
        UserQuery {
            search: vec![prefix("same"), prefix("00")],
            ..query()
        },
        UserQuery {
            first_name: Some(exact("given")),
            ..query()
        },
        UserQuery {
            email: Some(prefix("s")),
            enabled: Some(true),
            ..query()
        },
        UserQuery {
            attributes: plan(),
            ..query()
        },
        UserQuery {
            attributes: plan(),
            username: Some(prefix("1")),
            ..query()
        },
        UserQuery {
            created_from: Some(NOW),
            created_to: Some(NOW),
            ..query()
        },
        UserQuery {
            created_from: Some(NOW),
            search: vec![infix("99")],
            ..query()
        },
    ] {
        let expected = people.found(&query);
        for (first, max) in [(0, 20), (19, 3), (1490, 20), (0, 2000)] {
            let paging = Paging { first, max };
            let users = tx.users(world.realm.id, &query, paging).await.unwrap();
            let (first, max) = (usize::try_from(first).unwrap(), usize::try_from(max).unwrap());
            let page: Vec<_> = expected.iter().skip(first).take(max).cloned().collect();
            assert_eq!(model::names(&users), model::names(&page), "{query:?} {paging:?}");
        }
        let count = tx.count_users(world.realm.id, &query).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "{query:?}");
    }
    for (first, max) in [(0, 20), (1190, 20)] {
        let paging = Paging { first, max };
        let members = tx.members(group.id, paging).await.unwrap();
        let holders = tx.users_with_role(role.id, paging).await.unwrap();
        let first = usize::try_from(first).unwrap();
        let page: Vec<_> = given.iter().skip(first).take(20).cloned().collect();
        assert_eq!(model::names(&members), model::names(&page));
        assert_eq!(holders, members);
    }
}
