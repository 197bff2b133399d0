//! A guard whose answers can be asked for, an API, and an issuer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use keyward_guard::audit::{Observer, Record};
use keyward_guard::forward_auth::{self, ForwardAuth};
use keyward_guard::testing::Issuer;
use keyward_guard::{Guard, Settings};
use tokio::sync::watch;

use super::Api;

const CONFIG: &str = include_str!("../guard.toml");

/// What was decided, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) address: String,
    pub(crate) method: String,
    pub(crate) route: Option<String>,
    pub(crate) reason: Option<&'static str>,
}

#[derive(Default)]
struct Records(Mutex<Vec<Decided>>);

impl Observer for Records {
    fn decided(&self, record: &Record<'_>) {
        self.0.lock().unwrap().push(Decided {
            address: record.address.to_string(),
            method: record.method.to_owned(),
            route: record.route.map(str::to_owned),
            reason: record.reason,
        });
    }
}

/// All that a proxy stands between.
pub(crate) struct World {
    /// Where proxies ask.
    pub(crate) guard: SocketAddr,
    pub(crate) api: Api,
    pub(crate) issuer: Issuer,
    pub(crate) current: Arc<ArcSwap<Guard>>,
    pub(crate) stop: watch::Sender<bool>,
    records: Arc<Records>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// With these lines in `[forward_auth]`.
    pub(crate) async fn with(lines: &str) -> Self {
        let issuer = Issuer::new();
        let records = Arc::<Records>::default();
        let guard = Guard::builder(Settings::from_toml(CONFIG).unwrap())
            .keys("main", issuer.keys())
            .observer(Arc::clone(&records) as Arc<dyn Observer>)
            .build()
            .unwrap();
        let current = Arc::new(ArcSwap::from_pointee(guard));
        let mut settings: forward_auth::Settings = toml::from_str(lines).unwrap();
        settings.listen.set_port(0);
        let (stop, stopped) = watch::channel(false);
        let server = ForwardAuth::prepare(settings, Arc::clone(&current)).unwrap();
        let listener = server.bind().await.unwrap();
        let guard = listener.local_addr().unwrap();
        tokio::spawn(server.serve(listener, stopped));
        Self {
            guard,
            api: Api::start().await,
            issuer,
            current,
            stop,
            records,
        }
    }

    /// `Bearer` and a token with this scope.
    pub(crate) fn bearer(&self, scope: &str) -> String {
        let token = self.issuer.token().audience("orders").scope(scope);
        token.bearer().to_str().unwrap().to_owned()
    }

    /// `Bearer` and a token of the issuer whose keys cannot be had.
    pub(crate) fn bearer_of_away() -> String {
        let token = Issuer::at("http://127.0.0.1:9").token().audience("orders");
        token.bearer().to_str().unwrap().to_owned()
    }

    /// What was decided last.
    pub(crate) fn decided(&self) -> Decided {
        self.records.0.lock().unwrap().last().expect("a decision").clone()
    }

    /// How many decisions were made.
    pub(crate) fn decisions(&self) -> usize {
        self.records.0.lock().unwrap().len()
    }
}
