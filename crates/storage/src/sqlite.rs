//! SQLite: one writing connection whose commits are gathered, and readers beside it.
//!
//! A transaction is a savepoint in the batch that is open on the writing connection, or begins one. Its commit releases
//! the savepoint, lets go of the connection and waits until a thread of its own has committed the batch: everybody who
//! came meanwhile shares one fsync, and nobody waits for a timer. Another thread moves the log into the database.
//! Statements run inline, because a point read takes less time than a change of threads.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use keyward_domain::ports::{Seen, Store, Tx};
use keyward_domain::{Fault, Timestamp};

use crate::conn::Conn;
use crate::migrate::{self, Applied, MigrateError};
use crate::sql::jtis;
use crate::sql::users::places::Places;
use crate::transaction::Transaction;

mod aside;
mod batch;
mod checkpoints;
mod committer;
mod fault;
mod file;
mod migration;
mod priority;
mod reader;
mod run;
mod writer;

pub(crate) use reader::Reader;
pub(crate) use writer::Writer;

use checkpoints::{Checkpoints, Pages};
use committer::Committer;
use fault::fault;
use reader::Readers;

/// A database in a file.
pub(crate) struct Sqlite {
    committer: Arc<Committer>,
    readers: Arc<Readers>,
    places: Arc<Places>,
}

impl Sqlite {
    /// Opens or makes the file.
    pub(crate) fn open(path: PathBuf) -> Result<Self, Fault> {
        let mut conn = file::open_writer(&path).map_err(|error| fault(&error))?;
        let checkpoints = Checkpoints::start(&path, &mut conn, Pages::default())?;
        Ok(Self {
            committer: Arc::new(Committer::start(conn, checkpoints)?),
            readers: Arc::new(Readers::new(path)),
            places: Arc::default(),
        })
    }

    pub(crate) async fn migrate(&self, now: Timestamp) -> Result<Applied, MigrateError> {
        writer::patiently(
            async || match migration::apply(self.committer.lock().await.idle_connection(), now) {
                Err(MigrateError::Fault(Fault::Conflict(_))) => Ok(None),
                applied => applied.map(Some),
            },
        )
        .await
    }

    pub(crate) fn pending(&self) -> Result<Vec<&'static str>, MigrateError> {
        let reader = Readers::take(&self.readers)?;
        let applied = if run::has_migrations(reader.connection()?)? {
            run::applied(reader.connection()?)?
        } else {
            Vec::new()
        };
        Ok(migrate::names(&migrate::plan(&applied, &migrate::SQLITE)?))
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn read(&self) -> Result<Box<dyn Tx>, Fault> {
        let reader = Readers::take(&self.readers)?;
        Ok(Box::new(Transaction::new(
            Conn::SqliteReader(reader),
            Arc::clone(&self.places),
        )))
    }

    async fn write(&self) -> Result<Box<dyn Tx>, Fault> {
        let writer = Writer::open(&self.committer).await?;
        Ok(Box::new(Transaction::new(
            Conn::SqliteWriter(writer),
            Arc::clone(&self.places),
        )))
    }

    async fn remember_jti(&self, jti: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<Seen, Fault> {
        let mut conn = Conn::SqliteWriter(Writer::open(&self.committer).await?);
        let seen = jtis::remember(&mut conn, jti, now, until).await?;
        conn.commit().await?;
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::ports::Store as _;
    use keyward_domain::ports::users::{Paging, UserQuery};
    use keyward_testkit::builders::{NOW, realm, user};

    use super::Sqlite;

    #[tokio::test]
    async fn where_a_page_of_people_began_and_ended_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(folder.path().join("a.db")).unwrap();
        sqlite.migrate(NOW).await.unwrap();
        let realm = realm("demo");
        let mut tx = sqlite.write().await.unwrap();
        tx.insert_realm(&realm).await.unwrap();
        for number in 0..300 {
            tx.insert_user(&user(&realm, &format!("{number:03}"))).await.unwrap();
        }
        tx.commit().await.unwrap();
        let known = || sqlite.places.up_to(realm.id, 299).map(|place| place.before);
        assert_eq!(known(), None);
        // A page that begins where another one ended is counted from there.
        for (first, last) in [(130, 149), (150, 169), (250, 269), (200, 269)] {
            let paging = Paging { first, max: 20 };
            let mut tx = sqlite.read().await.unwrap();
            let page = tx.users(realm.id, &UserQuery::default(), paging).await.unwrap();
            let names: Vec<String> = page.into_iter().map(|user| user.username).collect();
            let expected: Vec<String> = (first..first + 20).map(|number| format!("{number:03}")).collect();
            assert_eq!(names, expected);
            assert_eq!(known(), Some(last));
        }
    }
}
