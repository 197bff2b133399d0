//! The first start: the realm `master` and the first administrator.

use keyward_domain::id::RoleId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::role::Role;
use keyward_domain::secret::Secret;
use keyward_domain::user::Profile;
use keyward_domain::{Clock as _, Fault, entropy};
use keyward_server::SystemEntropy;
use keyward_server::admin::{realms, users};

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Opened;

/// Makes the realm `master` and the first administrator at the first start. On many nodes the first one wins.
pub(crate) async fn master(opened: &Opened) -> Result<(), Failure> {
    let name = RealmName::parse("master").map_err(|error| Failure::new(error.to_string()))?;
    if opened.store.read().await?.realm_by_name(&name).await?.is_some() {
        return Ok(());
    }
    let now = SystemClock.now();
    let admin = match first_admin()? {
        None => None,
        Some((username, password)) => Some(users::create::prepare(&username, Profile::default(), &password).await?),
    };
    let realm = realms::create::prepare(&opened.sealer, name, RealmSettings::default(), now).await?;
    let mut tx = opened.store.write().await?;
    let realm = match realms::create::create(&mut *tx, &realm, now).await {
        Err(Fault::Exists(_)) => return Ok(()),
        created => created?,
    };
    let role = admin_role(&mut *tx, &realm).await?;
    match admin {
        None => tracing::warn!(
            "realm master has no administrator: set KEYWARD_BOOTSTRAP_ADMIN_USERNAME and \
             KEYWARD_BOOTSTRAP_ADMIN_PASSWORD before the first start"
        ),
        Some(admin) => {
            let (user, _) = users::create::create(&mut *tx, &realm, &admin, now).await?;
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
        (username, Some(password)) => Ok(Some((
            username.unwrap_or_else(|| "admin".into()),
            Secret::new(password),
        ))),
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
        name: "admin".into(),
        description: "May administer every realm".into(),
    };
    tx.insert_role(&role).await?;
    Ok(role)
}
