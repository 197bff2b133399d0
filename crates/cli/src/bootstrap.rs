//! The first start: the realm `master` and the first administrator.

use keyward_domain::id::RoleId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::role::Role;
use keyward_domain::secret::Secret;
use keyward_domain::user::Profile;
use keyward_domain::{Clock as _, Fault, entropy};
use keyward_server::SystemEntropy;
use keyward_server::admin::users::spec::UserSpec;
use keyward_server::admin::{realms, users};

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Opened;

/// The role of `master` that allows everything.
const ADMIN: &str = "admin";

/// Under this name the database notes that there was a first administrator.
const BOOTSTRAPPED: &str = "bootstrapped_admin";

/// Makes the realm `master` at the first start, and the first administrator as soon as the environment names one.
/// Of many nodes that start together the first one wins.
pub(crate) async fn master(opened: &Opened) -> Result<(), Failure> {
    let name = RealmName::parse("master").map_err(|error| Failure::new(error.to_string()))?;
    let mut tx = opened.store.read().await?;
    let found = tx.realm_by_name(&name).await?;
    let bootstrapped = tx.fact(BOOTSTRAPPED).await?.is_some();
    drop(tx);
    if found.is_some() && bootstrapped {
        return Ok(());
    }
    let now = SystemClock.now();
    let admin = if let Some((username, password)) = first_admin()? {
        Some(users::create::prepare(&username, Profile::default(), &password).await?)
    } else {
        tracing::warn!(
            "realm master has no administrator: start once with KEYWARD_BOOTSTRAP_ADMIN_USERNAME and \
             KEYWARD_BOOTSTRAP_ADMIN_PASSWORD set"
        );
        None
    };
    let prepared = match found {
        Some(_) => None,
        None => Some(realms::create::prepare(&opened.sealer, name.clone(), RealmSettings::default(), now).await?),
    };
    let mut tx = opened.store.write().await?;
    let created = match prepared {
        None => Ok(()),
        Some(new) => match realms::create::create(&mut *tx, &new, now).await {
            Ok(realm) => admin_role(&mut *tx, &realm).await.map(|_| ()),
            Err(fault) => Err(fault),
        },
    };
    match created {
        // Another node was faster.
        Err(Fault::Exists(_)) => return Ok(()),
        created => created?,
    }
    if let (Some(admin), Some(master)) = (admin, tx.realm_by_name(&name).await?)
        && note_administrator(&mut *tx).await?
    {
        let (user, _) = users::create::create(&mut *tx, &master, &admin, now).await?;
        if let Some(role) = tx.roles(master.id).await?.into_iter().find(|role| role.name == ADMIN) {
            tx.assign_role(user.id, role.id).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The first administrator, from the environment.
pub(crate) fn first_admin() -> Result<Option<(String, Secret)>, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let username = variable("KEYWARD_BOOTSTRAP_ADMIN_USERNAME");
    match (username, variable("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD")) {
        (username, Some(password)) => {
            let username = username.unwrap_or_else(|| "admin".into());
            UserSpec::parse(&username, Profile::default())
                .map_err(|error| Failure::new(format!("KEYWARD_BOOTSTRAP_ADMIN_USERNAME {username:?}: {error}")))?;
            Ok(Some((username, Secret::new(password))))
        }
        (Some(_), None) => Err(Failure::new(
            "KEYWARD_BOOTSTRAP_ADMIN_USERNAME is set, but KEYWARD_BOOTSTRAP_ADMIN_PASSWORD is not. Set both",
        )),
        (None, None) => Ok(None),
    }
}

/// The role of `master` that allows everything.
pub(crate) async fn admin_role(tx: &mut dyn Tx, master: &Realm) -> Result<Role, Fault> {
    let role = Role {
        id: RoleId(entropy::uuid(&mut SystemEntropy)),
        realm: master.id,
        client: None,
        name: ADMIN.into(),
        description: "May administer every realm".into(),
    };
    tx.insert_role(&role).await?;
    Ok(role)
}

/// Notes that there is an administrator. Returns whether this call was the first to say so.
pub(crate) async fn note_administrator(tx: &mut dyn Tx) -> Result<bool, Fault> {
    tx.add_fact(BOOTSTRAPPED, b"").await
}
