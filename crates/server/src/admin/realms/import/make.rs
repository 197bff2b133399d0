//! From a plan to a realm: keys that are missing are made, passwords in the clear are hashed, and all is written.

use futures_util::future::try_join_all;
use keyward_domain::ports::Store;
use keyward_domain::realm::{Realm, RealmName};
use keyward_domain::secret::Secret;
use keyward_domain::{Entropy as _, Fault, Timestamp};
use keyward_jose::{Sealer, password};

use super::file::RealmFile;
use super::plan::{self, Ground, Plan};
use super::problem::Problems;
use super::report::Report;
use crate::admin::keys::{self, KeyStock};
use crate::admin::realms::create;
use crate::admin::realms::master::{Admitted, Master};
use crate::admin::rest::rights::MASTER;
use crate::http::entropy::SystemEntropy;

/// Passwords hashed at the same time: each takes a core and some megabytes.
const HASHED_AT_ONCE: usize = 4;

/// Where a realm is imported.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Where the server is: relative addresses of clients begin there.
    pub public_url: &'a str,
    /// Seals secrets.
    pub sealer: &'a Sealer,
    /// When.
    pub now: Timestamp,
}

/// A realm that came in.
#[derive(Debug)]
pub struct Imported {
    /// Its row.
    pub realm: Realm,
    /// What should be known.
    pub report: Report,
}

/// Why a realm did not come in. Nothing of it is there then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not what it should be.
    #[error("{0}")]
    Problems(Problems),
    /// There is a realm of this name.
    #[error("Realm {0} already exists")]
    Exists(RealmName),
    /// A row has the id of another realm's.
    #[error(
        "something in the realm has the id of something in another one. Ids count on the whole server: take the members id out, and new ones are made"
    )]
    Duplicate,
    /// Master is made at the first start.
    #[error("the realm master cannot be imported: it is there already")]
    Master,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Imports a realm in a transaction of its own.
pub async fn import(store: &dyn Store, file: RealmFile<'_>, source: Source<'_>) -> Result<Imported, ImportError> {
    is_new(store, &file).await?;
    let plan = prepare(file, source, &KeyStock::default()).await?;
    let mut tx = store.write().await?;
    let master = Master::read(&mut *tx).await?;
    insert(&mut *tx, &plan, master.as_ref(), source.now).await?;
    tx.commit().await?;
    let Plan { rows, report, .. } = plan;
    Ok(Imported {
        realm: rows.realm,
        report,
    })
}

/// Whether its name is free, before keys are made and passwords hashed: a server that starts skips most of its files.
async fn is_new(store: &dyn Store, file: &RealmFile<'_>) -> Result<(), ImportError> {
    let name = file.name().and_then(|name| RealmName::parse(&name).ok());
    let Some(name) = name else {
        return Ok(());
    };
    let mut tx = store.read().await?;
    match tx.realm_by_name(&name).await? {
        Some(_) => Err(ImportError::Exists(name)),
        None => Ok(()),
    }
}

/// Reads a realm and makes what takes a while, outside a transaction.
pub(crate) async fn prepare(file: RealmFile<'_>, source: Source<'_>, stock: &KeyStock) -> Result<Plan, ImportError> {
    let ground = Ground {
        server: source.public_url,
        sealer: source.sealer,
        now: source.now,
    };
    let mut plan = plan::whole(file, ground).map_err(ImportError::Problems)?;
    let realm = plan.rows.realm.id;
    if plan.rows.realm.name.as_str() == MASTER {
        return Err(ImportError::Master);
    }
    let now = source.now;
    let keyless = plan.keyless.iter();
    let made = keyless.map(|algorithm| keys::from_stock(stock, source.sealer, realm, *algorithm, (now, now)));
    let made = try_join_all(made).await?;
    plan.rows.keys.extend(made);
    if plan.rows.hmac_keys.is_empty() {
        plan.rows.hmac_keys = vec![keys::generate_hmac(source.sealer, realm, now)?];
    }
    hash(&mut plan).await?;
    Ok(plan)
}

/// Hashes the passwords that came in the clear, a few at a time.
pub(crate) async fn hash(plan: &mut Plan) -> Result<(), Fault> {
    let clear = std::mem::take(&mut plan.clear);
    for some in clear.chunks(HASHED_AT_ONCE) {
        let hashed = try_join_all(some.iter().map(|(_, password)| hash_one(password.clone()))).await?;
        for ((user, _), phc) in some.iter().zip(hashed) {
            let rows = plan.rows.users.get_mut(*user);
            if let Some(password) = rows.and_then(|rows| rows.password.as_mut()) {
                password.phc = phc;
            }
        }
    }
    Ok(())
}

async fn hash_one(password: Secret) -> Result<String, Fault> {
    let mut salt = [0; 16];
    SystemEntropy.fill(&mut salt);
    let hashed = tokio::task::spawn_blocking(move || password::hash(password.expose(), &salt)).await;
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(error.to_string());
    hashed.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// Writes a plan with the events of its making. Returns what `master` got.
pub(crate) async fn insert(
    tx: &mut dyn keyward_domain::ports::Tx,
    plan: &Plan,
    master: Option<&Master>,
    now: Timestamp,
) -> Result<Option<Admitted>, ImportError> {
    let name = &plan.rows.realm.name;
    if tx.realm_by_name(name).await?.is_some() {
        return Err(ImportError::Exists(name.clone()));
    }
    match create::insert(tx, &plan.rows, master, now).await {
        Err(Fault::Exists(_)) => Err(ImportError::Duplicate),
        inserted => Ok(inserted?),
    }
}
