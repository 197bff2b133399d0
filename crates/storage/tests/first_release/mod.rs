//! A database as the first release left it, with people in it.

use keyward_domain::ports::Tx;
use keyward_domain::ports::users::{Pattern, UserQuery};

/// What the first release wrote down beside the tables of `init`.
pub(crate) fn script(init: &str) -> String {
    format!(
        "create table schema_migrations (
             version bigint not null primary key, name text not null, checksum text not null,
             applied_at bigint not null
         );
         {init}
         insert into schema_migrations values (1, '0001_init', '{checksum}', 0);
         insert into realms values ('{REALM}', 'demo', true, 0, '{{}}');
         insert into users values
             ('00000000-0000-4000-8000-000000000002', '{REALM}', 'alice', true, null, 0,
              '{{\"email\":\"Alice@example.com\",\"email_verified\":true,\"first_name\":\"Alice\",
                \"attributes\":{{\"city\":[\"Oxford\",\"Oxford\"]}}}}'),
             ('00000000-0000-4000-8000-000000000003', '{REALM}', 'bob', true, null, 0,
              '{{\"email_verified\":false}}');
         insert into passwords values
             ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000004', '$argon2id$', 0);
         insert into roles values ('{ROLE}', '{REALM}', null, 'reader', '');
         insert into role_assignments values ('00000000-0000-4000-8000-000000000002', '{ROLE}');
         insert into clients values ('{CLIENT}', '{REALM}', 'reports', true, 0, '{{}}');
         insert into users values
             ('00000000-0000-4000-8000-000000000007', '{REALM}', 'service-account-reports', true, '{CLIENT}', 0,
              '{{\"email_verified\":false}}');",
        checksum = checksum(init)
    )
}

/// The realm in it.
const REALM: &str = "00000000-0000-4000-8000-000000000001";

const ROLE: &str = "00000000-0000-4000-8000-000000000005";

const CLIENT: &str = "00000000-0000-4000-8000-000000000006";

/// Looks for all of it after the migrations: people, and what refers to them.
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's look")]
pub(crate) async fn look(tx: &mut dyn Tx) {
    let realm = REALM.parse().unwrap();
    let alice = tx.user_by_email(realm, "alice@example.com").await.unwrap().unwrap();
    assert_eq!((alice.username.as_str(), alice.required_actions.len()), ("alice", 0));
    assert!(tx.user_by_username(realm, "bob").await.unwrap().is_some());
    assert_eq!(tx.count_users(realm, &who_is_alice()).await.unwrap(), 1);
    assert_eq!(tx.count_users(realm, &UserQuery::default()).await.unwrap(), 2);
    assert_eq!(tx.password(alice.id).await.unwrap().unwrap().phc, "$argon2id$");
    assert_eq!(tx.assigned_roles(alice.id).await.unwrap(), [ROLE.parse().unwrap()]);
    assert_eq!(
        tx.user(realm, alice.id).await.unwrap().unwrap(),
        tx.user_by_username(realm, "alice").await.unwrap().unwrap()
    );
    let of_clients = tx.service_accounts(realm).await.unwrap();
    assert_eq!(of_clients[0].service_account_of, Some(CLIENT.parse().unwrap()));
}

/// A query that finds Alice by what a migration has to write anew.
fn who_is_alice() -> UserQuery {
    UserQuery {
        first_name: Some(Pattern::Exact("alice".into())),
        email_verified: Some(true),
        attributes: vec![("city".into(), "Oxford".into())],
        ..UserQuery::default()
    }
}

fn checksum(text: &str) -> String {
    let digest = keyward_jose::digest::sha256(text.as_bytes());
    digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat()
}
