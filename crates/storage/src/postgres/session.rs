//! A connection on loan from a pool.

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use keyward_domain::Fault;
use tokio_postgres::types::{ToSql, Type};

use super::fault::{fault, pool_fault};
use crate::param::Param;
use crate::row::{Row, Take};
use crate::statement::Sql;

/// Longest wait for the answer to a statement. The server itself gives up after 5 s; this is for a server that
/// says nothing at all.
pub(super) const LONGEST_STATEMENT: Duration = Duration::from_secs(7);

/// A connection, in a transaction or not. Dropped in a transaction it rolls back.
pub(crate) struct Session {
    /// Absent once it was given back.
    client: Option<Object>,
    state: State,
    /// Longest wait for an answer.
    patience: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Each statement commits by itself.
    Idle,
    /// In a transaction.
    Open,
    /// Not usable any more: it must not go back to the pool.
    Broken,
}

impl Session {
    /// A connection outside of a transaction.
    pub(super) async fn open(pool: &Pool) -> Result<Self, Fault> {
        let client = pool.get().await.map_err(|error| pool_fault(&error))?;
        Ok(Self {
            client: Some(client),
            state: State::Idle,
            patience: LONGEST_STATEMENT,
        })
    }

    /// A connection in a transaction.
    pub(super) async fn begin(pool: &Pool) -> Result<Self, Fault> {
        let mut session = Self::open(pool).await?;
        // Whoever goes away while BEGIN is on its way leaves a transaction behind as well.
        session.state = State::Open;
        session.batch("begin isolation level read committed").await?;
        Ok(session)
    }

    /// Lets the statements of this transaction take as long as `patience`.
    pub(super) async fn allow(&mut self, patience: Duration) -> Result<(), Fault> {
        self.patience = patience;
        self.batch(&format!("set local statement_timeout = {}", patience.as_millis()))
            .await
    }

    pub(crate) async fn query(&mut self, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
        let client = self.client()?;
        let rows = within(self.patience, async {
            if sql.is_built() {
                return client.query_typed(sql.postgres(), &typed(params)).await;
            }
            let statement = client.prepare_cached(sql.postgres()).await?;
            client.query(&statement, &bound(params)).await
        })
        .await;
        let rows = self.keep(rows)?;
        rows.iter().try_for_each(|row| take(&mut Row::new(row)))
    }

    pub(crate) async fn execute(&mut self, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
        let client = self.client()?;
        let count = within(self.patience, async {
            if sql.is_built() {
                return client.execute_typed(sql.postgres(), &typed(params)).await;
            }
            let statement = client.prepare_cached(sql.postgres()).await?;
            client.execute(&statement, &bound(params)).await
        })
        .await;
        self.keep(count)
    }

    /// Statements without values.
    pub(super) async fn batch(&mut self, text: &str) -> Result<(), Fault> {
        let done = within(self.patience, self.client()?.batch_execute(text)).await;
        self.keep(done)
    }

    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        if self.state == State::Open {
            self.batch("commit").await?;
            self.state = State::Idle;
        }
        Ok(())
    }

    fn client(&self) -> Result<&Object, Fault> {
        self.client
            .as_ref()
            .ok_or_else(|| Fault::Unavailable("PostgreSQL: the connection was given back".into()))
    }

    /// A connection that could not answer once is not trusted again: after a failover it may lead to a standby.
    fn keep<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if matches!(result, Err(Fault::Unavailable(_))) {
            self.state = State::Broken;
        }
        result
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        match (self.state, tokio::runtime::Handle::try_current()) {
            (State::Idle, _) => {}
            (State::Open, Ok(runtime)) => {
                runtime.spawn(async move {
                    if within(LONGEST_STATEMENT, client.batch_execute("rollback"))
                        .await
                        .is_err()
                    {
                        close(client);
                    }
                });
            }
            (State::Open, Err(_)) | (State::Broken, _) => close(client),
        }
    }
}

/// Takes the connection out of its pool and closes it; the server rolls back.
fn close(client: Object) {
    drop(Object::take(client));
}

fn bound<'p>(params: &'p [Param<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

/// With their types: a statement that is not prepared does not say them.
fn typed<'p>(params: &'p [Param<'_>]) -> Vec<(&'p (dyn ToSql + Sync), Type)> {
    params
        .iter()
        .map(|param| (param as &(dyn ToSql + Sync), param.postgres_type()))
        .collect()
}

async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|error| fault(&error)),
        Err(_) => Err(Fault::Unavailable("PostgreSQL: no answer in time".into())),
    }
}
