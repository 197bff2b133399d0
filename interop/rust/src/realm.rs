//! A realm of one test, with the crate `keycloak` to administer it.

use std::fmt::Debug;
use std::future::poll_fn;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use keycloak::prelude::reqwest::Client as Http;
use keycloak::types::{
    ClientRepresentation, CredentialRepresentation, GroupRepresentation, ProtocolMapperRepresentation,
    RealmRepresentation, RoleRepresentation, UserRepresentation,
};
use keycloak::{DefaultResponse, KeycloakAdmin, KeycloakAdminToken, KeycloakError, KeycloakRealmAdmin};
use serde_json::Value;

/// The password of everybody whom these tests make.
pub const PASSWORD: &str = "correct horse 1";

/// The realm.
pub struct Realm {
    pub name: String,
    pub admin: KeycloakAdmin,
    pub url: String,
    pub http: Http,
}

/// Runs a test in a realm of its own, which goes even when the test fails.
pub async fn in_realm(test: impl AsyncFnOnce(&Realm)) {
    let realm = Realm::create().await;
    let mut running = pin!(test(&realm));
    let ended = poll_fn(|cx| {
        let step = catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(cx)));
        step.map_or_else(|panic| Poll::Ready(Err(panic)), |step| step.map(Ok))
    });
    let ended = ended.await;
    let admin = KeycloakAdmin::new(
        &realm.url,
        admin_token(&realm.url, &realm.http).await,
        realm.http.clone(),
    );
    let gone = admin.realm_delete(&realm.name).await;
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
    gone.unwrap();
}

async fn admin_token(url: &str, http: &Http) -> KeycloakAdminToken {
    let [user, password] = ["USER", "PASSWORD"].map(|what| std::env::var(format!("KEYWARD_ADMIN_{what}")).unwrap());
    KeycloakAdminToken::acquire(url, &user, &password, http).await.unwrap()
}

impl Realm {
    async fn create() -> Self {
        let url = std::env::var("KEYWARD_ADMIN_URL").unwrap();
        let http = Http::new();
        let name = format!("rust-{:016x}", random());
        let admin = KeycloakAdmin::new(&url, admin_token(&url, &http).await, http.clone());
        let made = admin.post(RealmRepresentation {
            realm: Some(name.clone()),
            enabled: Some(true),
            ..RealmRepresentation::default()
        });
        assert_eq!(made.await.unwrap().to_id(), Some(name.as_str()));
        Self { name, admin, url, http }
    }

    /// What there is to call.
    pub fn at(&self) -> KeycloakRealmAdmin<'_, KeycloakAdminToken> {
        self.admin.realm(&self.name)
    }

    /// Makes a client; its id.
    pub async fn client(&self, client: ClientRepresentation) -> String {
        id(&self.at().clients_post(client).await.unwrap())
    }

    /// The client `app`, through which people log in.
    pub async fn app(&self) -> String {
        self.client(ClientRepresentation {
            client_id: Some("app".into()),
            public_client: Some(true),
            direct_access_grants_enabled: Some(true),
            ..ClientRepresentation::default()
        })
        .await
    }

    pub async fn user(&self, name: &str) -> String {
        let password = CredentialRepresentation {
            type_: Some("password".into()),
            value: Some(PASSWORD.into()),
            ..CredentialRepresentation::default()
        };
        let user = UserRepresentation {
            username: Some(name.into()),
            email: Some(format!("{name}@example.com")),
            first_name: Some(format!("First {name}")),
            last_name: Some("Last".into()),
            enabled: Some(true),
            credentials: Some(vec![password]),
            ..UserRepresentation::default()
        };
        id(&self.at().users_post(user).await.unwrap())
    }

    pub async fn role(&self, name: &str) -> RoleRepresentation {
        let role = RoleRepresentation {
            name: Some(name.into()),
            ..RoleRepresentation::default()
        };
        self.at().roles_post(role).await.unwrap();
        self.at().roles_with_role_name_get(name).await.unwrap()
    }

    pub async fn client_role(&self, client: &str, name: &str) -> RoleRepresentation {
        let role = RoleRepresentation {
            name: Some(name.into()),
            ..RoleRepresentation::default()
        };
        self.at()
            .clients_with_client_uuid_roles_post(client, role)
            .await
            .unwrap();
        let found = self
            .admin
            .realm_clients_with_client_uuid_roles_with_role_name_get(&self.name, client, name);
        found.await.unwrap()
    }

    pub async fn group(&self, name: &str) -> String {
        let group = GroupRepresentation {
            name: Some(name.into()),
            ..GroupRepresentation::default()
        };
        id(&self.at().groups_post(group).await.unwrap())
    }

    /// Logs somebody in through `app`.
    pub async fn login(&self, name: &str, password: &str) -> Result<KeycloakAdminToken, KeycloakError> {
        let (url, http) = (&self.url, &self.http);
        KeycloakAdminToken::acquire_custom_realm(url, name, password, &self.name, "app", "password", http).await
    }

    /// The claims of the access token of a login that asks for scopes.
    pub async fn claims_with(&self, name: &str, scope: &str) -> Value {
        let form = [
            ("grant_type", "password"),
            ("client_id", "app"),
            ("username", name),
            ("password", PASSWORD),
            ("scope", scope),
        ];
        let url = format!("{}/realms/{}/protocol/openid-connect/token", self.url, self.name);
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        let tokens: Value = answer.error_for_status().unwrap().json().await.unwrap();
        claims(tokens["access_token"].as_str().unwrap())
    }
}

/// Each hasher of the standard library has keys of its own.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The id of what was made, from its `Location`.
fn id(answer: &DefaultResponse) -> String {
    answer.to_id().expect("a Location").to_owned()
}

/// What a token says.
pub fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims
}

/// A mapper that puts one value into access tokens.
pub fn hardcoded_claim(claim: &str, value: &str) -> ProtocolMapperRepresentation {
    let config = [
        ("claim.name", claim),
        ("claim.value", value),
        ("jsonType.label", "String"),
        ("access.token.claim", "true"),
    ];
    ProtocolMapperRepresentation {
        name: Some(claim.into()),
        protocol: Some("openid-connect".into()),
        protocol_mapper: Some("oidc-hardcoded-claim-mapper".into()),
        config: Some(config.map(|(name, value)| (name.into(), value.into())).into()),
        ..ProtocolMapperRepresentation::default()
    }
}

/// The names of what was listed, in order.
pub fn strings<T>(items: &[T], name: impl Fn(&T) -> Option<&String>) -> Vec<&str> {
    let mut names: Vec<&str> = items.iter().filter_map(|item| name(item).map(String::as_str)).collect();
    names.sort_unstable();
    names
}

/// Asserts that the answer was this error, with these words in what the crate says of it.
pub fn refused<T: Debug>(answer: Result<T, KeycloakError>, expected: u16, words: &str) {
    let error = answer.expect_err("a refusal");
    assert!(error.to_string().contains(words), "{error}");
    let KeycloakError::HttpFailure { status, .. } = error else {
        panic!("no answer: {error}");
    };
    assert_eq!(status, expected, "{error}");
}
