//! Opening a database, with failures that name it.

use keyward_domain::{Clock as _, Fault};
use keyward_storage::migrate::{Applied, MigrateError};
use keyward_storage::{Database, Location, OpenError};

use crate::clock::SystemClock;
use crate::failure::Failure;

/// A database and its name for people, which holds no password.
pub(crate) struct Named {
    database: Database,
    name: String,
    hint: &'static str,
}

/// Opens a database. `name` stands in failures.
pub(crate) async fn open(location: Location, name: String) -> Result<Named, Failure> {
    let hint = match &location {
        Location::Sqlite(_) => "Its folder must exist, and this user must be allowed to write there",
        Location::Postgres(_) => "Is it running, and are address, name and password right?",
    };
    match keyward_storage::open(location).await {
        Ok(database) => Ok(Named { database, name, hint }),
        Err(OpenError::Fault(fault)) => Err(failure(&name, hint, &fault)),
        Err(error) => Err(Failure::new(format!("database.url: {error}"))),
    }
}

impl Named {
    /// The database.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Brings it to this version.
    pub(crate) async fn migrate(&self) -> Result<Applied, Failure> {
        let applied = self.database.migrate(SystemClock.now()).await;
        applied.map_err(|error| self.failure(&error))
    }

    /// What [`Named::migrate`] would apply.
    pub(crate) async fn pending(&self) -> Result<Vec<&'static str>, Failure> {
        self.database.pending().await.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &MigrateError) -> Failure {
        match error {
            MigrateError::Fault(fault) => failure(&self.name, self.hint, fault),
            MigrateError::Newer { .. } | MigrateError::Changed { .. } => {
                Failure::new(format!("cannot use the database {}: {error}", self.name))
            }
        }
    }
}

fn failure(name: &str, hint: &str, fault: &Fault) -> Failure {
    match fault {
        Fault::Unavailable(why) => Failure::new(format!("cannot use the database {name}: {why}. {hint}")),
        Fault::Conflict(_) | Fault::Corrupt(_) | Fault::Exists(_) | Fault::Crypto(_) => {
            Failure::new(format!("cannot use the database {name}: {fault}"))
        }
    }
}
