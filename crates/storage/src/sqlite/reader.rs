//! Connections that only read.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::aside::LongRead;
use super::fault::fault;
use super::{file, run};
use crate::param::Param;
use crate::row::{Row, Take};
use crate::statement::Sql;

/// How many connections are kept for the next reader. More may be open at a time.
const KEPT: usize = 8;

/// How many reads that take long run at a time, at least and at most; further ones wait for one of them. More than there
/// are cores would only push each other out of their caches.
const ASIDE: (usize, usize) = (2, 4);

/// The connections that nobody reads on.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    aside: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            path,
            idle: Mutex::new(Vec::new()),
            aside: Arc::new(Semaphore::new(cores.clamp(ASIDE.0, ASIDE.1))),
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

    pub(crate) fn query(&self, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
        run::query(self.connection()?, sql, params, take)
    }

    /// The same for what may look at many rows: on another thread, which lets requests that are quickly done go before
    /// it. It ends when nobody waits for it any more.
    pub(crate) async fn query_aside(&mut self, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
        let closed = |_| Fault::Unavailable("SQLite: nothing is read any more".into());
        let place = Arc::clone(&self.home.aside).acquire_owned().await.map_err(closed)?;
        let mut lent = Self {
            conn: self.conn.take(),
            home: Arc::clone(&self.home),
        };
        let (read, _reading) = LongRead::new(sql, params);
        let work = move || {
            let rows = match &mut lent.conn {
                Some(conn) => read.rows(conn),
                None => Err(given_back()),
            };
            drop(place);
            (lent, rows)
        };
        let failed = |error| Fault::Unavailable(format!("SQLite: a read did not end: {error}"));
        let (mut lent, rows) = tokio::task::spawn_blocking(work).await.map_err(failed)?;
        self.conn = lent.conn.take();
        rows?.iter().try_for_each(|row| take(&mut Row::new(row)))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{ASIDE, Readers};
    use crate::param::params;
    use crate::row::Row;
    use crate::sqlite::aside::tests::COUNT;
    use crate::sqlite::file;

    #[tokio::test]
    async fn a_caller_who_goes_away_gives_back_place_and_connection() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(file::open_writer(&path).unwrap());
        let readers = Arc::new(Readers::new(path));
        for _ in 0..=ASIDE.1 {
            let mut reader = Readers::take(&readers).unwrap();
            // Hours.
            let read = async { reader.query_aside(&COUNT, params![i64::MAX], &mut |_| Ok(())).await };
            assert!(tokio::time::timeout(Duration::from_millis(1), read).await.is_err());
        }
        let mut reader = Readers::take(&readers).unwrap();
        let mut counted = Vec::<i64>::new();
        let take = &mut |row: &mut Row<'_>| {
            counted.push(row.get()?);
            Ok(())
        };
        let read = async { reader.query_aside(&COUNT, params![1], take).await };
        tokio::time::timeout(Duration::from_secs(30), read)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(counted, [1]);
        assert!(reader.connection().is_ok());
    }
}
