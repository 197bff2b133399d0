//! Leases and facts.

use async_trait::async_trait;
use keyward_domain::ports::Leases;
use keyward_domain::{Fault, Timestamp};

use crate::param::params;
use crate::row::only;
use crate::statement::Sql;
use crate::transaction::Transaction;

static TAKE: Sql = Sql::new(
    "insert into leases (name, holder, ends_at) values ($1, $2, $4)
     on conflict (name) do update set holder = excluded.holder, ends_at = excluded.ends_at
     where leases.holder = excluded.holder or leases.ends_at <= $3",
);

static FACT: Sql = Sql::new("select value from facts where name = $1");

static ADD_FACT: Sql = Sql::new("insert into facts (name, value) values ($1, $2) on conflict (name) do nothing");

static SET_FACT: Sql =
    Sql::new("insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value");

#[async_trait]
impl Leases for Transaction {
    async fn take_lease(&mut self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, Fault> {
        Ok(self.execute(&TAKE, params![name, holder, now, until]).await? > 0)
    }

    async fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.one(&FACT, params![name], only).await
    }

    async fn add_fact(&mut self, name: &str, value: &[u8]) -> Result<bool, Fault> {
        Ok(self.execute(&ADD_FACT, params![name, value]).await? > 0)
    }

    async fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<(), Fault> {
        self.execute(&SET_FACT, params![name, value]).await?;
        Ok(())
    }
}
