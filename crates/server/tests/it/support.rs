//! A server of its own for each test: a fresh store, a free port, a clock that is set by hand.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use keyward_domain::client::ClientSettings;
use keyward_domain::ports::Store;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_jose::{Sealer, SealingKey};
use keyward_server::SystemEntropy;
use keyward_server::admin::realms::create::{self, NewRealm};
use keyward_server::login::hashing::PasswordHashing;
use keyward_server::settings::Settings;
use keyward_testkit::TestClock;
use keyward_testkit::builders::NOW;
use tokio::sync::OnceCell;

pub(crate) use self::browser::Browser;
pub(crate) use self::client::{Credentials, api, service};
pub(crate) use self::http::{Connection, Request, Response};
pub(crate) use self::node::Node;
pub(crate) use self::outage::Outage;
pub(crate) use self::place::Place;

pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod http;
pub(crate) mod jwt;
pub(crate) mod node;
pub(crate) mod outage;
pub(crate) mod page;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod tokens;
pub(crate) mod wire;

/// The endpoints of the realm `demo`.
pub(crate) const TOKEN: &str = "/realms/demo/protocol/openid-connect/token";
pub(crate) const AUTH: &str = "/realms/demo/protocol/openid-connect/auth";
pub(crate) const USERINFO: &str = "/realms/demo/protocol/openid-connect/userinfo";
pub(crate) const LOGOUT: &str = "/realms/demo/protocol/openid-connect/logout";
pub(crate) const ACCOUNT: &str = "/realms/demo/account";
pub(crate) const INTROSPECT: &str = "/realms/demo/protocol/openid-connect/token/introspect";
pub(crate) const REVOKE: &str = "/realms/demo/protocol/openid-connect/revoke";
pub(crate) const CERTS: &str = "/realms/demo/protocol/openid-connect/certs";
pub(crate) const DISCOVERY: &str = "/realms/demo/.well-known/openid-configuration";

/// Seals whatever a test stores.
pub(crate) static SEALER: LazyLock<Arc<Sealer>> =
    LazyLock::new(|| Arc::new(Sealer::new(SealingKey::new([7; 32].into()), Vec::new())));

/// One set of threads hashes the passwords of every test.
pub(crate) fn passwords() -> Arc<PasswordHashing> {
    static PASSWORDS: LazyLock<Arc<PasswordHashing>> =
        LazyLock::new(|| Arc::new(PasswordHashing::start(&mut SystemEntropy).unwrap()));
    Arc::clone(&PASSWORDS)
}

/// A store with the realm `demo` in it, and a node that serves it.
pub(crate) struct TestServer {
    node: Node,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) outage: Arc<Outage>,
    pub(crate) realm: Realm,
    /// Gets tokens for `backend-api`.
    pub(crate) service: Credentials,
    /// The API: it may introspect them.
    pub(crate) api: Credentials,
    place: Place,
}

impl Deref for TestServer {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl TestServer {
    /// On SQLite.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// On SQLite, with other settings.
    pub(crate) async fn start_with(edit: impl FnOnce(&mut Settings)) -> Self {
        Self::start_at(Place::sqlite(), edit).await
    }

    /// On a store that the test names.
    pub(crate) async fn start_at(place: Place, edit: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(TestClock::new(NOW));
        let outage = Arc::new(Outage::new(place.open().await));
        let mut tx = outage.write().await.unwrap();
        let realm = create::create(&mut *tx, demo().await, NOW).await.unwrap();
        client::permissions(&mut *tx, &realm).await;
        tx.commit().await.unwrap();
        let store = Arc::<Outage>::clone(&outage);
        let node = Node::start(store, Arc::clone(&clock), None, edit).await;
        let mut server = Self {
            service: Credentials::nobody(),
            api: Credentials::nobody(),
            node,
            clock,
            outage,
            realm,
            place,
        };
        server.api = server.create("backend-api", api()).await;
        server.service = server.create("backend-service", service()).await;
        server
    }

    /// A second node on the same store, under the same issuer.
    pub(crate) async fn second_node(&self) -> Node {
        let issuer = self.node.public_url().to_owned();
        let store = Arc::<Outage>::clone(&self.outage);
        Node::start(store, Arc::clone(&self.clock), Some(issuer), |_| {}).await
    }

    /// Another realm on the same server.
    pub(crate) async fn add_realm(&self) -> Realm {
        static OTHER: OnceCell<NewRealm> = OnceCell::const_new();
        let new = OTHER.get_or_init(|| prepare("other")).await;
        let mut tx = self.outage.write().await.unwrap();
        let realm = create::create(&mut *tx, new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        self.node.follow().await;
        realm
    }

    /// Lets time pass, and the node see that nothing changed meanwhile.
    pub(crate) async fn wait(&self, secs: i64) {
        self.clock.advance(secs);
        self.follow().await;
    }

    /// The issuer of the realm `demo`.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/realms/demo", self.node.public_url())
    }

    /// A client of the realm `demo`.
    pub(crate) async fn create(&self, client_id: &str, settings: ClientSettings) -> Credentials {
        self.create_in(&self.realm, client_id, settings).await
    }

    /// Takes the store away for good: a database on a server would stay.
    pub(crate) async fn finish(self) {
        let Self {
            node, outage, place, ..
        } = self;
        drop((node, outage));
        place.remove().await;
    }
}

/// The keys of a realm take a while to make: one set serves every test, each in a store of its own.
async fn demo() -> &'static NewRealm {
    static DEMO: OnceCell<NewRealm> = OnceCell::const_new();
    DEMO.get_or_init(|| prepare("demo")).await
}

async fn prepare(name: &str) -> NewRealm {
    let name = RealmName::parse(name).unwrap();
    create::prepare(&SEALER, name, RealmSettings::default(), NOW)
        .await
        .unwrap()
}
