//! Moves what the write-ahead log holds into the database.
//!
//! SQLite would do it within a COMMIT, and everybody in that batch, and whoever shares the core, would wait for
//! thousands of pages. A thread and connection of its own move them meanwhile. What is committed during its last pass,
//! a few pages, the next COMMIT moves itself: only a log of which nothing is left begins anew, so it would grow for ever
//! under a writer that never pauses.

use std::ffi::c_int;
use std::path::Path;
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};
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
    /// From this on they are moved. Neighbours are written together and whoever shares the core is held up less often,
    /// but 4000 pages (16 MB) keep the disk busy for so long that commits wait for it.
    pub(super) enough: c_int,
    /// So few are left to the next COMMIT.
    pub(super) few: c_int,
    /// From this on a COMMIT moves them itself, unless the thread is at it: the core is so busy that the log would fill
    /// the disk.
    pub(super) most: c_int,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            enough: 2_000,
            few: 200,
            most: 8_000,
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
    /// How many pages of the log were moved when the thread was done.
    moved: AtomicI32,
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
            moved: AtomicI32::new(0),
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
            // It has begun anew.
            self.pass(MOVED, AT_REST);
            return false;
        }
        if held >= pages.most
            && let Ok(_turn) = self.moving.try_lock()
        {
            move_rest(log);
            self.pass(WANTED, AT_REST);
            self.pass(MOVED, AT_REST);
            return false;
        }
        if self.stage.load(Ordering::Acquire) == MOVED {
            let left = held.saturating_sub(self.moved.load(Ordering::Acquire));
            if left <= pages.few {
                move_rest(log);
            }
            self.pass(MOVED, AT_REST);
            if left <= pages.few {
                return false;
            }
        }
        self.pass(AT_REST, WANTED)
    }

    fn run(&self, path: &Path) {
        priority::lower(NICE);
        let mut connection = None;
        let mut failed = false;
        loop {
            match self.stage.load(Ordering::Acquire) {
                ENDED => return,
                WANTED => {
                    let moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
                    let moved = move_pages(&mut connection, path);
                    drop(moving);
                    match moved {
                        Ok(Some(moved)) => {
                            failed = false;
                            self.moved.store(moved, Ordering::Release);
                            self.pass(WANTED, MOVED);
                        }
                        Ok(None) => {
                            self.pass(WANTED, AT_REST);
                        }
                        Err(error) => {
                            connection = None;
                            if !failed {
                                tracing::warn!(%error, "SQLite's log is not moved into the database: it grows");
                            }
                            failed = true;
                            self.pass(WANTED, AT_REST);
                        }
                    }
                }
                _ => thread::park(),
            }
        }
    }

    /// The next stage, if this is the one before it. Whether it was.
    fn pass(&self, from: u8, to: u8) -> bool {
        let passed = self
            .stage
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        passed.is_ok()
    }
}

/// Moves it within a COMMIT. A reader of old pages keeps some: a later COMMIT asks again.
fn move_rest(log: &mut Wal) {
    if let Err(error) = log.checkpoint() {
        tracing::debug!(%error, "SQLite: the rest of the log stays for now");
    }
}

/// Passes over the log, of which the last finds hardly anything left and makes the database durable.
const PASSES: u8 = 3;

/// Moves what no reader is in the way of, and says how many pages of the log that makes. Nothing when another process
/// is at it. The connection is opened when it is needed first: a command that writes one row never does.
fn move_pages(connection: &mut Option<Connection>, path: &Path) -> rusqlite::Result<Option<c_int>> {
    let conn = match connection {
        Some(conn) => conn,
        None => connection.insert(file::open_checkpointer(path)?),
    };
    let mut all = 0;
    for _ in 0..PASSES {
        let sql = "pragma wal_checkpoint(passive)";
        let (busy, held, moved): (bool, c_int, c_int) =
            conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if busy {
            return Ok(None);
        }
        all = moved;
        if held == moved {
            break;
        }
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::Ordering;
    use std::thread;
    use std::time::{Duration, Instant};

    use rusqlite::Connection;

    use super::{AT_REST, Checkpoints, MOVED, Pages, file};

    /// The thread, and a COMMIT where it does not get to it.
    const BOTH: Pages = Pages {
        enough: 100,
        few: 20,
        most: 400,
    };

    /// The thread alone.
    const THREAD: Pages = Pages { most: i32::MAX, ..BOTH };

    fn writer(path: &Path, pages: Pages) -> (Connection, Checkpoints) {
        let mut conn = file::open_writer(path).unwrap();
        let checkpoints = Checkpoints::start(path, &mut conn, pages).unwrap();
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
        let (conn, _checkpoints) = writer(&path, BOTH);
        write(&conn, 2_000);
        // Twenty thousand were written. How many come while the thread is at work is up to the machine.
        assert!(log_of(&path) < 10_000, "{} pages", log_of(&path));
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a thread that never works must not let the test wait for ever"
    )]
    fn the_thread_moves_what_the_writer_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, checkpoints) = writer(&path, THREAD);
        let stage = || checkpoints.shared.stage.load(Ordering::Acquire);
        for _ in 0..3 {
            while stage() == AT_REST {
                write(&conn, 1);
            }
            let since = Instant::now();
            while stage() != MOVED {
                assert!(since.elapsed() < Duration::from_secs(30), "it never does");
                thread::yield_now();
            }
            write(&conn, 1);
            assert_eq!(stage(), AT_REST);
            let long = log_of(&path);
            // The log begins anew, so it gets no longer.
            write(&conn, 5);
            assert_eq!(log_of(&path), long);
        }
    }

    #[test]
    fn a_reader_keeps_its_old_pages_and_writers_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, _checkpoints) = writer(&path, BOTH);
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
    fn the_file_is_whole_when_all_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (conn, checkpoints) = writer(&path, BOTH);
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
