//! A database as the first release left it, with people in it.

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
              '{{\"email_verified\":false}}');",
        checksum = checksum(init)
    )
}

/// The realm in it.
pub(crate) const REALM: &str = "00000000-0000-4000-8000-000000000001";

/// A query that finds Alice by what a migration has to write anew.
pub(crate) fn alice() -> UserQuery {
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
