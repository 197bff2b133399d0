//! The demo API: a small program of axum behind the guard's layer, on the port after the server's own. What it asks of
//! whom stands in a file in the data folder, where `keyward guard` reads it too.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use keyward_domain::client;
use keyward_guard::{Guard, Settings};
use keyward_server::listen;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::seed::{API, DEMO};
use crate::failure::Failure;
use crate::place::{self, Opened};
use crate::port;
use crate::private_file;

mod handlers;

/// What the guard asks of whom; what differs from start to start is filled in.
const TEMPLATE: &str = include_str!("guard.toml");

/// Where it is written in the data folder.
const FILE: &str = "guard.toml";

/// Where the secret is written with which the guard asks the issuer.
const SECRET_FILE: &str = "guard.secret";

/// It is tried, not used.
const MOST_CONNECTIONS: usize = 256;

/// The API, before it is started.
pub(super) struct DemoApi {
    guard: Arc<Guard>,
    listener: TcpListener,
    url: String,
}

impl DemoApi {
    /// Takes a port and writes what the guard reads. `server` is where the issuer is.
    pub(super) async fn prepare(
        server: SocketAddr,
        base_url: &str,
        data: &Path,
        opened: &Opened,
    ) -> Result<Self, Failure> {
        let listener = next_port(server).await?;
        let address = listener.local_addr().map_err(|error| Failure::runtime(&error))?;
        let url = format!("http://{address}");
        let secret = data.join(SECRET_FILE);
        write(&secret, &client_secret(opened).await?)?;
        let secret = std::path::absolute(&secret).map_err(|error| Failure::path("find", &secret, &error))?;
        let port = server.port();
        let filled = [
            ("{folder}", data.display().to_string()),
            ("{api}", url.clone()),
            ("{api:?}", text(&url)),
            (
                "{origins}",
                format!("[{}, {}]", text(base_url), text(&format!("http://localhost:{port}"))),
            ),
            ("{issuer:?}", text(&format!("{base_url}/realms/{DEMO}"))),
            ("{client_id:?}", text(API)),
            ("{client_secret}", text(&format!("file:{}", secret.display()))),
        ];
        let settings = filled
            .iter()
            .fold(TEMPLATE.to_owned(), |all, (place, value)| all.replace(place, value));
        write(&data.join(FILE), &settings)?;
        let broken = |error| Failure::new(format!("the guard of the demo API cannot be made: {error}"));
        let settings = Settings::from_toml(&settings).map_err(broken)?;
        let guard = Guard::builder(settings).build().map_err(broken)?;
        Ok(Self {
            guard: Arc::new(guard),
            listener,
            url,
        })
    }

    /// Where it is.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Serves until the handle is aborted, from when the guard has the issuer's keys: the issuer must be there.
    pub(super) async fn start(self) -> JoinHandle<()> {
        if let Err(error) = self.guard.start().await {
            tracing::warn!("the demo API answers 503 for now: {error}");
        }
        let router: Router = handlers::router().layer(self.guard.layer());
        tokio::spawn(port::serve(router, self.listener, MOST_CONNECTIONS))
    }
}

/// The port after the server's own, or a free one when another program has it.
async fn next_port(server: SocketAddr) -> Result<TcpListener, Failure> {
    let next = server.port().checked_add(1).unwrap_or(0);
    if let Ok(listener) = listen::bind(SocketAddr::new(server.ip(), next)).await {
        return Ok(listener);
    }
    let any = SocketAddr::new(server.ip(), 0);
    listen::bind(any).await.map_err(|error| Failure::runtime(&error))
}

/// The secret of the API as it is now: it may have been rotated since it was generated.
async fn client_secret(opened: &Opened) -> Result<String, Failure> {
    let missing = || {
        Failure::new(format!(
            "the realm {DEMO} has no client {API} with a secret any more. Make it again with keyward client create \
             --realm {DEMO} --id {API} {}, or choose another folder with --data",
            opened.named
        ))
    };
    let mut tx = opened.store.read().await?;
    let realm = place::realm(opened, &mut *tx, DEMO).await?;
    let row = tx.client_by_client_id(realm.id, API).await?.ok_or_else(missing)?;
    let secrets = tx.client_secrets(realm.id).await?;
    let youngest = secrets
        .iter()
        .find(|secret| secret.client == row.id)
        .ok_or_else(missing)?;
    let binding = client::secret_binding(realm.id, youngest.id);
    let secret = opened.sealer.open(&binding, &youngest.sealed).map_err(|_| missing())?;
    String::from_utf8(secret.to_vec()).map_err(|_| missing())
}

fn write(path: &Path, content: &str) -> Result<(), Failure> {
    private_file::replace(path, content.as_bytes()).map_err(|error| Failure::path("write", path, &error))
}

/// A text as TOML has it.
fn text(value: &str) -> String {
    toml::Value::from(value).to_string()
}
