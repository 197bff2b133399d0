//! `keyward serve`: the server for real, by a configuration file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::Router;
use clap::Args;
use keyward_server::{Settings, listen};
use tokio::net::TcpListener;

use crate::bootstrap;
use crate::clock::Started;
use crate::compose::{self, Listeners};
use crate::config::Config;
use crate::database;
use crate::failure::Failure;
use crate::place::{Named, Opened};
use crate::realm_file::{self, RealmText};
use crate::sealing;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "keyward.toml")]
    config: PathBuf,
    /// Realms to import when they are not there: a file, or the folder of a Keycloak export; repeat for several
    #[arg(long, value_name = "FILE")]
    import: Vec<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments, started: Started) -> Result<(), Failure> {
    let config = Config::load(&arguments.config)?;
    config.log.init()?;
    let sealer = config.sealer()?;
    let settings = config.server.clone();
    let listeners = bind(&settings).await?;
    let [main, management, redirect] = listeners.addresses();
    let database = database::open(config.database.location()?, config.database.shown()).await?;
    let applied = database.migrate().await?;
    if !applied.names.is_empty() {
        tracing::info!("database brought to version {}", applied.version);
    }
    let store = database.database().store();
    let named = Named::config(&arguments.config);
    let opened = Opened { store, sealer, named };
    sealing::check(&*opened.store, &opened.sealer).await?;
    bootstrap::master(&opened).await?;
    for file in &arguments.import {
        import(file, &opened, &settings.public_url).await?;
    }
    let issuer = format!("{}/realms/master", settings.public_url);
    let ready = compose::prepare(
        settings,
        &config.audit,
        opened.store,
        opened.sealer,
        listeners,
        &["master"],
    )
    .await?;
    ready
        .run(Router::new(), async || {
            // The addresses as they are: port 0 in the configuration takes a free one.
            tracing::info!(
                listen = main.map(tracing::field::display),
                management = management.map(tracing::field::display),
                redirect = redirect.map(tracing::field::display),
                issuer,
                ready_ms = started.millis(),
                "ready"
            );
            Ok(())
        })
        .await
}

/// Imports realms that are not there; those that are stay as they are.
async fn import(file: &Path, opened: &Opened, public_url: &str) -> Result<(), Failure> {
    for text in RealmText::read_all(file)? {
        for realm in text.realms()? {
            let name = realm.name().unwrap_or_default();
            let Some(imported) = realm_file::import_one(realm, opened, public_url).await? else {
                tracing::info!(realm = name, "the realm is there: its file is skipped");
                continue;
            };
            for note in &imported.report.notes {
                tracing::warn!(realm = name, "import: {note}");
            }
            if imported.report.more > 0 {
                tracing::warn!(realm = name, "import: and {} more of these", imported.report.more);
            }
            tracing::info!(realm = name, "the realm is imported");
        }
    }
    Ok(())
}

async fn bind(settings: &Settings) -> Result<Listeners, Failure> {
    Ok(Listeners {
        main: bind_one(settings.listen, "server.listen").await?,
        management: match settings.management_listen {
            None => None,
            Some(address) => Some(bind_one(address, "server.management_listen").await?),
        },
        redirect: match settings.redirect_listen {
            None => None,
            Some(address) => Some(bind_one(address, "server.redirect_listen").await?),
        },
    })
}

async fn bind_one(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    listen::bind(address)
        .await
        .map_err(|error| Failure::listen(address, key, &error))
}
