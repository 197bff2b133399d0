//! The gateway, over real sockets.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::sync::Arc;

use keyward_guard::gateway::{Configuration, Gateway as Proxy};
use keyward_guard::testing::Revoked;
use keyward_guard::testing::vectors::{Answer, Kind, Request, Shell, Stage};
use keyward_guard::{Revocation, Settings};
use tokio::sync::watch;

use super::{answer, guard};
use crate::support::upstream::Upstream;
use crate::support::wire::{bytes, exchange};

/// In front of one API.
pub(crate) struct Gateway {
    pub(crate) upstream: Arc<Upstream>,
    revoked: Arc<Revoked>,
}

/// One that is running. It stops when it is dropped.
pub(crate) struct Running {
    address: SocketAddr,
    upstream: Arc<Upstream>,
    _stop: watch::Sender<bool>,
}

impl Gateway {
    pub(crate) async fn new() -> Self {
        Self {
            upstream: Arc::new(Upstream::start().await),
            revoked: Arc::default(),
        }
    }
}

impl Display for Gateway {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the gateway")
    }
}

impl Stage for Gateway {
    type Shell = Running;

    fn kind(&self) -> Kind {
        Kind::Gateway
    }

    async fn open(&self, config: String) -> Running {
        let mut settings = Settings::from_toml(&config).unwrap_or_else(|error| panic!("{error}"));
        let mut own = keyward_guard::gateway::Settings::default();
        own.listen.set_port(0);
        settings.gateway = Some(own);
        let guard = guard(settings.clone(), &self.revoked).await;
        let load = move |_| {
            let configuration = Configuration {
                settings: settings.clone(),
                guard: Arc::clone(&guard),
                files: Vec::new(),
            };
            async move { Ok(configuration) }
        };
        let gateway = Proxy::prepare(load).await.unwrap_or_else(|error| panic!("{error}"));
        let listener = gateway.bind().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let running = Running {
            address: listener.local_addr().unwrap(),
            upstream: Arc::clone(&self.upstream),
            _stop: stop,
        };
        tokio::spawn(gateway.serve(listener, stopped));
        running
    }

    fn revoke(&self, token_id: &str, revocation: Revocation) {
        self.revoked.say(token_id, revocation);
    }
}

impl Shell for Running {
    async fn send(&self, request: &Request) -> Answer {
        let response = exchange(self.address, bytes(request)).await;
        answer(response, self.upstream.got())
    }
}
