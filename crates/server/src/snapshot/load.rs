//! Reading a realm from the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyward_client::jwks::{JwksCache, KeySet};
use keyward_domain::Fault;
use keyward_domain::client::{self, Client, ClientSecret};
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::policy::claims::{self, TokenPlan};
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName};
use keyward_domain::role::{RoleBook, RoleLimit};
use keyward_domain::scope::{Mapper, ScopeEntry};
use keyward_domain::user::User;
use keyward_guard::in_house::{self, TokenMemory};
use keyward_jose::hmac::HmacKey;
use keyward_jose::jws::KeyedHeader;
use keyward_jose::{HeaderSegment, Jwk, Sealer, SigningKey, digest};

use super::{
    Account, ClientEntry, Clients, Document, Given, HmacEntry, KeyEntry, LiveSecret, RealmSnapshot, plan_input, roles,
};
use crate::jwks;
use crate::user_events::Recorded;

/// Counts the states that were read, of whatever realm.
static GENERATION: AtomicUsize = AtomicUsize::new(1);

/// Reads a realm, opens its secrets and parses its keys. What `before` has of the same keys is taken over: to parse them
/// takes longer than all else, and the guard remembers whose tokens it has verified.
pub(super) async fn load(
    tx: &mut dyn Tx,
    name: &RealmName,
    (base_url, sealer, tokens): (&str, &Sealer, &TokenMemory),
    before: Option<&RealmSnapshot>,
) -> Result<Option<RealmSnapshot>, Fault> {
    // First of all: what changes while the rows are read has a later place.
    let as_of = tx.last_change().await?;
    let Some(realm) = tx.realm_by_name(name).await? else {
        return Ok(None);
    };
    let rows = tx.clients(realm.id).await?;
    let roles = roles::read(tx, realm.id, &rows).await?;
    let scopes: BTreeMap<String, ScopeEntry> = tx
        .scopes(realm.id)
        .await?
        .into_iter()
        .map(|scope| (scope.name.clone(), ScopeEntry::new(scope, &roles)))
        .collect();
    let clients = clients(tx, &realm, rows, &roles, &scopes, sealer).await?;
    let hmac_keys = tx
        .hmac_keys(realm.id)
        .await?
        .iter()
        .filter_map(|record| usable(hmac_entry(record, sealer)))
        .collect::<Vec<_>>();
    let key_rows: Arc<[KeyRecord]> = tx.keys(realm.id).await?.into();
    let issuer = format!("{base_url}/realms/{}", realm.name);
    let same = before.filter(|before| before.key_rows == key_rows && before.issuer == issuer);
    let (keys, jwks, guard) = if let Some(before) = same {
        (Arc::clone(&before.keys), before.jwks.clone(), Arc::clone(&before.guard))
    } else {
        let keys: Arc<[KeyEntry]> = key_rows
            .iter()
            .filter_map(|record| usable(key_entry(record, sealer)))
            .collect();
        let jwks = Document::new(jwks::document(&keys)?);
        let guard = Arc::new(guard(&issuer, &keys, tokens));
        (keys, jwks, guard)
    };
    Ok(Some(RealmSnapshot {
        as_of,
        generation: next_generation(),
        jwks,
        metadata: Document::new(crate::metadata::document(&issuer, &scopes)?),
        guard,
        key_rows,
        recorded: Recorded::of(&realm.settings),
        realm,
        issuer,
        clients,
        scopes: Arc::new(scopes),
        roles,
        keys,
        hmac_keys: hmac_keys.into(),
    }))
}

/// A number that no state of a realm had yet.
pub(super) fn next_generation() -> usize {
    GENERATION.fetch_add(1, Ordering::Relaxed)
}

/// The realm's own keys from memory: those of this state, so that a key which goes takes its tokens with it.
fn guard(issuer: &str, keys: &[KeyEntry], tokens: &TokenMemory) -> in_house::Guard {
    let public: Vec<Jwk> = jwks::public(keys).collect();
    in_house::Guard::new(issuer, JwksCache::fixed(KeySet::new(&public)), tokens)
}

async fn clients(
    tx: &mut dyn Tx,
    realm: &Realm,
    rows: Vec<Client>,
    roles: &RoleBook,
    scopes: &BTreeMap<String, ScopeEntry>,
    sealer: &Sealer,
) -> Result<Clients, Fault> {
    let mut assigned: HashMap<_, Vec<_>> = HashMap::new();
    for (user, role) in tx.service_account_roles(realm.id).await? {
        assigned.entry(user).or_default().push(role);
    }
    let mut joined: HashMap<_, Vec<_>> = HashMap::new();
    for (user, group) in tx.service_account_groups(realm.id).await? {
        joined.entry(user).or_default().push(group);
    }
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
    let entries = rows.into_iter().map(|client| {
        let account = accounts.remove(&client.id).map(|user| Account {
            given: Given {
                roles: assigned.remove(&user.id).unwrap_or_default(),
                groups: joined.remove(&user.id).unwrap_or_default(),
            },
            user,
        });
        let secrets = secrets.remove(&client.id).unwrap_or_default();
        entry(client, secrets, account, roles, scopes)
    });
    Ok(entries.collect())
}

/// A client whose rows were read or written.
pub(super) fn entry(
    client: Client,
    secrets: Vec<LiveSecret>,
    account: Option<Account>,
    roles: &RoleBook,
    scopes: &BTreeMap<String, ScopeEntry>,
) -> ClientEntry {
    let (service_account, given) = match account {
        Some(Account { user, given }) => {
            let subject = Arc::new(roles.subject(user, &given.roles, &given.groups));
            (Some(subject), given)
        }
        None => (None, Given::default()),
    };
    let mut entry = ClientEntry {
        secrets,
        service_account,
        given,
        mappers: Mapper::parse_all(&client.settings.mappers),
        limit: RoleLimit::new(&client, roles),
        default_plan: None,
        client,
    };
    entry.default_plan = default_plan(&entry, scopes, roles);
    entry
}

pub(super) fn default_plan(
    entry: &ClientEntry,
    scopes: &BTreeMap<String, ScopeEntry>,
    roles: &RoleBook,
) -> Option<Arc<TokenPlan>> {
    let subject = entry.service_account.as_ref()?;
    let granted = &entry.client.settings.default_scopes;
    let granted: Vec<&str> = granted.iter().map(String::as_str).collect();
    let input = plan_input(entry, subject, &granted, scopes, roles);
    Some(Arc::new(claims::access_token(input)))
}

fn hmac_entry(record: &HmacKeyRecord, sealer: &Sealer) -> Result<HmacEntry, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("HMAC key {}: {error}", record.kid));
    let bytes = sealer
        .open(&key::hmac_binding(record.realm, &record.kid), &record.sealed)
        .map_err(|error| failed(&error))?;
    Ok(HmacEntry {
        key: HmacKey::new(&bytes).map_err(|error| failed(&error))?,
        header: KeyedHeader::new(&record.kid, Some("JWT")),
    })
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
    // A key that came from another server keeps the name that its tokens know it by.
    let key = key.with_kid(record.kid.clone());
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
