//! Audit events.

use async_trait::async_trait;
use keyward_domain::event::Event;
use keyward_domain::ports::Audit;
use keyward_domain::{Fault, Timestamp};

use super::json;
use crate::param::params;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new("insert into events (id, occurred_at, realm, name, record) values ($1, $2, $3, $4, $5)");

static SINCE: Sql = Sql::new(
    "select name, record from events where realm = $1 and occurred_at >= $2 order by occurred_at, id limit $3",
);

static SWEEP: Sql = Sql::new("delete from events where id in (select id from events where occurred_at < $1 limit $2)");

#[async_trait]
impl Audit for Transaction {
    async fn append_event(&mut self, event: &Event) -> Result<(), Fault> {
        let record = json(event)?;
        let params = params![event.id, event.at, event.realm.as_deref(), event.what.name(), record];
        self.insert(&INSERT, params, "an event of this id").await
    }

    async fn events_since(
        &mut self,
        realm: &str,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<(String, String)>, Fault> {
        self.all(&SINCE, params![realm, since, limit], |row| Ok((row.get()?, row.get()?)))
            .await
    }

    async fn sweep_events(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![before, limit]).await
    }
}
