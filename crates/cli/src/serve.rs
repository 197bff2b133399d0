//! `keyward serve`: the server for real, by a configuration file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use keyward_domain::Clock as _;
use keyward_domain::realm::{RealmName, RealmSettings};
use keyward_domain::secret::Secret;
use keyward_domain::user::Profile;
use keyward_server::admin::{realms, users};
use keyward_server::{Settings, listen};
use tokio::net::TcpListener;

use crate::clock::{Started, SystemClock};
use crate::compose::{self, Listeners};
use crate::config::Config;
use crate::database;
use crate::dev::seed::admin_role;
use crate::failure::Failure;
use crate::place::Opened;
use crate::sealing;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "keyward.toml")]
    config: PathBuf,
}

/// The first administrator, from the environment.
pub(crate) fn bootstrap_admin() -> Result<Option<(String, Secret)>, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let username = variable("KEYWARD_BOOTSTRAP_ADMIN_USERNAME");
    match (username, variable("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD")) {
        (username, Some(password)) => Ok(Some((
            username.unwrap_or_else(|| "admin".into()),
            Secret::new(password),
        ))),
        (Some(_), None) => Err(Failure::new(
            "KEYWARD_BOOTSTRAP_ADMIN_USERNAME is set, but KEYWARD_BOOTSTRAP_ADMIN_PASSWORD is not. Set both",
        )),
        (None, None) => Ok(None),
    }
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
    let opened = Opened { store, sealer };
    sealing::check(&*opened.store, &opened.sealer).await?;
    bootstrap(&opened).await?;
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
        .run(|| {
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

/// Makes the realm `master` and the first administrator at the first start. On many nodes the first one wins.
async fn bootstrap(opened: &Opened) -> Result<(), Failure> {
    let name = RealmName::parse("master").map_err(|error| Failure::new(error.to_string()))?;
    if opened.store.read().await?.realm_by_name(&name).await?.is_some() {
        return Ok(());
    }
    let now = SystemClock.now();
    let admin = match bootstrap_admin()? {
        None => None,
        Some((username, password)) => Some(users::create::prepare(&username, Profile::default(), &password).await?),
    };
    let realm = realms::create::prepare(&opened.sealer, name, RealmSettings::default(), now).await?;
    let mut tx = opened.store.write().await?;
    let realm = match realms::create::create(&mut *tx, &realm, now).await {
        Err(keyward_domain::Fault::Exists(_)) => return Ok(()),
        created => created?,
    };
    let role = admin_role(&mut *tx, &realm).await?;
    match admin {
        None => tracing::warn!(
            "realm master has no administrator: set KEYWARD_BOOTSTRAP_ADMIN_USERNAME and \
             KEYWARD_BOOTSTRAP_ADMIN_PASSWORD before the first start"
        ),
        Some(admin) => {
            let (user, _) = users::create::create(&mut *tx, &realm, &admin, now).await?;
            tx.assign_role(user.id, role.id).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
