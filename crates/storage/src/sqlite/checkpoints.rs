//! Moves what the write-ahead log holds into the database.
//!
//! SQLite would do it within a COMMIT, and everybody in that batch, and whoever shares the core, would wait for
//! thousands of pages. A thread and connection of its own move them meanwhile. What is committed until it is done, a few
//! pages, the next COMMIT moves itself: only a log of which nothing is left begins anew, so it would grow for ever
//! under a writer that never pauses.

use std::ffi::c_int;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use keyward_domain::Fault;
use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::{file, priority};

/// How nice the thread is: nobody waits for it.
const NICE: i32 = 15;

/// How many pages the log holds.
#[derive(Clone, Copy)]
pub(super) struct Pages {
    /// From this on they are moved. Neighbours are written together, but 4000 pages (16 MB) keep the disk busy for so
    /// long that commits wait for it.
    pub(super) enough: c_int,
    /// From this on a COMMIT moves them itself: the core is so busy that the log would fill the disk.
    pub(super) most: c_int,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            enough: 1_000,
            most: 32_000,
        }
    }
}

/// The thread. It ends when this is dropped.
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    stage: AtomicU8,
    /// Held by who moves pages.
    moving: Mutex<()>,
}

/// The log is short, or nobody has looked.
const AT_REST: u8 = 0;
/// The thread shall move pages, or does.
const WANTED: u8 = 1;
/// The thread has moved what there was when it began.
const MOVED: u8 = 2;
/// The thread shall end.
const ENDED: u8 = 3;

impl Checkpoints {
    /// Starts the thread, and lets each COMMIT of `writer` tell it how long the log is.
    pub(super) fn start(path: &Path, writer: &mut Connection, pages: Pages) -> Result<Self, Fault> {
        let shared = Arc::new(Shared {
            stage: AtomicU8::new(AT_REST),
            moving: Mutex::new(()),
        });
        let run = {
            let (shared, path) = (Arc::clone(&shared), path.to_owned());
            move || shared.run(&path)
        };
        let failed =
            |what: &dyn std::fmt::Display| Fault::Unavailable(format!("SQLite's checkpoints cannot start: {what}"));
        let name = thread::Builder::new().name("sqlite-checkpoint".into());
        let thread = name.spawn(run).map_err(|error| failed(&error.kind()))?;
        let (told, wake) = (Arc::clone(&shared), thread.thread().clone());
        let hook = move |log: &mut Wal, held: c_int| {
            if told.wants(log, held, pages) {
                wake.unpark();
            }
            // An error would be that of the COMMIT, which has succeeded.
            Ok(())
        };
        let checkpoints = Self {
            shared,
            thread: Some(thread),
        };
        writer.wal_hook(Some(hook)).map_err(|error| failed(&error))?;
        Ok(checkpoints)
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.shared.stage.store(ENDED, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the thread of SQLite's checkpoints panicked");
            }
        }
    }
}

impl Shared {
    /// Whether the thread is to be woken, now that the log holds `held` pages.
    fn wants(&self, log: &mut Wal, held: c_int, pages: Pages) -> bool {
        if held < pages.enough {
            return false;
        }
        if held >= pages.most {
            let _turn = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            move_rest(log);
            self.pass(WANTED, AT_REST);
            self.pass(MOVED, AT_REST);
            return false;
        }
        match self
            .stage
            .compare_exchange(AT_REST, WANTED, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => true,
            Err(MOVED) => {
                move_rest(log);
                self.pass(MOVED, AT_REST);
                false
            }
            Err(_) => false,
        }
    }

    fn run(&self, path: &Path) {
        priority::lower(NICE);
        let mut connection = None;
        loop {
            match self.stage.load(Ordering::Acquire) {
                ENDED => return,
                WANTED => {
                    let moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
                    let moved = move_pages(&mut connection, path);
                    drop(moving);
                    if let Err(error) = &moved {
                        connection = None;
                        tracing::debug!(%error, "SQLite: no checkpoint now");
                    }
                    self.pass(WANTED, if moved.is_ok() { MOVED } else { AT_REST });
                }
                _ => thread::park(),
            }
        }
    }

    /// The next stage, unless the end has come meanwhile.
    fn pass(&self, from: u8, to: u8) {
        let _ = self
            .stage
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
    }
}

/// Moves it within a COMMIT. A reader of old pages keeps some: a later COMMIT asks again.
fn move_rest(log: &mut Wal) {
    if let Err(error) = log.checkpoint() {
        tracing::debug!(%error, "SQLite: the rest of the log stays for now");
    }
}

/// Moves what no reader and no writer is in the way of. The connection is opened when it is needed first: a command
/// that writes one row never does.
fn move_pages(connection: &mut Option<Connection>, path: &Path) -> rusqlite::Result<()> {
    let conn = match connection {
        Some(conn) => conn,
        None => connection.insert(file::open_checkpointer(path)?),
    };
    conn.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rusqlite::Connection;

    use super::{Checkpoints, Pages, file};

    const PAGES: Pages = Pages { enough: 100, most: 400 };

    fn writer(path: &Path) -> (Connection, Checkpoints) {
        let mut conn = file::open_writer(path).unwrap();
        let checkpoints = Checkpoints::start(path, &mut conn, PAGES).unwrap();
        conn.execute_batch("create table t (n integer primary key, text blob)")
            .unwrap();
        (conn, checkpoints)
    }

    /// Ten pages in each COMMIT.
    fn write(conn: &Connection, commits: u32) {
        for n in 0..commits {
            let sql = "insert or replace into t values (?1, zeroblob(36000))";
            conn.execute(sql, [n % 7]).unwrap();
        }
    }

    fn log_of(path: &Path) -> u64 {
        fs::metadata(path.with_extension("db-wal")).unwrap().len() / 4096
    }

    #[test]
    fn the_log_of_a_writer_that_never_pauses_stays_short() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, _checkpoints) = writer(&path);
        write(&conn, 2_000);
        assert!(log_of(&path) < 500, "{} pages", log_of(&path));
    }

    #[test]
    fn a_reader_of_old_pages_delays_it_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, _checkpoints) = writer(&path);
        write(&conn, 1);
        let reader = file::open_reader(&path).unwrap();
        reader.execute_batch("begin").unwrap();
        let count = || reader.query_row("select count(*) from t", [], |row| row.get::<_, u32>(0));
        assert_eq!(count().unwrap(), 1);
        write(&conn, 300);
        assert_eq!(count().unwrap(), 1);
        assert!(log_of(&path) >= 3_000);
        reader.execute_batch("commit").unwrap();
        assert_eq!(count().unwrap(), 7);
    }

    #[test]
    fn what_it_moved_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, checkpoints) = writer(&path);
        write(&conn, 200);
        drop((conn, checkpoints));
        let check: String = file::open_reader(&path)
            .unwrap()
            .query_row("pragma integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
        assert!(
            !path.with_extension("db-wal").exists(),
            "the last connection leaves no log"
        );
    }
}
