//! Creating a client, with its secret and its service account.

use keyward_domain::client::spec::ClientSpec;
use keyward_domain::client::{Client, ClientType};
use keyward_domain::event::What;
use keyward_domain::id::ClientUuid;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::{Sealer, digest};

use super::policies::Policies;
use super::{find, protect, seal, secrets, service_account};
use crate::admin::keycloak::client::{ClientRepresentation, Described};
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::note;
use crate::admin::realms::import::derived;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;
use crate::snapshot::{Account, LiveSecret, NewClient};

/// The attribute that tells when the secret was made, in seconds; absent when somebody brought one of their own.
pub(super) const SECRET_MADE: &str = "client.secret.creation.time";

/// A client and the secret that is shown once.
pub struct Created {
    /// The client.
    pub client: Client,
    /// Its secret; none when it is public.
    pub secret: Option<Secret>,
    /// Its service account.
    pub(crate) account: Option<Account>,
}

/// Writes a client that a command describes. `Fault::Exists` when its `client_id` is taken.
pub async fn create(
    tx: &mut dyn Tx,
    realm: &Realm,
    spec: ClientSpec,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Created, Fault> {
    let (client_id, settings) = spec.into_parts();
    let client = Client {
        id: ClientUuid(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        client_id,
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings,
    };
    let created = insert(tx, realm, client, None, sealer, now).await?;
    let what = What::ClientCreated {
        client: created.client.client_id.clone(),
        id: created.client.id,
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok(created)
}

/// `POST …/clients`.
pub(super) async fn http(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut described: ClientRepresentation = call.representation()?;
    let realm = &call.realm()?.realm;
    let id = match described.id.take() {
        None => ClientUuid(entropy::uuid(&mut SystemEntropy)),
        // Keycloak keeps any text; here it becomes a UUID that is always the same for it.
        Some(id) => id
            .parse()
            .unwrap_or_else(|_| ClientUuid(derived("client", &format!("{}|{id}", realm.id)))),
    };
    let client_id = described.client_id.get_or_insert_with(|| id.to_string()).clone();
    protect::require_free_name(call, &client_id)?;
    if call.realm()?.clients.contains_key(&client_id) {
        return Err(exists(&client_id));
    }
    let own_secret = ShownSecret::sent(described.secret.take());
    let ground = find::ground(call)?;
    let mut tx = call.write().await?;
    let policies = Policies::read(&mut *tx, realm.id).await?;
    let described = policies.shape(described.of_somebody().with_defaults(&realm.settings))?;
    let Described {
        spec,
        enabled,
        not_before,
    } = described.read(&ground)?;
    let (client_id, mut settings) = spec.into_parts();
    find::require_bounds(realm, &settings)?;
    if settings.service_account {
        service_account::follow_with_scope(&mut settings, |name| ground.scopes.contains_key(name));
    }
    let is_made = settings.client_type == ClientType::Confidential && own_secret.is_none();
    if is_made {
        let made = call.cx.now.secs().to_string();
        settings.attributes.insert(SECRET_MADE.to_owned(), made);
    }
    let secret = own_secret.or_else(|| is_made.then(secrets::generate));
    let client = Client {
        id,
        realm: realm.id,
        client_id,
        enabled,
        not_before,
        settings,
    };
    let shown = serde_json::to_value(ClientRepresentation::of(&client, &ground).masked()).unwrap_or_default();
    let created = insert(&mut *tx, realm, client, secret, &call.app.sealer, call.cx.now).await;
    let Created {
        client,
        secret,
        account,
    } = created.map_err(|fault| match fault {
        Fault::Exists(_) => exists(&client_id_of(&shown)),
        fault => fault.into(),
    })?;
    let location = call.url(&client.id.to_string());
    let done = Done::new(Operation::Create, "CLIENT", format!("clients/{}", client.id)).with(shown);
    let secrets = secret.iter().map(|secret| LiveSecret {
        digest: digest::sha256(secret.expose().as_bytes()),
        expires_at: None,
    });
    let new = NewClient {
        secrets: secrets.collect(),
        client,
        account,
        roles: Vec::new(),
        composites: Vec::new(),
    };
    call.commit_client(tx, done, new).await?;
    Ok(Answer::created(&location))
}

fn client_id_of(shown: &serde_json::Value) -> String {
    shown
        .get("clientId")
        .and_then(|name| name.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn exists(client_id: &str) -> AdminError {
    AdminError::Conflict(format!("Client {client_id} already exists"))
}

/// Writes the rows of a client: its own, its secret, made if none was brought, and its service account.
pub(super) async fn insert(
    tx: &mut dyn Tx,
    realm: &Realm,
    client: Client,
    own_secret: Option<Secret>,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Created, Fault> {
    tx.insert_client(&client).await?;
    let secret = match client.settings.client_type {
        ClientType::Public => None,
        ClientType::Confidential => {
            let secret = own_secret.unwrap_or_else(|| entropy::secret(&mut SystemEntropy));
            tx.insert_client_secret(&seal(sealer, realm, client.id, &secret, now)?)
                .await?;
            Some(secret)
        }
    };
    let account = if client.settings.service_account {
        Some(service_account::make(tx, realm, &client, now).await?)
    } else {
        None
    };
    Ok(Created {
        client,
        secret,
        account,
    })
}
