//! Forward-auth over real sockets, asked as each proxy asks, by a proxy that does nothing else.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::{HeaderName, Method, StatusCode};
use keyward_guard::forward_auth::{ForwardAuth as Server, Settings as Own};
use keyward_guard::testing::Revoked;
use keyward_guard::testing::vectors::{Answer, Kind, Request, Seen, Shell, Stage};
use keyward_guard::{IDENTITY_HEADERS, Revocation, Settings};
use tokio::sync::watch;

use super::{answer, guard};
use crate::support::wire::{Response, exchange, field, head};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Nginx,
    Traefik,
    Envoy,
}

/// Questions in one dialect.
pub(crate) struct ForwardAuth {
    dialect: Dialect,
    revoked: Arc<Revoked>,
}

/// Somebody who answers them. It stops when it is dropped.
pub(crate) struct Answering {
    pub(crate) address: SocketAddr,
    dialect: Dialect,
    _stop: watch::Sender<bool>,
}

impl ForwardAuth {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            revoked: Arc::default(),
        }
    }
}

impl Display for ForwardAuth {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "forward-auth for {:?}", self.dialect)
    }
}

impl Stage for ForwardAuth {
    type Shell = Answering;

    fn kind(&self) -> Kind {
        Kind::ForwardAuth
    }

    async fn open(&self, config: String) -> Answering {
        let settings = Settings::from_toml(&config).unwrap_or_else(|error| panic!("{error}"));
        let guard = guard(settings, &self.revoked).await;
        let mut own = Own::default();
        own.listen.set_port(0);
        let server = Server::prepare(own, Arc::new(ArcSwap::new(guard))).unwrap_or_else(|error| panic!("{error}"));
        let listener = server.bind().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let answering = Answering {
            address: listener.local_addr().unwrap(),
            dialect: self.dialect,
            _stop: stop,
        };
        tokio::spawn(server.serve(listener, stopped));
        answering
    }

    fn revoke(&self, token_id: &str, revocation: Revocation) {
        self.revoked.say(token_id, revocation);
    }
}

impl Shell for Answering {
    async fn send(&self, request: &Request) -> Answer {
        let mut response = exchange(self.address, self.question(request)).await;
        let leave = match self.dialect {
            Dialect::Nginx | Dialect::Traefik => response.status.is_success(),
            Dialect::Envoy => response.status == StatusCode::OK,
        };
        let upstream = leave.then(|| forwarded(request, &response));
        // The status that is meant.
        if let Some(status) = response.headers.remove("x-guard-status") {
            response.status = StatusCode::from_bytes(status.as_bytes()).unwrap();
        }
        response.headers.remove("x-guard-problem");
        answer(response, upstream)
    }
}

impl Answering {
    fn question(&self, request: &Request) -> Vec<u8> {
        let host = request.host.as_deref().unwrap_or_default();
        let (mut question, own): (Vec<u8>, &[(&str, &str)]) = match self.dialect {
            Dialect::Nginx => (
                head(&Method::GET, "/nginx", Some("guard")),
                &[
                    ("x-original-method", request.method.as_str()),
                    ("x-original-uri", &request.target),
                    ("x-original-host", host),
                ],
            ),
            Dialect::Traefik => (
                head(&Method::GET, "/traefik", Some("guard")),
                &[
                    ("x-forwarded-method", request.method.as_str()),
                    ("x-forwarded-uri", &request.target),
                    ("x-forwarded-host", host),
                ],
            ),
            Dialect::Envoy => {
                let target = format!("/envoy{}", request.target);
                (head(&request.method, &target, request.host.as_deref()), &[])
            }
        };
        let peer = request.peer.to_string();
        for (name, value) in own.iter().chain(&[("x-forwarded-for", peer.as_str())]) {
            field(&mut question, name, value.as_bytes());
        }
        let is_own = |name: &HeaderName| name == "x-forwarded-for" || own.iter().any(|(own, _)| name == own);
        for (name, value) in request.headers.iter().filter(|(name, _)| !is_own(name)) {
            field(&mut question, name.as_str(), value.as_bytes());
        }
        question
    }
}

/// What the API gets of a request: with the identity headers of the guard's leave in place of the client's, in whatever
/// spelling those came.
fn forwarded(request: &Request, leave: &Response) -> Seen {
    let mut headers = request.fields();
    let is_identity = |name: &HeaderName| name.as_str().replace('_', "-").starts_with("x-guard-");
    let told: Vec<HeaderName> = headers.keys().filter(|name| is_identity(name)).cloned().collect();
    for name in told {
        headers.remove(name);
    }
    for name in IDENTITY_HEADERS {
        if let Some(value) = leave.headers.get(&name).filter(|value| !value.is_empty()) {
            headers.insert(name, value.clone());
        }
    }
    Seen {
        target: request.target.clone(),
        headers,
    }
}
