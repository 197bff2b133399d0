//! Versions of the schema.
//!
//! Migrations are numbered files, the same numbers and names for both engines. What was applied stands in the table
//! `schema_migrations` with its checksum. A migration expands first and a later release contracts, as nodes of two
//! versions meet one database.

use std::fmt::Write as _;

use keyward_domain::Fault;
use keyward_jose::digest::sha256;

/// The schema cannot be brought to this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer Keyward has migrated this database.
    #[error("the database has schema version {found}, this Keyward knows only {known}: use a newer Keyward")]
    Newer {
        /// Version of the database.
        found: i64,
        /// Newest version of this program.
        known: i64,
    },
    /// A migration was applied with another text than this program has.
    #[error("migration {version} ({name}) was applied with a different content: the database is not Keyward's own")]
    Changed {
        /// Its number.
        version: i64,
        /// Its name.
        name: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What [`crate::Database::migrate`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Version of the schema now.
    pub version: i64,
    /// Names of the migrations that were applied just now.
    pub names: Vec<&'static str>,
}

/// One migration.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// For SQLite.
pub(crate) static SQLITE: [Migration; 8] = [
    Migration {
        version: 1,
        name: "0001_init",
        text: include_str!("../migrations/sqlite/0001_init.sql"),
    },
    Migration {
        version: 2,
        name: "0002_logins",
        text: include_str!("../migrations/sqlite/0002_logins.sql"),
    },
    Migration {
        version: 3,
        name: "0003_admin",
        text: include_str!("../migrations/sqlite/0003_admin.sql"),
    },
    Migration {
        version: 4,
        name: "0004_user_events",
        text: include_str!("../migrations/sqlite/0004_user_events.sql"),
    },
    Migration {
        version: 5,
        name: "0005_named_users",
        text: include_str!("../migrations/sqlite/0005_named_users.sql"),
    },
    Migration {
        version: 6,
        name: "0006_user_counts",
        text: include_str!("../migrations/sqlite/0006_user_counts.sql"),
    },
    Migration {
        version: 7,
        name: "0007_users_by_name",
        text: include_str!("../migrations/sqlite/0007_users_by_name.sql"),
    },
    Migration {
        version: 8,
        name: "0008_events_by_id",
        text: include_str!("../migrations/sqlite/0008_events_by_id.sql"),
    },
];

/// For PostgreSQL.
pub(crate) static POSTGRES: [Migration; 8] = [
    Migration {
        version: 1,
        name: "0001_init",
        text: include_str!("../migrations/postgres/0001_init.sql"),
    },
    Migration {
        version: 2,
        name: "0002_logins",
        text: include_str!("../migrations/postgres/0002_logins.sql"),
    },
    Migration {
        version: 3,
        name: "0003_admin",
        text: include_str!("../migrations/postgres/0003_admin.sql"),
    },
    Migration {
        version: 4,
        name: "0004_user_events",
        text: include_str!("../migrations/postgres/0004_user_events.sql"),
    },
    Migration {
        version: 5,
        name: "0005_named_users",
        text: include_str!("../migrations/postgres/0005_named_users.sql"),
    },
    Migration {
        version: 6,
        name: "0006_user_counts",
        text: include_str!("../migrations/postgres/0006_user_counts.sql"),
    },
    Migration {
        version: 7,
        name: "0007_users_by_name",
        text: include_str!("../migrations/postgres/0007_users_by_name.sql"),
    },
    Migration {
        version: 8,
        name: "0008_events_by_id",
        text: include_str!("../migrations/postgres/0008_events_by_id.sql"),
    },
];

/// The table of what was applied.
pub(crate) const TABLE: &str = "create table if not exists schema_migrations (
    version bigint not null primary key,
    name text not null,
    checksum text not null,
    applied_at bigint not null
)";

/// Reads what was applied: version and checksum.
pub(crate) const APPLIED: &str = "select version, checksum from schema_migrations order by version";

impl Migration {
    /// SHA-256 of the text in hexadecimal.
    pub(crate) fn checksum(&self) -> String {
        sha256(self.text.as_bytes())
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

/// What is still to be applied when `applied` was.
pub(crate) fn plan<'m>(applied: &[(i64, String)], known: &'m [Migration]) -> Result<Vec<&'m Migration>, MigrateError> {
    let newest = known.last().map_or(0, |migration| migration.version);
    if let Some((found, _)) = applied.iter().find(|(version, _)| *version > newest) {
        return Err(MigrateError::Newer {
            found: *found,
            known: newest,
        });
    }
    let mut pending = Vec::new();
    for migration in known {
        match applied.iter().find(|(version, _)| *version == migration.version) {
            None => pending.push(migration),
            Some((_, checksum)) if *checksum == migration.checksum() => {}
            Some(_) => {
                return Err(MigrateError::Changed {
                    version: migration.version,
                    name: migration.name,
                });
            }
        }
    }
    Ok(pending)
}

/// What was done, once all of `pending` was applied.
pub(crate) fn done(pending: &[&Migration], known: &[Migration]) -> Applied {
    Applied {
        version: known.last().map_or(0, |migration| migration.version),
        names: names(pending),
    }
}

/// Names of migrations.
pub(crate) fn names(migrations: &[&Migration]) -> Vec<&'static str> {
    migrations.iter().map(|migration| migration.name).collect()
}

#[cfg(test)]
mod tests {
    use super::{MigrateError, Migration, POSTGRES, SQLITE, plan};

    static KNOWN: [Migration; 2] = [
        Migration {
            version: 1,
            name: "0001_init",
            text: "a",
        },
        Migration {
            version: 2,
            name: "0002_more",
            text: "b",
        },
    ];

    #[test]
    fn what_is_missing_is_pending() {
        assert_eq!(plan(&[], &KNOWN).unwrap().len(), 2);
        let first = (1, KNOWN[0].checksum());
        let pending = plan(std::slice::from_ref(&first), &KNOWN).unwrap();
        assert_eq!(super::names(&pending), ["0002_more"]);
        assert!(plan(&[first, (2, KNOWN[1].checksum())], &KNOWN).unwrap().is_empty());
    }

    #[test]
    fn a_newer_database_is_refused() {
        let error = plan(&[(9, "x".into())], &KNOWN).map(|_| ()).unwrap_err();
        assert!(matches!(error, MigrateError::Newer { found: 9, known: 2 }));
        assert_eq!(
            error.to_string(),
            "the database has schema version 9, this Keyward knows only 2: use a newer Keyward"
        );
    }

    #[test]
    fn a_changed_migration_is_refused() {
        let error = plan(&[(1, "x".into())], &KNOWN).map(|_| ()).unwrap_err();
        assert!(matches!(error, MigrateError::Changed { version: 1, .. }));
    }

    #[test]
    fn both_engines_have_the_same_numbers_and_names() {
        let list = |migrations: &[Migration]| -> Vec<_> { migrations.iter().map(|m| (m.version, m.name)).collect() };
        assert_eq!(list(&SQLITE), list(&POSTGRES));
    }
}
