use std::path::PathBuf;
use std::sync::Arc;

use keyward_domain::client::{
    AccessTokenSettings, Client, ClientSettings, ClientType, IdTokenContent, IdTokenSettings,
};
use keyward_domain::grant::TokenHash;
use keyward_domain::id::{ClientUuid, MapperId, SessionId, UserId};
use keyward_domain::ports::Store;
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::{Realm, RealmName};
use keyward_domain::scope::{ProtocolMapper, defaults};
use keyward_domain::session::Session;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Entropy, Timestamp, entropy};
use keyward_jose::{Algorithm, random};
use keyward_storage::Location;

use crate::application::{Application, CALLBACK};
use crate::{Failure, clock};

/// The rows of people and of their applications, written beside the running server: ten thousand logins by form
/// would hash for minutes.
pub(crate) struct People {
    store: Arc<dyn Store>,
    realm: Realm,
}

const HOUR_SECS: i64 = 60 * 60;

impl People {
    /// Opens the server's database.
    pub(crate) async fn open(database: PathBuf) -> Result<Self, Failure> {
        let store = keyward_storage::open(Location::Sqlite(database)).await?.store();
        let name = RealmName::parse("demo")?;
        let realm = store.read().await?.realm_by_name(&name).await?;
        Ok(Self {
            store,
            realm: realm.ok_or("no realm demo")?,
        })
    }

    /// Makes an application for each algorithm. The server learns of them a moment later.
    pub(crate) async fn applications(&self, algorithms: &[Algorithm]) -> Result<(), Failure> {
        let now = clock::wall();
        let mut tx = self.store.write().await?;
        for &algorithm in algorithms {
            tx.insert_client(&self.application(algorithm)).await?;
        }
        tx.append_change(self.realm.id, &Change::RealmChanged, now.plus_secs(HOUR_SECS))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Makes people who are logged in, each in a browser of their own. Returns what the browsers send as `Cookie`.
    pub(crate) async fn logged_in(&self, count: usize) -> Result<Vec<String>, Failure> {
        let now = clock::wall();
        let mut cookies = Vec::with_capacity(count);
        let mut tx = self.store.write().await?;
        for _ in 0..count {
            let user = self.person(now);
            let secret = entropy::secret(&mut SystemEntropy);
            let session = self.session(user.id, secret.expose(), now);
            tx.insert_user(&user).await?;
            tx.insert_session(&session).await?;
            cookies.push(format!("kw-session-demo={}.{}", session.id.0.simple(), secret.expose()));
        }
        tx.commit().await?;
        Ok(cookies)
    }

    fn application(&self, algorithm: Algorithm) -> Client {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
        Client {
            id: ClientUuid(entropy::uuid(&mut SystemEntropy)),
            realm: self.realm.id,
            client_id: Application::client_id(algorithm),
            enabled: true,
            not_before: Timestamp::from_secs(0),
            settings: ClientSettings {
                client_type: ClientType::Public,
                standard_flow: true,
                redirect_uris: vec![CALLBACK.into()],
                id_token: IdTokenSettings {
                    content: IdTokenContent::Mappers,
                    signature_algorithm: Some(algorithm),
                },
                access_token: AccessTokenSettings {
                    signature_algorithm: Some(algorithm),
                    ..AccessTokenSettings::default()
                },
                default_scopes: names(&defaults::DEFAULT),
                optional_scopes: names(&defaults::OPTIONAL),
                mappers: vec![ProtocolMapper::audience(
                    MapperId(entropy::uuid(&mut SystemEntropy)),
                    "audience backend-api",
                    "backend-api",
                )],
                ..ClientSettings::default()
            },
        }
    }

    fn person(&self, now: Timestamp) -> User {
        let id = entropy::uuid(&mut SystemEntropy);
        User {
            id: UserId(id),
            realm: self.realm.id,
            username: format!("person-{id}"),
            enabled: true,
            service_account_of: None,
            created_at: now,
            not_before: Timestamp::default(),
            required_actions: Vec::new(),
            profile: Profile {
                email: Some(format!("person-{id}@example.com")),
                email_verified: true,
                first_name: Some("Pat".into()),
                last_name: Some("Person".into()),
                ..Profile::default()
            },
        }
    }

    fn session(&self, user: UserId, secret: &str, now: Timestamp) -> Session {
        Session {
            id: SessionId(entropy::growing_uuid(now, &mut SystemEntropy)),
            realm: self.realm.id,
            user,
            cookie: Some(TokenHash::of(secret.as_bytes())),
            auth_time: now,
            address: "127.0.0.1".into(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
            started_at: now,
            seen_at: now,
            expires_at: now.plus_secs(10 * HOUR_SECS),
        }
    }
}

/// The system's random numbers.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        random::fill(bytes);
    }
}
