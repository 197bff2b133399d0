//! The batch of transactions that one COMMIT makes durable.

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::fault;

/// Tells a transaction that its batch is on disk, or that it is not.
pub(super) type Ticket = oneshot::Sender<Result<(), Fault>>;

/// The writing connection and the tickets of those who wait for its next COMMIT. A batch is open when the connection
/// is in a transaction. At most one transaction of a batch runs at a time: it holds the lock round this.
pub(super) struct Batch {
    conn: Connection,
    /// Whether the transaction that runs is a savepoint. The first of a batch is not: undone, it takes with it nothing
    /// but itself, and SQLite need not keep every page as it was before.
    is_nested: bool,
    tickets: Vec<Ticket>,
}

impl Batch {
    pub(super) const fn new(conn: Connection) -> Self {
        Self {
            conn,
            is_nested: false,
            tickets: Vec::new(),
        }
    }

    /// The connection in no transaction: what was under way is committed.
    pub(super) fn idle_connection(&mut self) -> &mut Connection {
        self.commit();
        &mut self.conn
    }

    /// Starts a transaction, and a batch for it unless one is open.
    pub(super) fn begin(&mut self) -> rusqlite::Result<()> {
        self.settle_lost();
        self.is_nested = !self.conn.is_autocommit();
        if self.is_nested {
            self.run("savepoint work").inspect_err(|_| self.end_if_idle())
        } else {
            self.run("begin immediate")
        }
    }

    /// The connection, while the batch is open. Some errors (a full disk, for one) make SQLite give up the whole
    /// transaction; a statement after that would commit by itself.
    pub(super) fn connection(&self) -> Result<&Connection, Fault> {
        if self.conn.is_autocommit() {
            return Err(lost());
        }
        Ok(&self.conn)
    }

    /// Ends a transaction whose work shall stay; `ticket` hears of the COMMIT.
    pub(super) fn release(&mut self, ticket: Ticket) -> Result<(), Fault> {
        self.connection()?;
        if self.is_nested {
            self.run("release work").map_err(|error| fault(&error))?;
        }
        self.tickets.push(ticket);
        Ok(())
    }

    /// Ends a transaction whose work shall not stay.
    pub(super) fn undo(&mut self) {
        self.settle_lost();
        if self.conn.is_autocommit() {
            return;
        }
        let undone = self.is_nested
            && self
                .run("rollback to work")
                .and_then(|()| self.run("release work"))
                .is_ok();
        if !undone {
            self.abandon(&lost());
        }
        self.end_if_idle();
    }

    /// Commits the batch and answers its tickets.
    pub(super) fn commit(&mut self) {
        self.settle_lost();
        if self.conn.is_autocommit() {
            return;
        }
        match self.run("commit") {
            Ok(()) => self.answer(&Ok(())),
            Err(error) => self.abandon(&Fault::Unavailable(format!("COMMIT failed: {}", fault(&error)))),
        }
    }

    /// A batch in which every transaction was undone must not stay open: it would lock the file.
    fn end_if_idle(&mut self) {
        if self.tickets.is_empty() && !self.conn.is_autocommit() {
            self.abandon(&lost());
        }
    }

    /// Tickets without an open batch: SQLite gave it up.
    fn settle_lost(&mut self) {
        if self.conn.is_autocommit() {
            self.answer(&Err(lost()));
        }
    }

    fn abandon(&mut self, fault: &Fault) {
        // An error here means that SQLite has rolled back already.
        if let Err(error) = self.run("rollback") {
            tracing::warn!(%error, "SQLite: ROLLBACK failed");
        }
        self.answer(&Err(fault.clone()));
    }

    fn answer(&mut self, answer: &Result<(), Fault>) {
        for ticket in self.tickets.drain(..) {
            // Whoever does not listen any more has gone away: the request was cancelled.
            let _ = ticket.send(answer.clone());
        }
    }

    fn run(&self, text: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(text)?.raw_execute().map(|_| ())
    }
}

fn lost() -> Fault {
    Fault::Unavailable("SQLite gave up the transaction".into())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tokio::sync::oneshot;

    use super::{Batch, Fault};

    fn batch() -> Batch {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("create table t (n integer)").unwrap();
        Batch::new(conn)
    }

    fn insert(batch: &Batch) {
        batch
            .connection()
            .unwrap()
            .execute_batch("insert into t values (1)")
            .unwrap();
    }

    fn count(batch: &Batch) -> i64 {
        batch
            .conn
            .query_row("select count(*) from t", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn one_commit_answers_all() {
        let mut batch = batch();
        let mut answers: Vec<_> = (0..3)
            .map(|_| {
                let (ticket, answer) = oneshot::channel();
                batch.begin().unwrap();
                insert(&batch);
                batch.release(ticket).unwrap();
                answer
            })
            .collect();
        batch.begin().unwrap();
        insert(&batch);
        batch.undo();
        assert!(answers.iter_mut().all(|answer| answer.try_recv().is_err()));
        batch.commit();
        assert!(answers.iter_mut().all(|answer| answer.try_recv().unwrap().is_ok()));
        assert_eq!(count(&batch), 3);
    }

    #[test]
    fn an_idle_batch_does_not_stay_open() {
        let mut batch = batch();
        batch.begin().unwrap();
        insert(&batch);
        batch.undo();
        assert!(batch.conn.is_autocommit());
        assert_eq!(count(&batch), 0);
    }

    #[test]
    fn the_first_that_is_undone_takes_nobody_with_it() {
        let mut batch = batch();
        for undone in [true, false, true] {
            let (ticket, mut answer) = oneshot::channel();
            batch.begin().unwrap();
            insert(&batch);
            if undone {
                batch.undo();
            } else {
                batch.release(ticket).unwrap();
            }
            assert!(answer.try_recv().is_err());
        }
        // The second began a batch anew, and the third was undone within it.
        assert!(!batch.conn.is_autocommit());
        batch.commit();
        assert_eq!(count(&batch), 1);
    }

    #[test]
    fn a_batch_that_sqlite_gave_up_answers_unavailable() {
        let mut batch = batch();
        let (ticket, mut answer) = oneshot::channel();
        batch.begin().unwrap();
        insert(&batch);
        batch.release(ticket).unwrap();
        batch.begin().unwrap();
        batch.conn.execute_batch("rollback").unwrap();
        assert!(matches!(batch.connection(), Err(Fault::Unavailable(_))));
        batch.undo();
        assert!(matches!(answer.try_recv().unwrap(), Err(Fault::Unavailable(_))));
        batch.begin().unwrap();
        assert!(batch.connection().is_ok());
    }

    #[test]
    fn a_commit_that_fails_leaves_nothing() {
        let mut batch = batch();
        batch
            .conn
            .execute_batch(
                "pragma foreign_keys = on;
                 create table parent (id integer primary key);
                 create table child (id integer references parent (id) deferrable initially deferred);",
            )
            .unwrap();
        let (ticket, mut answer) = oneshot::channel();
        batch.begin().unwrap();
        insert(&batch);
        let conn = batch.connection().unwrap();
        conn.execute_batch("insert into child values (5)").unwrap();
        batch.release(ticket).unwrap();
        batch.commit();
        assert!(matches!(answer.try_recv().unwrap(), Err(Fault::Unavailable(_))));
        assert!(batch.conn.is_autocommit());
        assert_eq!(count(&batch), 0);
    }
}
