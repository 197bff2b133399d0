//! `keyward dev`: a demo server on a loopback address that keeps its data.

use std::fs::{self, File, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use keyward_server::{Settings, listen};
use keyward_storage::Location;
use tokio::net::TcpListener;

use api::DemoApi;

use crate::argument;
use crate::clock::Started;
use crate::compose::{self, Listeners};
use crate::config::audit::AuditSettings;
use crate::config::log::LogSettings;
use crate::database;
use crate::failure::Failure;
use crate::output;
use crate::place::{Named, Opened, database_file, sealing_key_file};
use crate::sealing;

mod announce;
mod api;
mod commands;
mod demo;
mod profiles;
pub(crate) mod seed;
pub(crate) mod state;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folder that keeps everything
    #[arg(long, value_name = "DIR", default_value = "keyward-data")]
    data: PathBuf,
    /// Loopback address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", value_parser = argument::address)]
    listen: SocketAddr,
    /// Address and port of /health and /metrics
    #[arg(long, value_name = "ADDR:PORT", value_parser = argument::address)]
    management: Option<SocketAddr>,
    /// Print one line of JSON when ready, for scripts
    #[arg(long)]
    json: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self {
            data: PathBuf::from("keyward-data"),
            listen,
            management: None,
            json: false,
        }
    }
}

pub(crate) async fn run(arguments: Arguments, started: Started) -> Result<(), Failure> {
    LogSettings {
        level: "warn".into(),
        ..LogSettings::default()
    }
    .init()?;
    only_loopback(arguments.listen, "--listen")?;
    arguments
        .management
        .map_or(Ok(()), |address| only_loopback(address, "--management"))?;
    let main = bind(arguments.listen, "--listen").await?;
    let address = main.local_addr().map_err(|error| Failure::runtime(&error))?;
    let management = match arguments.management {
        None => None,
        Some(address) => Some(bind(address, "--management").await?),
    };
    let _lock = prepare_folder(&arguments.data)?;
    let opened = open(&arguments.data).await?;
    let state = state::load_or_seed(&arguments.data, &opened).await?;
    let settings = Settings::loopback(address);
    let base_url = settings.public_url.clone();
    state::listens_at(&arguments.data, &base_url)?;
    let api = DemoApi::prepare(address, &base_url, &arguments.data, &opened).await?;
    let api_url = api.url().to_owned();
    let listeners = Listeners {
        main,
        management,
        redirect: None,
    };
    let audit = AuditSettings::default();
    let ready = compose::prepare(
        settings,
        &audit,
        opened.store,
        opened.sealer,
        listeners,
        &["master", seed::DEMO],
    )
    .await?;
    let pkce = commands::Pkce::new();
    let announce = async || {
        let serving = api.start().await;
        let told = announce::Told {
            base_url: &base_url,
            api_url: &api_url,
            data: &arguments.data,
            state: &state,
            pkce: &pkce,
            ready_ms: started.millis(),
        };
        if arguments.json {
            output::json(&told.script())?;
        } else {
            output::line(&told.person())?;
        }
        Ok(serving)
    };
    let serving = ready.run(demo::router(&base_url, &api_url), announce).await?;
    serving.abort();
    Ok(())
}

/// Refuses an address that others reach: dev mode prints passwords and speaks plain http.
fn only_loopback(address: SocketAddr, option: &str) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{option} {address} is not a loopback address: dev mode speaks plain http with printed passwords. Use \
         127.0.0.1, or keyward serve"
    )))
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    listen::bind(address)
        .await
        .map_err(|error| Failure::listen(address, option, &error))
}

/// Makes the folder and takes it: two servers on one folder would generate two sets of secrets. The lock ends with
/// the process, however it ends; commands on the folder do not need it.
fn prepare_folder(data: &Path) -> Result<File, Failure> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| Failure::path("use the data folder", data, &error))?;
    let lock =
        File::create(data.join(".lock")).map_err(|error| Failure::path("write into the data folder", data, &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
            "another keyward dev uses the data folder {}. Stop it, or choose another with --data",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Failure::path("lock the data folder", data, &error)),
    }
}

async fn open(data: &Path) -> Result<Opened, Failure> {
    let file = database_file(data);
    let key = sealing_key_file(data);
    if file.exists() && !key.exists() {
        return Err(Failure::new(format!(
            "{} is there, but {} is not: without it the secrets in the database cannot be opened. Put it back, or \
             choose another folder with --data",
            file.display(),
            key.display()
        )));
    }
    let sealer = sealing::sealer(sealing::read_or_make(&key)?, Vec::new());
    let name = file.display().to_string();
    let database = database::open(Location::Sqlite(file), name).await?;
    database.migrate().await?;
    let store = database.database().store();
    sealing::check(&*store, &sealer).await?;
    let named = Named::data(data);
    Ok(Opened { store, sealer, named })
}
