//! The first start: the realm `master` and the first administrator.

use keyward_domain::ports::Tx;
use keyward_domain::ports::users::UserQuery;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::secret::Secret;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Clock as _, Fault, Timestamp};
use keyward_server::admin::realms::{create, master};
use keyward_server::admin::users;
use keyward_server::admin::users::create::NewUser;
use keyward_server::admin::users::spec::UserSpec;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Opened;

/// The realm whose administrators may administer every realm.
pub(crate) const MASTER: &str = "master";

/// Makes the realm `master` where it is missing, and the first administrator as soon as the environment names one. Of
/// many nodes that start together the first one wins.
pub(crate) async fn master(opened: &Opened) -> Result<(), Failure> {
    let realm = ensure(opened).await?;
    if has_user(&mut *opened.store.read().await?, &realm).await? {
        if FIRST_ADMIN.as_flattened().iter().any(|name| variable(name).is_some()) {
            tracing::info!("realm master has a user: the bootstrap administrator of the environment is not made again");
        }
        return Ok(());
    }
    let Some((username, password)) = first_admin()? else {
        tracing::warn!(
            "realm master has no administrator: make one with keyward admin create, or start once with \
             KEYWARD_BOOTSTRAP_ADMIN_USERNAME and KEYWARD_BOOTSTRAP_ADMIN_PASSWORD set"
        );
        return Ok(());
    };
    let admin = users::create::prepare(&username, Profile::default(), &password).await?;
    let mut tx = opened.store.write().await?;
    if has_user(&mut *tx, &realm).await? {
        return Ok(());
    }
    match administrator(&mut *tx, &realm, &admin, SystemClock.now()).await {
        Ok(_) => Ok(tx.commit().await?),
        // Another node was faster.
        Err(Fault::Exists(_)) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

/// The realm `master`, made if it is missing, and every realm with its administration.
pub(crate) async fn ensure(opened: &Opened) -> Result<Realm, Failure> {
    let name = RealmName::parse(MASTER).map_err(|error| Failure::new(error.to_string()))?;
    let now = SystemClock.now();
    if opened.store.read().await?.realm_by_name(&name).await?.is_none() {
        let new = create::prepare(&opened.sealer, name.clone(), RealmSettings::default(), now).await?;
        let mut tx = opened.store.write().await?;
        match create::create(&mut *tx, &new, now).await {
            Ok(_) => tx.commit().await?,
            // Another node was faster.
            Err(Fault::Exists(_)) => drop(tx),
            Err(fault) => return Err(fault.into()),
        }
    }
    if !master::is_complete(&mut *opened.store.read().await?).await? {
        let mut tx = opened.store.write().await?;
        master::complete(&mut *tx, now).await?;
        tx.commit().await?;
    }
    let realm = opened.store.read().await?.realm_by_name(&name).await?;
    realm.ok_or_else(|| Failure::new("there is no realm master"))
}

async fn has_user(tx: &mut dyn Tx, realm: &Realm) -> Result<bool, Fault> {
    Ok(tx.count_users(realm.id, &UserQuery::default()).await? > 0)
}

/// Makes somebody who may administer every realm.
pub(crate) async fn administrator(
    tx: &mut dyn Tx,
    master: &Realm,
    new: &NewUser,
    now: Timestamp,
) -> Result<(User, keyward_domain::credential::Credential), Fault> {
    let made = users::create::create(tx, master, new, now).await?;
    master::promote(tx, master, made.0.id).await?;
    Ok(made)
}

/// The variables that name the first administrator, and those of Keycloak.
const FIRST_ADMIN: [[&str; 2]; 2] = [
    ["KEYWARD_BOOTSTRAP_ADMIN_USERNAME", "KEYWARD_BOOTSTRAP_ADMIN_PASSWORD"],
    ["KC_BOOTSTRAP_ADMIN_USERNAME", "KC_BOOTSTRAP_ADMIN_PASSWORD"],
];

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first administrator, from the environment: our names, else Keycloak's.
pub(crate) fn first_admin() -> Result<Option<(String, Secret)>, Failure> {
    for [username_name, password_name] in FIRST_ADMIN {
        match (variable(username_name), variable(password_name)) {
            (username, Some(password)) => {
                let username = username.unwrap_or_else(|| "admin".into());
                UserSpec::parse(&username, Profile::default())
                    .map_err(|error| Failure::new(format!("{username_name} {username:?}: {error}")))?;
                return Ok(Some((username, Secret::new(password))));
            }
            (Some(_), None) => {
                return Err(Failure::new(format!(
                    "{username_name} is set, but {password_name} is not. Set both"
                )));
            }
            (None, None) => {}
        }
    }
    Ok(None)
}
