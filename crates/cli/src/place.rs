//! Which database a command works on: the data folder of `keyward dev`, or that of a configuration.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use keyward_domain::ports::{Store, Tx};
use keyward_domain::realm::{Realm, RealmName};
use keyward_jose::Sealer;
use keyward_storage::Location;

use crate::config::Config;
use crate::database;
use crate::failure::Failure;
use crate::sealing;

/// `--data` or `--config`.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Place {
    /// Data folder of `keyward dev`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration of `keyward serve`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Where `keyward dev` is, unless told otherwise.
pub(crate) const DEV_URL: &str = "http://127.0.0.1:8080";

/// An open database with its sealing key.
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sealer: Arc<Sealer>,
    /// The option that named it.
    pub(crate) named: Named,
}

/// The option of a database, as a hint repeats it: `--data DIR` or `--config FILE`.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    option: &'static str,
    path: PathBuf,
}

impl Named {
    /// A data folder.
    pub(crate) fn data(path: &Path) -> Self {
        let path = path.to_owned();
        Self { option: "--data", path }
    }

    /// A configuration.
    pub(crate) fn config(path: &Path) -> Self {
        let path = path.to_owned();
        Self {
            option: "--config",
            path,
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        if path.contains(char::is_whitespace) {
            write!(f, "{} '{path}'", self.option)
        } else {
            write!(f, "{} {path}", self.option)
        }
    }
}

/// Name of the database file in a data folder.
pub(crate) fn database_file(data: &Path) -> PathBuf {
    data.join("keyward.db")
}

/// Name of the sealing key file in a data folder.
pub(crate) fn sealing_key_file(data: &Path) -> PathBuf {
    data.join("sealing.key")
}

impl Place {
    /// The database of a command that can also go over the admin API; `None` when neither was named.
    pub(crate) fn named(data: Option<PathBuf>, config: Option<PathBuf>) -> Option<Self> {
        (data.is_some() || config.is_some()).then_some(Self { data, config })
    }

    /// Where the clients of its server find it.
    pub(crate) fn public_url(&self) -> Result<String, Failure> {
        match &self.config {
            Some(config) => Ok(Config::load(config)?.server.public_url),
            None => Ok(DEV_URL.to_owned()),
        }
    }

    /// Opens an existing database.
    pub(crate) async fn open(&self) -> Result<Opened, Failure> {
        let (location, name, sealer, named) = match (&self.data, &self.config) {
            (Some(data), _) => {
                let file = database_file(data);
                if !file.exists() {
                    return Err(Failure::new(format!(
                        "there is no database in {}. Start keyward dev --data {} once",
                        data.display(),
                        data.display()
                    )));
                }
                (
                    Location::Sqlite(file.clone()),
                    file.display().to_string(),
                    sealing::sealer(sealing::read(&sealing_key_file(data))?, Vec::new()),
                    Named::data(data),
                )
            }
            (None, Some(file)) => {
                let config = Config::load(file)?;
                let (location, name) = (config.database.location()?, config.database.shown());
                (location, name, config.sealer()?, Named::config(file))
            }
            (None, None) => return Err(Failure::new("give --data or --config")),
        };
        let database = database::open(location, name).await?;
        let pending = database
            .database()
            .pending()
            .await
            .map_err(|error| Failure::new(error.to_string()))?;
        match pending.first() {
            None => {}
            // Nobody uses an empty database yet.
            Some(first) if first.starts_with("0001") => {
                database.migrate().await?;
            }
            // Nodes of an older version may be running: a command must not change their schema.
            Some(_) => {
                return Err(Failure::new(
                    "the database is of an older version: run keyward migrate, or start keyward serve once",
                ));
            }
        }
        let store = database.database().store();
        sealing::check(&*store, &sealer).await?;
        Ok(Opened { store, sealer, named })
    }
}

/// A realm by name, or a line that says that there is none.
pub(crate) async fn realm(opened: &Opened, tx: &mut dyn Tx, name: &str) -> Result<Realm, Failure> {
    let Opened { named, .. } = opened;
    let missing = || {
        Failure::new(format!(
            "there is no realm {name:?}. keyward realm list {named} names them"
        ))
    };
    let parsed = RealmName::parse(name).map_err(|_| missing())?;
    tx.realm_by_name(&parsed).await?.ok_or_else(missing)
}
