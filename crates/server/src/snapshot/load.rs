//! Reading a realm from the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::client::{self, Client, ClientSecret};
use keyward_domain::id::{RoleId, UserId};
use keyward_domain::key::{self, KeyRecord};
use keyward_domain::policy::claims::{self, PlanInput, Subject};
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName};
use keyward_domain::role::{self, Role};
use keyward_domain::scope::ClientScope;
use keyward_domain::user::User;
use keyward_jose::{HeaderSegment, Sealer, SigningKey, digest};

use super::{ClientEntry, Document, KeyEntry, LiveSecret, RealmSnapshot};

/// Reads a realm, opens its secrets and parses its keys.
pub(super) async fn load(
    tx: &mut dyn Tx,
    name: &RealmName,
    base_url: &str,
    sealer: &Sealer,
) -> Result<Option<RealmSnapshot>, Fault> {
    let Some(realm) = tx.realm_by_name(name).await? else {
        return Ok(None);
    };
    let scopes: BTreeMap<String, ClientScope> = tx
        .scopes(realm.id)
        .await?
        .into_iter()
        .map(|scope| (scope.name.clone(), scope))
        .collect();
    let clients = clients(tx, &realm, &scopes, sealer).await?;
    let keys = tx
        .keys(realm.id)
        .await?
        .iter()
        .filter_map(|record| usable(key_entry(record, sealer)))
        .collect::<Vec<_>>();
    let issuer = format!("{base_url}/realms/{}", realm.name);
    Ok(Some(RealmSnapshot {
        jwks: Document::new(crate::jwks::document(&keys)?),
        metadata: Document::new(crate::metadata::document(&issuer, &scopes)?),
        realm,
        issuer,
        clients,
        scopes,
        keys,
    }))
}

async fn clients(
    tx: &mut dyn Tx,
    realm: &Realm,
    scopes: &BTreeMap<String, ClientScope>,
    sealer: &Sealer,
) -> Result<HashMap<String, ClientEntry>, Fault> {
    let rows = tx.clients(realm.id).await?;
    let names: BTreeMap<_, _> = rows
        .iter()
        .map(|client| (client.id, client.client_id.clone()))
        .collect();
    let roles = RoleBook::read(tx, realm).await?;
    let mut accounts: HashMap<_, User> = HashMap::new();
    for user in tx.service_accounts(realm.id).await? {
        accounts.extend(user.service_account_of.map(|client| (client, user)));
    }
    let mut secrets: HashMap<_, Vec<LiveSecret>> = HashMap::new();
    for secret in tx.client_secrets(realm.id).await? {
        secrets
            .entry(secret.client)
            .or_default()
            .extend(usable(open(realm, &secret, sealer)));
    }
    let mut entries = HashMap::with_capacity(rows.len());
    for client in rows {
        let subject = accounts.remove(&client.id).map(|user| roles.subject(user, &names));
        let mut entry = ClientEntry {
            secrets: secrets.remove(&client.id).unwrap_or_default(),
            service_account: subject,
            default_plan: None,
            client,
        };
        entry.default_plan = default_plan(&entry, scopes);
        entries.insert(entry.client.client_id.clone(), entry);
    }
    Ok(entries)
}

fn default_plan(entry: &ClientEntry, scopes: &BTreeMap<String, ClientScope>) -> Option<Arc<claims::AccessTokenPlan>> {
    let subject = entry.service_account.as_ref()?;
    let granted: Vec<&str> = entry
        .client
        .settings
        .default_scopes
        .iter()
        .map(String::as_str)
        .collect();
    Some(Arc::new(claims::access_token(plan_input(
        &entry.client,
        subject,
        &granted,
        scopes,
    ))))
}

/// What the plan of a client's token is made from.
pub(crate) fn plan_input<'a>(
    client: &'a Client,
    subject: &'a Subject,
    granted: &'a [&'a str],
    scopes: &'a BTreeMap<String, ClientScope>,
) -> PlanInput<'a> {
    PlanInput {
        client_id: &client.client_id,
        web_origins: &client.settings.web_origins,
        client_mappers: &client.settings.mappers,
        granted,
        scopes,
        subject,
    }
}

/// One damaged secret or key must not take its realm down: it is reported, and left out.
fn usable<T>(opened: Result<T, Fault>) -> Option<T> {
    opened.inspect_err(|fault| tracing::error!("left out: {fault}")).ok()
}

fn open(realm: &Realm, secret: &ClientSecret, sealer: &Sealer) -> Result<LiveSecret, Fault> {
    let plain = sealer
        .open(&client::secret_binding(realm.id, secret.id), &secret.sealed)
        .map_err(|error| Fault::Crypto(format!("client secret {}: {error}", secret.id)))?;
    Ok(LiveSecret {
        digest: digest::sha256(&plain),
        expires_at: secret.expires_at,
    })
}

fn key_entry(record: &KeyRecord, sealer: &Sealer) -> Result<KeyEntry, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("signing key {}: {error}", record.kid));
    let pkcs8 = sealer
        .open(&key::binding(record.realm, &record.kid), &record.sealed)
        .map_err(|error| failed(&error))?;
    let key = SigningKey::from_pkcs8(record.algorithm.key_type(), &pkcs8).map_err(|error| failed(&error))?;
    let headers = ["JWT", "at+jwt"]
        .map(|typ| (typ, HeaderSegment::new(record.algorithm, key.kid(), typ)))
        .to_vec();
    Ok(KeyEntry {
        key,
        algorithm: record.algorithm,
        active_from: record.active_from,
        headers,
    })
}

/// The roles of a realm and who of its service accounts holds them.
struct RoleBook {
    roles: BTreeMap<RoleId, Role>,
    composites: BTreeMap<RoleId, Vec<RoleId>>,
    assigned: BTreeMap<UserId, Vec<RoleId>>,
}

impl RoleBook {
    async fn read(tx: &mut dyn Tx, realm: &Realm) -> Result<Self, Fault> {
        let roles = tx
            .roles(realm.id)
            .await?
            .into_iter()
            .map(|role| (role.id, role))
            .collect();
        let mut composites: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (composite, contained) in tx.composites(realm.id).await? {
            composites.entry(composite).or_default().push(contained);
        }
        let mut assigned: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (user, role) in tx.service_account_roles(realm.id).await? {
            assigned.entry(user).or_default().push(role);
        }
        Ok(Self {
            roles,
            composites,
            assigned,
        })
    }

    fn subject(&self, user: User, names: &BTreeMap<keyward_domain::id::ClientUuid, String>) -> Subject {
        let direct = self.assigned.get(&user.id).map_or(&[][..], Vec::as_slice);
        let mut subject = Subject {
            user,
            realm_roles: Vec::new(),
            client_roles: BTreeMap::new(),
        };
        for role in role::effective(direct, &self.composites)
            .iter()
            .filter_map(|id| self.roles.get(id))
        {
            match role.client.and_then(|client| names.get(&client)) {
                None => subject.realm_roles.push(role.name.clone()),
                Some(client) => subject
                    .client_roles
                    .entry(client.clone())
                    .or_default()
                    .push(role.name.clone()),
            }
        }
        subject.realm_roles.sort();
        subject.client_roles.values_mut().for_each(|roles| roles.sort());
        subject
    }
}
