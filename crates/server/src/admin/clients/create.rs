//! Creating a client, with its secret and its service account.

use keyward_domain::client::spec::ClientSpec;
use keyward_domain::client::{Client, ClientType};
use keyward_domain::event::What;
use keyward_domain::id::{ClientUuid, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use super::seal;
use crate::admin::note;
use crate::http::entropy::SystemEntropy;

/// A client and the secret that is shown once.
pub struct Created {
    /// The client.
    pub client: Client,
    /// Its secret; none when it is public.
    pub secret: Option<Secret>,
}

/// Writes a client. `Fault::Exists` when its `client_id` is taken.
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
    tx.insert_client(&client).await?;
    let secret = match client.settings.client_type {
        ClientType::Public => None,
        ClientType::Confidential => {
            let secret = entropy::secret(&mut SystemEntropy);
            tx.insert_client_secret(&seal(sealer, realm, client.id, &secret, now)?)
                .await?;
            Some(secret)
        }
    };
    if client.settings.service_account {
        tx.insert_user(&service_account(realm, &client, now)).await?;
    }
    let what = What::ClientCreated {
        client: client.client_id.clone(),
        id: client.id,
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok(Created { client, secret })
}

fn service_account(realm: &Realm, client: &Client, now: Timestamp) -> User {
    User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        username: User::service_account_username(&client.client_id),
        enabled: true,
        service_account_of: Some(client.id),
        required_actions: Vec::new(),
        created_at: now,
        profile: Profile::default(),
    }
}
