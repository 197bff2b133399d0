//! The server's port: what it allows, and the edge behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use keyward_listen::{HalfClosed, Options, Upgrades};
pub use keyward_listen::{bind, redirect, tls};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::http::edge;
use crate::settings::Settings;

/// Longest request head in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Serves until `stop` turns true, then lets requests under way finish.
pub async fn serve(
    app: Arc<App>,
    router: Router,
    listener: TcpListener,
    tls: Option<tls::Certificates>,
    stop: watch::Receiver<bool>,
) {
    let options = options(&app.settings);
    let service = move |request, peer| edge::serve(Arc::clone(&app), router.clone(), peer, request);
    keyward_listen::serve(listener, options, tls, stop, service).await;
}

fn options(settings: &Settings) -> Options {
    let patience = Duration::from_secs(settings.request_timeout_secs);
    Options {
        max_connections: settings.max_connections,
        per_address: None,
        request_timeout: patience,
        drain: patience,
        max_head: MAX_HEAD,
        half_closed: HalfClosed::Answered,
        upgrades: Upgrades::Refused,
    }
}
