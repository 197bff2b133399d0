//! Where a command works. The only place that decides it.

use std::path::PathBuf;

use clap::Args;

use super::Api;
use crate::failure::Failure;
use crate::login;
use crate::place::{DEV_URL, Opened, Place};

/// What the help says about it.
const HEADING: &str = "Where (a database that is named; else a server, as whoever keyward login logged in)";

/// The options of a command that works on a database or through the admin API.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Target {
    /// On the database of `keyward serve`: its configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// On the database of `keyward dev`: its data folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Through the admin API of this server; that of the last login when absent
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// The option of a command that works through the admin API alone.
#[derive(Args, Clone, Debug)]
pub(crate) struct Server {
    /// Server whose admin API is called; that of the last login when absent
    #[arg(long = "server", value_name = "URL")]
    url: Option<String>,
    // Other commands have these two: whoever tries them here is told what this one needs. A comment, not a help text.
    #[arg(long, value_name = "FILE", hide = true)]
    config: Option<PathBuf>,
    #[arg(long, value_name = "DIR", hide = true)]
    data: Option<PathBuf>,
}

/// Where a command has arrived.
pub(crate) enum Reached {
    /// At a database.
    Database(Opened),
    /// At the admin API.
    Server(Box<Api>),
}

impl Target {
    /// Opens the database that was named, else finds the login.
    pub(crate) async fn reach(&self) -> Result<Reached, Failure> {
        if let Some(place) = self.database() {
            return Ok(Reached::Database(place.open().await?));
        }
        match login::find(self.server.as_deref())? {
            Some(login) => Ok(Reached::Server(Box::new(Api::new(login)?))),
            None => Err(Failure::new(
                "say where: --config FILE or --data DIR for a database, or log in to a server with keyward login URL",
            )
            .unusable()),
        }
    }

    /// Where the clients of the database's server find it.
    pub(crate) fn public_url(&self) -> Result<String, Failure> {
        self.database()
            .map_or_else(|| Ok(DEV_URL.to_owned()), |place| place.public_url())
    }

    /// The database that was named.
    fn database(&self) -> Option<Place> {
        Place::named(self.data.clone(), self.config.clone())
    }
}

impl Server {
    /// Finds the login.
    pub(crate) fn reach(&self) -> Result<Api, Failure> {
        if self.config.is_some() || self.data.is_some() {
            let line = "this command goes over the admin API of a running server: leave --config and --data out, and log \
                        in with keyward login URL";
            return Err(Failure::new(line).unusable());
        }
        let login = login::find(self.url.as_deref())?;
        let login = login
            .ok_or_else(|| Failure::new("nobody is logged in. Log in to a server with keyward login URL").unusable())?;
        Api::new(login)
    }
}
