//! Migrating a database that several nodes may start on at the same time.

use std::time::Duration;

use deadpool_postgres::Pool;
use keyward_domain::{Fault, Timestamp};

use super::session::Session;
use crate::migrate::{self, APPLIED, Applied, MigrateError, POSTGRES};
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;

static READ: Sql = Sql::new(APPLIED);

static RECORD: Sql =
    Sql::new("insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, $4)");

static LOCK: Sql = Sql::new("select id from schema_lock where id = 1 for update");

static IS_THERE: Sql = Sql::new(
    "select table_name::text from information_schema.tables
     where table_schema = current_schema() and table_name = 'schema_migrations'",
);

/// How often the first tables are tried: `create table if not exists` fails when another node is at it.
const TRIES: usize = 10;

/// Longest wait for another node's migration, and for one of our own statements.
const LONGEST_MIGRATION: Duration = Duration::from_hours(1);

/// Applies what is pending, alone: the row of `schema_lock` stays locked until the end.
pub(super) async fn migrate(pool: &Pool, now: Timestamp) -> Result<Applied, MigrateError> {
    first_tables(pool).await?;
    let mut session = Session::begin(pool).await?;
    session.allow(LONGEST_MIGRATION).await?;
    session.query(&LOCK, params![], &mut |_| Ok(())).await?;
    let applied = applied(&mut session).await?;
    let pending = migrate::plan(&applied, &POSTGRES)?;
    for migration in &pending {
        session.batch(migration.text).await?;
        let checksum = migration.checksum();
        session
            .execute(&RECORD, params![migration.version, migration.name, checksum, now])
            .await?;
    }
    session.commit().await?;
    Ok(migrate::done(&pending, &POSTGRES))
}

/// What [`migrate`] would apply.
pub(super) async fn pending(pool: &Pool) -> Result<Vec<&'static str>, MigrateError> {
    let mut session = Session::open(pool).await?;
    let mut is_there = false;
    let found = &mut |_: &mut Row<'_>| {
        is_there = true;
        Ok(())
    };
    session.query(&IS_THERE, params![], found).await?;
    let applied = if is_there {
        applied(&mut session).await?
    } else {
        Vec::new()
    };
    Ok(migrate::names(&migrate::plan(&applied, &POSTGRES)?))
}

async fn applied(session: &mut Session) -> Result<Vec<(i64, String)>, Fault> {
    let mut applied = Vec::new();
    let found = &mut |row: &mut Row<'_>| {
        applied.push((row.get()?, row.get()?));
        Ok(())
    };
    session.query(&READ, params![], found).await?;
    Ok(applied)
}

async fn first_tables(pool: &Pool) -> Result<(), Fault> {
    let text = format!(
        "{};
         create table if not exists schema_lock (id bigint not null primary key);
         insert into schema_lock (id) values (1) on conflict (id) do nothing;",
        migrate::TABLE
    );
    let mut last = Ok(());
    for _ in 0..TRIES {
        let mut session = Session::open(pool).await?;
        last = session.batch(&text).await;
        match &last {
            // Another node made the same table at the same moment: which error that gives depends on how far it is.
            Err(Fault::Exists(_) | Fault::Conflict(_) | Fault::Corrupt(_)) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            _ => break,
        }
    }
    last
}
