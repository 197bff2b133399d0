//! An API that takes everything and remembers what it got last.

use std::sync::{Arc, Mutex};

use keyward_guard::testing::vectors::Seen;

use super::server::{Server, reply};

/// The API.
pub(crate) struct Upstream {
    server: Server,
    got: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let got = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&got);
        let server = Server::start(move |came| {
            log.lock().unwrap().push(Seen {
                target: came.target,
                headers: came.headers,
            });
            async { reply(200, "text/plain", "the API") }
        })
        .await;
        Self { server, got }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url("")
    }

    #[cfg(feature = "forward-auth")]
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// What it got since it was asked last, if anything.
    pub(crate) fn got(&self) -> Option<Seen> {
        let mut got = self.got.lock().unwrap();
        assert!(got.len() <= 1, "one request became {}", got.len());
        got.pop()
    }
}
