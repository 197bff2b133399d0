//! Clients, as tests need them, and what they do most.

use std::ops::AsyncFnOnce;

use keyward_domain::client::spec::ClientSpec;
use keyward_domain::client::{self, Client, ClientSecret, ClientSettings};
use keyward_domain::id::{ClientSecretId, MapperId, ScopeId};
use keyward_domain::ports::changes::Change;
use keyward_domain::ports::{Store as _, Tx};
use keyward_domain::realm::Realm;
use keyward_domain::scope::{ClientScope, ProtocolMapper, ScopeSettings, defaults};
use keyward_domain::{Clock as _, entropy};
use keyward_server::{SystemEntropy, admin};
use keyward_testkit::builders;

use super::{INTROSPECT, Node, REVOKE, Request, Response, SEALER, TOKEN, TestServer};

/// What a client knows of itself.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

impl Credentials {
    pub(crate) fn new(client_id: &str, secret: &str) -> Self {
        Self {
            client_id: client_id.into(),
            secret: secret.into(),
        }
    }

    pub(crate) fn nobody() -> Self {
        Self::new("", "")
    }
}

/// Settings of a service with tokens for `backend-api`.
pub(crate) fn service() -> ClientSettings {
    ClientSettings {
        service_account: true,
        default_scopes: defaults::DEFAULT.map(str::to_owned).to_vec(),
        optional_scopes: defaults::OPTIONAL
            .into_iter()
            .chain(["orders:read", "orders:create"])
            .map(str::to_owned)
            .collect(),
        mappers: for_the_api(),
        ..ClientSettings::default()
    }
}

/// Settings of an API: it gets no tokens.
pub(crate) fn api() -> ClientSettings {
    ClientSettings::default()
}

/// Makes `backend-api` the audience.
pub(crate) fn for_the_api() -> Vec<ProtocolMapper> {
    vec![audience("backend-api")]
}

/// A mapper that adds an audience.
pub(crate) fn audience(name: &str) -> ProtocolMapper {
    ProtocolMapper::audience(MapperId(entropy::uuid(&mut SystemEntropy)), name, name)
}

/// A mapper whose claim goes into every token and every answer about one.
pub(crate) fn mapper(name: &str, kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
    let everywhere = [
        ("access.token.claim", "true"),
        ("id.token.claim", "true"),
        ("userinfo.token.claim", "true"),
        ("introspection.token.claim", "true"),
    ];
    let id = MapperId(entropy::uuid(&mut SystemEntropy));
    ProtocolMapper::new(id, name, kind, &[config, &everywhere].concat())
}

/// A mapper that writes the user name into a claim.
pub(crate) fn username(claim: &str) -> ProtocolMapper {
    let config = [("user.attribute", "username"), ("claim.name", claim)];
    mapper(claim, "oidc-usermodel-property-mapper", &config)
}

/// The scopes of the API.
pub(crate) async fn permissions(tx: &mut dyn Tx, realm: &Realm) {
    for name in ["orders:read", "orders:create"] {
        let scope = ClientScope {
            id: ScopeId(entropy::uuid(&mut SystemEntropy)),
            realm: realm.id,
            name: name.into(),
            settings: ScopeSettings::default(),
        };
        tx.insert_scope(&scope).await.unwrap();
    }
}

impl TestServer {
    /// A client, made as an administrator makes it.
    pub(crate) async fn create_in(&self, realm: &Realm, client_id: &str, settings: ClientSettings) -> Credentials {
        let spec = ClientSpec::parse(client_id, settings, &realm.settings).unwrap();
        let mut tx = self.outage.write().await.unwrap();
        let created = admin::clients::create::create(&mut *tx, realm, spec, &SEALER, self.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.follow().await;
        let secret = created.secret.map(|secret| secret.expose().to_owned());
        Credentials::new(client_id, &secret.unwrap_or_default())
    }

    /// A client whose names no administrator could choose: written into the store, with its service account.
    pub(crate) async fn insert(&self, client_id: &str, secret: &str, settings: ClientSettings) -> Credentials {
        let client = Client {
            settings,
            ..builders::client(&self.realm, client_id)
        };
        self.change(async |tx| {
            tx.insert_client(&client).await.unwrap();
            tx.insert_client_secret(&self.seal(&client, secret)).await.unwrap();
            if client.settings.service_account {
                tx.insert_user(&builders::service_account(&self.realm, &client))
                    .await
                    .unwrap();
            }
        })
        .await;
        Credentials::new(client_id, secret)
    }

    fn seal(&self, client: &Client, secret: &str) -> ClientSecret {
        let id = ClientSecretId(entropy::uuid(&mut SystemEntropy));
        let binding = client::secret_binding(self.realm.id, id);
        ClientSecret {
            id,
            client: client.id,
            sealed: SEALER.seal(&binding, secret.as_bytes(), [3; 12]).unwrap(),
            created_at: self.clock.now(),
            expires_at: None,
        }
    }

    /// Changes the realm `demo` in one transaction, and lets the node read it.
    pub(crate) async fn change(&self, change: impl AsyncFnOnce(&mut dyn Tx)) {
        let mut tx = self.outage.write().await.unwrap();
        change(&mut *tx).await;
        let until = self.clock.now().plus_secs(3600);
        tx.append_change(self.realm.id, &Change::RealmChanged, until)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.follow().await;
    }

    /// Changes a client of the realm `demo`.
    pub(crate) async fn edit(&self, client: &Credentials, edit: impl FnOnce(&mut Client)) {
        self.change(async |tx| {
            let found = tx.client_by_client_id(self.realm.id, &client.client_id).await.unwrap();
            let mut found = found.unwrap();
            edit(&mut found);
            assert!(tx.update_client(&found).await.unwrap());
        })
        .await;
    }

    /// Changes the realm's row.
    pub(crate) async fn edit_realm(&self, edit: impl FnOnce(&mut Realm)) {
        let mut realm = self.realm.clone();
        edit(&mut realm);
        self.change(async |tx| assert!(tx.update_realm(&realm).await.unwrap()))
            .await;
    }
}

impl Node {
    /// A client credentials request with Basic.
    pub(crate) async fn token(&self, client: &Credentials, more: &[(&str, &str)]) -> Response {
        let form = [&[("grant_type", "client_credentials")], more].concat();
        Request::post(TOKEN).basic(client).form(&form).send(self).await
    }

    /// A token, which must be given.
    pub(crate) async fn access_token(&self, client: &Credentials) -> String {
        let answer = self.token(client, &[]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.member("access_token")
    }

    /// Asks about a token.
    pub(crate) async fn introspect(&self, caller: &Credentials, token: &str) -> Response {
        let form = [("token", token)];
        Request::post(INTROSPECT).basic(caller).form(&form).send(self).await
    }

    /// Whether a token is active, as its API learns it. An answer of `false` must say nothing more.
    pub(crate) async fn is_active(&self, caller: &Credentials, token: &str) -> bool {
        let answer = self.introspect(caller, token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let active = answer.json()["active"].as_bool().unwrap();
        assert!(active || answer.text() == r#"{"active":false}"#, "{answer:?}");
        active
    }

    /// Revokes a token.
    pub(crate) async fn revoke(&self, caller: &Credentials, token: &str) -> Response {
        let form = [("token", token)];
        Request::post(REVOKE).basic(caller).form(&form).send(self).await
    }
}
