//! An administrator: a server with the realm `master`, and requests to the admin API.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use keyward_domain::credential::Credential;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::ports::changes::Change;
use keyward_domain::ports::{Store as _, Tx};
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::user::{Profile, User};
use keyward_domain::{Timestamp, entropy};
use keyward_jose::password;
use keyward_server::SystemEntropy;
use keyward_server::admin::realms::create::{self, NewRealm};
use keyward_server::admin::realms::master;
use keyward_server::settings::Settings;
use keyward_testkit::builders::NOW;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::openapi;
use crate::support::{Place, Request, Response, SEALER, TestServer};

/// The password of the administrator of master, and of everybody that [`Admin::as_user`] makes.
pub(crate) const PASSWORD: &str = "admin";

/// Somebody who asks the admin API. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Admin {
    server: Arc<TestServer>,
    token: Option<String>,
    /// The row of whoever asks; nobody's when they are anonymous.
    pub(crate) user: Option<UserId>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// JSON; null when it is none.
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Admin {
    /// A server with the realms `master` and `demo`, asked by `admin`, who may do everything.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(edit: impl FnOnce(&mut Settings)) -> Self {
        Self::start_at(Place::sqlite(), edit).await
    }

    /// The same on a store that the test names.
    pub(crate) async fn start_at(place: Place, edit: impl FnOnce(&mut Settings)) -> Self {
        let server = Arc::new(TestServer::start_at(place, edit).await);
        let mut tx = server.outage.write().await.unwrap();
        let realm = create::create(&mut *tx, master_realm().await, NOW).await.unwrap();
        master::complete(&mut *tx, NOW).await.unwrap();
        let roles = tx.roles(realm.id).await.unwrap();
        let admin = roles.iter().find(|role| role.name == master::ADMIN).unwrap();
        let user = insert_user(&mut *tx, &realm, "admin").await;
        tx.assign_role(user, admin.id).await.unwrap();
        tx.append_change(realm.id, &Change::RealmChanged, NOW.plus_secs(3600))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        server.follow().await;
        let token = log_in(&server, "master", "admin").await;
        Self {
            server,
            token: Some(token),
            user: Some(user),
        }
    }

    /// Takes the store away for good, when nobody else asks any more: a database on a server would stay.
    pub(crate) async fn finish(self) {
        if let Ok(server) = Arc::try_unwrap(self.server) {
            server.finish().await;
        }
    }

    /// The server.
    pub(crate) fn server(&self) -> &TestServer {
        &self.server
    }

    /// Makes a realm through the API. Returns its name.
    pub(crate) async fn realm(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("r{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let body = json!({ "realm": name, "enabled": true });
        let reply = self.send("POST /admin/realms", &[], Some(body)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        name
    }

    /// Sends a request: `route` is method and path as in the route table. Parameters that stand in the path in braces
    /// go there, the others into the query.
    pub(crate) async fn send(&self, route: &str, parameters: &[(&str, &str)], body: Option<Value>) -> Reply {
        let request = self.request(route, parameters);
        let request = match body {
            None => request,
            Some(body) => request.body("application/json", body.to_string()),
        };
        let reply = Reply::of(&request.send(&self.server).await);
        openapi::check(route, &reply);
        reply
    }

    /// Sends a request with a body of another type.
    pub(crate) async fn send_as(
        &self,
        route: &str,
        parameters: &[(&str, &str)],
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let request = self.request(route, parameters).body(content_type, body);
        let reply = Reply::of(&request.send(&self.server).await);
        openapi::check(route, &reply);
        reply
    }

    /// A request with the token of whoever asks, and without a body.
    pub(crate) fn request(&self, route: &str, parameters: &[(&str, &str)]) -> Request {
        let (method, path) = route.split_once(' ').unwrap();
        let mut path = path.to_owned();
        let mut query = String::new();
        for (name, value) in parameters {
            let place = format!("{{{name}}}");
            let rest = format!("{{*{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, &encode(value));
            } else if path.contains(&rest) {
                // What stands for several segments keeps its slashes.
                path = path.replace(&rest, &encode(value).replace("%2F", "/"));
            } else {
                let sign = if query.is_empty() { '?' } else { '&' };
                query = format!("{query}{sign}{}={}", encode(name), encode(value));
            }
        }
        assert!(!path.contains('{'), "a parameter is missing: {path}");
        let request = Request::new(method, &format!("{path}{query}"));
        match &self.token {
            None => request,
            Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        }
    }

    /// Somebody of a realm who holds these roles of its `realm-management`, and no other.
    pub(crate) async fn as_user(&self, realm: &str, roles: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let username = format!("somebody-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let name = RealmName::parse(realm).unwrap();
        let mut tx = self.server.outage.write().await.unwrap();
        let row = tx.realm_by_name(&name).await.unwrap().unwrap();
        let client = tx
            .client_by_client_id(row.id, "realm-management")
            .await
            .unwrap()
            .unwrap();
        let known = tx.roles(row.id).await.unwrap();
        let user = insert_user(&mut *tx, &row, &username).await;
        for wanted in roles {
            let role = known
                .iter()
                .find(|role| role.client == Some(client.id) && role.name == *wanted)
                .unwrap_or_else(|| panic!("no role {wanted}"));
            tx.assign_role(user, role.id).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            token: Some(log_in(&self.server, realm, &username).await),
            user: Some(user),
            server: Arc::clone(&self.server),
        }
    }

    /// Nobody.
    pub(crate) fn anonymous(&self) -> Self {
        self.with_token(None)
    }

    /// Whoever holds this token.
    pub(crate) fn with_token(&self, token: Option<String>) -> Self {
        Self {
            server: Arc::clone(&self.server),
            token,
            user: None,
        }
    }

    /// Asserts that a request is refused whoever lacks the right: without a token, and with every other admin role.
    pub(crate) async fn assert_guarded(
        &self,
        realm: &str,
        route: &str,
        parameters: &[(&str, &str)],
        body: Option<Value>,
    ) {
        let reply = self.anonymous().send(route, parameters, body.clone()).await;
        assert_eq!(
            (reply.status, reply.body),
            (401, json!({ "error": "HTTP 401 Unauthorized" })),
            "{route}"
        );
        let nobody = self.as_user(realm, &[]).await;
        let reply = nobody.send(route, parameters, body).await;
        assert_eq!(
            (reply.status, reply.body),
            (403, json!({ "error": "HTTP 403 Forbidden" })),
            "{route}"
        );
    }
}

impl Reply {
    fn of(response: &Response) -> Self {
        Self {
            status: response.status,
            headers: response.headers.clone(),
            body: serde_json::from_slice(&response.body).unwrap_or_default(),
            text: String::from_utf8_lossy(&response.body).into_owned(),
        }
    }

    /// The only header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice: {self:?}");
        value
    }

    /// What was made: 201, nothing in the body, and the last segment of `Location`.
    #[track_caller]
    pub(crate) fn created(&self) -> String {
        assert_eq!((self.status, self.text.as_str()), (201, ""), "{self:?}");
        let location = self
            .header("location")
            .unwrap_or_else(|| panic!("no Location: {self:?}"));
        location.rsplit('/').next().unwrap().to_owned()
    }

    /// Status and body, whole.
    #[track_caller]
    pub(crate) fn assert(&self, status: u16, body: &Value) {
        assert_eq!((self.status, &self.body), (status, body), "{}", self.text);
    }

    /// 204 without a body.
    #[track_caller]
    pub(crate) fn assert_done(&self) {
        assert_eq!((self.status, self.text.as_str()), (204, ""), "{self:?}");
    }
}

/// The keys of a realm take a while to make: one set serves every test.
async fn master_realm() -> &'static NewRealm {
    static MASTER: OnceCell<NewRealm> = OnceCell::const_new();
    let prepare = async || {
        let name = RealmName::parse("master").unwrap();
        create::prepare(&SEALER, name, RealmSettings::default(), NOW)
            .await
            .unwrap()
    };
    MASTER.get_or_init(prepare).await
}

async fn insert_user(tx: &mut dyn Tx, realm: &Realm, username: &str) -> UserId {
    static PHC: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD, &[5; 16]).unwrap());
    let user = User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        username: username.into(),
        enabled: true,
        service_account_of: None,
        required_actions: Vec::new(),
        created_at: NOW,
        not_before: Timestamp::default(),
        profile: Profile::default(),
    };
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: PHC.clone(),
        created_at: NOW,
        label: String::new(),
    };
    tx.insert_user(&user).await.unwrap();
    tx.set_password(&credential).await.unwrap();
    user.id
}

/// The access token that a password gives.
async fn log_in(server: &TestServer, realm: &str, username: &str) -> String {
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", username),
        ("password", PASSWORD),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(server).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.member("access_token")
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
fn encode(text: &str) -> String {
    crate::support::http::encode(text).replace('+', "%20")
}
