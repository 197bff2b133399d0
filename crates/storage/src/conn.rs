//! One connection of either engine.

use keyward_domain::Fault;
use keyward_domain::ports::Durable;

use crate::param::Param;
use crate::postgres::Session;
use crate::row::Take;
use crate::sqlite::{Reader, Writer};
use crate::statement::Sql;

/// A connection, and with it the unit of work that runs on it. Dropped without [`Conn::commit`] it rolls back.
pub(crate) enum Conn {
    /// SQLite, for reading.
    SqliteReader(Reader),
    /// SQLite, in a transaction.
    SqliteWriter(Writer),
    /// PostgreSQL, for reading or in a transaction.
    Postgres(Session),
}

impl Conn {
    /// Runs a statement that returns rows, and gives them away.
    pub(crate) async fn query(&mut self, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
        match self {
            Self::SqliteReader(reader) if sql.takes_long() => reader.query_aside(sql, params, take).await,
            Self::SqliteReader(reader) => reader.query(sql, params, take),
            Self::SqliteWriter(writer) => writer.query(sql, params, take).await,
            Self::Postgres(session) => session.query(sql, params, take).await,
        }
    }

    /// Runs a statement that returns none. Returns how many rows it inserted, updated or deleted.
    pub(crate) async fn execute(&mut self, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
        match self {
            Self::SqliteReader(reader) => reader.execute(sql, params),
            Self::SqliteWriter(writer) => writer.execute(sql, params).await,
            Self::Postgres(session) => session.execute(sql, params).await,
        }
    }

    /// Makes the work durable. On a connection for reading there is nothing to do.
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::SqliteReader(_) => Ok(()),
            Self::SqliteWriter(writer) => writer.hand_in().await?.await,
            Self::Postgres(session) => session.commit().await,
        }
    }

    /// The same where there is something to do meanwhile. On PostgreSQL a COMMIT may be a conflict, after which the
    /// work is done again: nothing is begun with it before.
    pub(crate) async fn hand_in(self) -> Result<Durable, Fault> {
        match self {
            Self::SqliteWriter(writer) => Ok(Durable::when(writer.hand_in().await?)),
            conn => conn.commit().await.map(|()| Durable::already()),
        }
    }
}
