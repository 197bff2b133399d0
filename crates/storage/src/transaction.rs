//! The unit of work of both engines.

use std::sync::Arc;

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::ports::{Durable, Tx};

use crate::conn::Conn;
use crate::param::Param;
use crate::row::{Read, Row};
use crate::sql::users::places::Places;
use crate::statement::Sql;

/// All ports on one connection; `sql/` implements them, one file each.
///
/// After a statement has failed, or a row of it could not be read, every later one and the commit return the same
/// fault: PostgreSQL has given up the transaction by then (and would answer COMMIT without an error), and SQLite must
/// not differ.
pub(crate) struct Transaction {
    conn: Conn,
    places: Arc<Places>,
    failed: Option<Fault>,
}

impl Transaction {
    pub(crate) const fn new(conn: Conn, places: Arc<Places>) -> Self {
        Self {
            conn,
            places,
            failed: None,
        }
    }

    /// Whether `user_counts` is kept. Not on PostgreSQL, where all who add people to a realm would wait for one another.
    pub(crate) const fn counts_people(&self) -> bool {
        !matches!(self.conn, Conn::Postgres(_))
    }

    /// What the store knows of the order of user names.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// What all rows are made into.
    pub(crate) async fn all<T: Send>(
        &mut self,
        sql: &Sql,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, Fault> {
        self.passable()?;
        let mut made = Vec::new();
        let take = &mut |row: &mut Row<'_>| {
            made.push(read(row)?);
            Ok(())
        };
        let taken = self.conn.query(sql, params, take).await;
        self.keep(taken)?;
        Ok(made)
    }

    /// What the first row is made into.
    pub(crate) async fn one<T: Send>(
        &mut self,
        sql: &Sql,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, Fault> {
        Ok(self.all(sql, params, read).await?.into_iter().next())
    }

    /// No rows. Returns how many the statement concerned.
    pub(crate) async fn execute(&mut self, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
        self.passable()?;
        let count = self.conn.execute(sql, params).await;
        self.keep(count)
    }

    /// No rows; `Fault::Exists` says what exists.
    pub(crate) async fn insert(&mut self, sql: &Sql, params: &[Param<'_>], what: &'static str) -> Result<(), Fault> {
        self.change(sql, params, what).await.map(|_| ())
    }

    /// No rows. Returns how many the statement concerned; `Fault::Exists` says what exists.
    pub(crate) async fn change(&mut self, sql: &Sql, params: &[Param<'_>], what: &'static str) -> Result<u64, Fault> {
        match self.execute(sql, params).await {
            Err(Fault::Exists(_)) => Err(Fault::Exists(what.into())),
            result => result,
        }
    }

    fn passable(&self) -> Result<(), Fault> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn keep<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &result {
            self.failed = Some(fault.clone());
        }
        result
    }
}

#[async_trait]
impl Tx for Transaction {
    async fn commit(self: Box<Self>) -> Result<(), Fault> {
        self.passable()?;
        self.conn.commit().await
    }

    async fn hand_in(self: Box<Self>) -> Result<Durable, Fault> {
        self.passable()?;
        self.conn.hand_in().await
    }
}
