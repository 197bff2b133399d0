//! How SQLite finds what queries ask for: a plan that reads all rows would be noticed by nobody but large realms.

use keyward_domain::id::{RealmId, UserId};
use keyward_domain::ports::users::{Pattern, UserQuery};
use rusqlite::Connection;
use uuid::Uuid;

use super::super::{BY_EMAIL, BY_ID, BY_USERNAME, DELETE, EMAIL_IS_TAKEN, SERVICE_ACCOUNTS, TO_CHANGE, UPDATE};
use super::everybody::{FAR_PAGE, PAGE};
use super::{FEW, Search};
use crate::building::Building;
use crate::migrate::SQLITE;
use crate::statement::Sql;

fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for migration in &SQLITE {
        conn.execute_batch(migration.text).unwrap();
    }
    conn
}

fn plan(conn: &Connection, sql: &Sql) -> String {
    let mut statement = conn.prepare(&format!("explain query plan {}", sql.sqlite())).unwrap();
    let lines = statement.raw_query().mapped(|row| row.get::<_, String>(3));
    lines.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}

/// The plan when the best condition with an index drives, else when the user names are walked along.
fn plan_of(query: &UserQuery, walk: bool) -> String {
    let search = Search::of(RealmId(Uuid::nil()), query).unwrap();
    let driver = if walk { None } else { search.candidates().next() };
    assert!(walk || driver.is_some());
    let mut building = Building::new("");
    let order = search.find(driver, &mut building);
    building.text(order).text(" limit ").bind(FEW);
    plan(&database(), &building.finish().0)
}

fn prefix() -> Pattern {
    Pattern::Prefix("al".into())
}

fn queries() -> Vec<(UserQuery, &'static str)> {
    let query = UserQuery::default;
    let created_from = Some(keyward_domain::Timestamp::from_secs(0));
    let search = |pattern| UserQuery {
        search: vec![pattern],
        ..query()
    };
    vec![
        (
            search(prefix()),
            "users_first_name (realm_id=? AND first_name>? AND first_name<?)",
        ),
        (
            search(Pattern::Exact("al".into())),
            "users_last_name (realm_id=? AND last_name=?)",
        ),
        (
            UserQuery {
                email: Some(prefix()),
                ..query()
            },
            "users_email (realm_id=? AND email>? AND email<?)",
        ),
        (
            UserQuery {
                last_name: Some(prefix()),
                ..query()
            },
            "users_last_name (realm_id=? AND last_name>? AND last_name<?)",
        ),
        (
            UserQuery {
                created_from,
                ..query()
            },
            "users_created (realm_id=? AND created_at>?)",
        ),
        (
            UserQuery {
                attributes: vec![("a".into(), "b".into())],
                ..query()
            },
            "user_attributes_value (realm_id=? AND name=? AND value=?)",
        ),
        (
            UserQuery {
                provider: Some("google".into()),
                external_id: Some("1".into()),
                ..query()
            },
            "federated_identities_external (provider=? AND external_id=?)",
        ),
        (
            UserQuery {
                external_id: Some("1".into()),
                ..query()
            },
            "federated_identities_id (external_id=?)",
        ),
    ]
}

#[test]
fn what_finds_few_users_begins_with_its_own_index() {
    for (query, index) in queries() {
        let plan = plan_of(&query, false);
        assert!(
            plan.contains(&format!("USING COVERING INDEX {index}")),
            "{query:?}\n{plan}"
        );
        assert!(!plan.contains("SCAN u"), "{query:?}\n{plan}");
        let enabled = UserQuery {
            enabled: Some(true),
            ..query
        };
        let plan = plan_of(&enabled, false);
        assert!(
            plan.contains(index) && plan.contains("u USING INDEX users_id (id=?"),
            "{plan}"
        );
    }
}

#[test]
fn a_walk_along_user_names_reads_no_rows_and_sorts_nothing() {
    let username = UserQuery {
        username: Some(prefix()),
        ..UserQuery::default()
    };
    for (query, _) in queries().into_iter().chain([(username, "")]) {
        let plan = plan_of(&query, true);
        assert!(
            plan.contains("u USING COVERING INDEX users_listed (realm_id=?"),
            "{query:?}\n{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{query:?}\n{plan}");
    }
}

#[test]
fn one_person_is_found_by_an_index() {
    let conn = database();
    for (sql, index) in [
        (&BY_USERNAME, "u USING PRIMARY KEY (realm_id=? AND username=?)"),
        (&BY_ID, "u USING INDEX users_id (id=?"),
        (&TO_CHANGE, "u USING INDEX users_id (id=?"),
        (&BY_EMAIL, "e USING COVERING INDEX users_email (realm_id=? AND email=?)"),
        (
            &EMAIL_IS_TAKEN,
            "users USING COVERING INDEX users_email (realm_id=? AND email=?)",
        ),
        (
            &SERVICE_ACCOUNTS,
            "u USING INDEX users_service_account (service_account_of=?)",
        ),
        (&UPDATE, "INDEX users_id (id=?"),
        (&DELETE, "INDEX users_id (id=?"),
    ] {
        let plan = plan(&conn, sql);
        assert!(plan.contains(index), "{}\n{plan}", sql.sqlite());
    }
}

#[test]
fn people_are_found_by_their_ids_and_not_along_the_names() {
    let query = UserQuery {
        ids: vec![UserId(Uuid::nil()), UserId(Uuid::max())],
        ..UserQuery::default()
    };
    let plan = plan_of(&query, false);
    assert!(plan.contains("users USING INDEX users_id (id=?)"), "{plan}");
}

#[test]
fn a_near_page_is_read_where_its_rows_lie() {
    let plan = plan(&database(), &PAGE);
    assert!(
        plan.contains("SEARCH u USING PRIMARY KEY (realm_id=? AND username>?)") && !plan.contains("TEMP B-TREE"),
        "{plan}"
    );
}

#[test]
fn a_page_far_down_passes_over_no_rows() {
    let plan = plan(&database(), &FAR_PAGE);
    assert!(
        plan.contains("SEARCH n USING COVERING INDEX users_listed (realm_id=? AND username>?)")
            && plan.contains("SEARCH u USING PRIMARY KEY (realm_id=? AND username=?)"),
        "{plan}"
    );
}
