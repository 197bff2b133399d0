//! Audit events.

use async_trait::async_trait;
use keyward_domain::entropy::growing_uuid_floor;
use keyward_domain::event::Event;
use keyward_domain::id::EventId;
use keyward_domain::ports::Audit;
use keyward_domain::ports::audit::{EventQuery, StoredEvent};
use keyward_domain::ports::users::Paging;
use keyward_domain::{Fault, Timestamp};

use super::json;
use crate::building::Building;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new("insert into events (id, occurred_at, realm, name, record) values ($1, $2, $3, $4, $5)");

static SINCE: Sql = Sql::new(
    "select name, record from events where realm = $1 and occurred_at >= $2 order by occurred_at, id limit $3",
);

/// By their ids, which begin with the instant: an index of the instants alone would be written with every event.
static SWEEP: Sql =
    Sql::new("delete from events where id in (select id from events where id < $1 order by id limit $2)");

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

    async fn events(&mut self, realm: &str, query: &EventQuery, paging: Paging) -> Result<Vec<StoredEvent>, Fault> {
        let mut building = Building::new("select id, occurred_at, name, record from events where realm = ");
        building.bind(realm);
        conditions(query, &mut building);
        building
            .text(if query.ascending {
                " order by occurred_at, id limit "
            } else {
                " order by occurred_at desc, id desc limit "
            })
            .bind(paging.max)
            .text(" offset ")
            .bind(paging.first);
        let (sql, params) = building.finish();
        self.all(&sql, &params, event).await
    }

    async fn delete_events(&mut self, realm: &str, names: &[&str]) -> Result<u64, Fault> {
        if names.is_empty() {
            return Ok(0);
        }
        let mut building = Building::new("delete from events where realm = ");
        building.bind(realm);
        named(names.iter().copied(), &mut building);
        let (sql, params) = building.finish();
        self.execute(&sql, &params).await
    }

    async fn sweep_events(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault> {
        let floor = EventId(growing_uuid_floor(before));
        self.execute(&SWEEP, params![floor, limit]).await
    }
}

fn conditions<'q>(query: &'q EventQuery, building: &mut Building<'q>) {
    if let Some(from) = query.from {
        building.text(" and occurred_at >= ").bind(from);
    }
    if let Some(to) = query.to {
        building.text(" and occurred_at <= ").bind(to);
    }
    if !query.names.is_empty() {
        named(query.names.iter().map(String::as_str), building);
    }
    for (member, value) in &query.members {
        // PostgreSQL cannot read JSON with a NUL in it, which a caller may have sent.
        building
            .text(r" and replace(record, '\u0000', '\ufffd')::json ->> ")
            .bind(*member)
            .text(" = ")
            .bind(value);
    }
}

/// One of some names. That of [`AdminChange`](keyward_domain::event::What::AdminChange) has an index of its own, which is
/// found by the word alone.
fn named<'q>(names: impl Iterator<Item = &'q str> + Clone, building: &mut Building<'q>) {
    if names.clone().eq(["admin_change"]) {
        building.text(" and name = 'admin_change'");
    } else {
        building.text(" and name in ").bind_list(names);
    }
}

fn event(row: &mut Row<'_>) -> Result<StoredEvent, Fault> {
    Ok(StoredEvent {
        id: row.get()?,
        at: row.get()?,
        name: row.get()?,
        record: row.get()?,
    })
}
