//! Connections that only read.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::aside::Search;
use super::fault::fault;
use super::{file, run};
use crate::param::Param;
use crate::row::Row;
use crate::statement::Sql;

/// How many connections are kept for the next reader. More may be open at a time.
const KEPT: usize = 8;

/// How many reads that take long run at a time; further ones wait for one of them.
const ASIDE: usize = 4;

/// The connections that nobody reads on.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    aside: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
            aside: Arc::new(Semaphore::new(ASIDE)),
        }
    }

    /// A connection: an idle one, else a new one.
    pub(super) fn take(readers: &Arc<Self>) -> Result<Reader, Fault> {
        let idle = readers.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => file::open_reader(&readers.path).map_err(|error| fault(&error))?,
        };
        Ok(Reader {
            conn: Some(conn),
            home: Arc::clone(readers),
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan; it goes back when dropped.
pub(crate) struct Reader {
    conn: Option<Connection>,
    home: Arc<Readers>,
}

impl Reader {
    pub(super) fn connection(&self) -> Result<&Connection, Fault> {
        self.conn.as_ref().ok_or_else(given_back)
    }

    pub(crate) fn query(&self, sql: &Sql, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
        run::query(self.connection()?, sql, params)
    }

    /// The same for what may look at many rows: on another thread, which lets requests that are quickly done go before
    /// it. It ends when nobody waits for it any more.
    pub(crate) async fn query_aside(&mut self, sql: &Sql, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
        let ended = |_| Fault::Unavailable("SQLite: nothing is read any more".into());
        let turn = Arc::clone(&self.home.aside).acquire_owned().await.map_err(ended)?;
        let mut lent = Self {
            conn: self.conn.take(),
            home: Arc::clone(&self.home),
        };
        let (search, _waiting) = Search::new(sql, params);
        let read = move || {
            let rows = match &mut lent.conn {
                Some(conn) => search.rows(conn),
                None => Err(given_back()),
            };
            drop(turn);
            (lent, rows)
        };
        let panicked = |_| Fault::Unavailable("SQLite: a thread that reads panicked".into());
        let (mut lent, rows) = tokio::task::spawn_blocking(read).await.map_err(panicked)?;
        self.conn = lent.conn.take();
        rows
    }

    pub(crate) fn execute(&self, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
        run::execute(self.connection()?, sql, params)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let mut idle = self.home.idle();
            if idle.len() < KEPT {
                idle.push(conn);
            }
        }
    }
}

fn given_back() -> Fault {
    Fault::Unavailable("SQLite: the connection was given back".into())
}
