//! The events that a realm's administrators read.

use async_trait::async_trait;
use keyward_domain::id::RealmId;
use keyward_domain::ports::UserEvents;
use keyward_domain::ports::user_events::UserEventQuery;
use keyward_domain::ports::users::Paging;
use keyward_domain::user_event::UserEvent;
use keyward_domain::{Fault, Timestamp};

use super::json;
use crate::building::Building;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

/// Of a realm that was deleted since, nothing is written. What was written already comes again when the answer of its
/// commit was lost.
static INSERT: Sql = Sql::new(
    "insert into user_events (id, realm_id, occurred_at, name, client_id, user_id, session_id, address, error, details)
     select $1, id, $3, $4, $5, $6, $7, $8, $9, $10 from realms where id = $2
     on conflict (id) do nothing",
);

static DELETE: Sql = Sql::new("delete from user_events where realm_id = $1");

/// A realm that says nothing keeps its events for ever.
static SWEEP: Sql = Sql::new(
    "delete from user_events where id in
     (select e.id from realms r join user_events e on e.realm_id = r.id
      and e.occurred_at <
          cast($1 as bigint) - 1000 * cast(r.settings::json -> 'kept' ->> 'eventsExpiration' as double precision)
      where cast(r.settings::json -> 'kept' ->> 'eventsExpiration' as double precision) > 0
      limit $2)",
);

#[async_trait]
impl UserEvents for Transaction {
    async fn append_user_event(&mut self, event: &UserEvent) -> Result<(), Fault> {
        let (address, details) = (event.address.map(|address| address.to_string()), json(&event.details)?);
        let params = params![
            event.id,
            event.realm,
            event.at,
            &*event.name,
            event.client.as_deref(),
            event.user.as_deref(),
            event.session.as_deref(),
            address.as_deref(),
            event.error.as_deref(),
            details
        ];
        self.execute(&INSERT, params).await?;
        Ok(())
    }

    async fn user_events(
        &mut self,
        realm: RealmId,
        query: &UserEventQuery,
        paging: Paging,
    ) -> Result<Vec<UserEvent>, Fault> {
        let mut building = Building::new(
            "select id, realm_id, occurred_at, name, client_id, user_id, session_id, address, error, details
             from user_events where realm_id = ",
        );
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

    async fn delete_user_events(&mut self, realm: RealmId) -> Result<u64, Fault> {
        self.execute(&DELETE, params![realm]).await
    }

    async fn sweep_user_events(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![now, limit]).await
    }
}

fn conditions<'q>(query: &'q UserEventQuery, building: &mut Building<'q>) {
    if let Some(from) = query.from {
        building.text(" and occurred_at >= ").bind(from);
    }
    if let Some(to) = query.to {
        building.text(" and occurred_at <= ").bind(to);
    }
    if !query.names.is_empty() {
        building
            .text(" and name in ")
            .bind_list(query.names.iter().map(String::as_str));
    }
    if let Some(client) = &query.client {
        building.text(" and client_id = ").bind(client);
    }
    if let Some(user) = &query.user {
        building.text(" and user_id = ").bind(user);
    }
    if let Some(address) = &query.address {
        building.text(" and address = ").bind(address);
    }
}

fn event(row: &mut Row<'_>) -> Result<UserEvent, Fault> {
    Ok(UserEvent {
        id: row.get()?,
        realm: row.get()?,
        at: row.get()?,
        name: row.get::<String>()?.into(),
        client: row.get()?,
        user: row.get()?,
        session: row.get()?,
        address: row.get::<Option<String>>()?.and_then(|address| address.parse().ok()),
        error: row.get::<Option<String>>()?.map(Into::into),
        details: row.json()?,
    })
}
