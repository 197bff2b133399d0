//! The realm `master`: its administrators may administer every realm.
//!
//! For each realm it has a client `{realm}-realm` with the admin roles, as in Keycloak; the role `admin` contains them
//! all, and `create-realm`.

use keyward_domain::Fault;
use keyward_domain::Timestamp;
use keyward_domain::id::{RealmId, RoleId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::{Realm, RealmName};

use super::built_in::{self, add_admin_roles, admin_client};
use super::rows::{Made, RealmRows};
use super::write;
use crate::admin::rest::rights::{MASTER, master_client};
use crate::app::App;
use crate::changes::CHANGE_KEPT_SECS;
use crate::snapshot::NewClient;

/// The role that allows everything.
pub const ADMIN: &str = "admin";

/// The role that allows to make realms.
pub(crate) const CREATE_REALM: &str = "create-realm";

/// Under this name the database notes that every realm has its administration.
const COMPLETE: &str = "administration";

/// What of master the making of a realm needs.
#[derive(Clone)]
pub(crate) struct Master {
    pub(crate) realm: Realm,
    /// The role `admin`.
    pub(crate) admin: RoleId,
}

/// A realm that master administers from now on.
pub(crate) struct Admitted {
    /// Its client in master.
    rows: RealmRows,
    /// The place of the change of master in the log.
    place: i64,
}

impl Admitted {
    /// Lets this node's memory of master know, once it is committed. All of master is not read anew for it: with a
    /// thousand realms it has a thousand clients.
    pub(crate) async fn tell_memory(self, app: &App) {
        let Self { rows, place } = self;
        let RealmRows {
            realm,
            clients,
            roles,
            composites,
            ..
        } = rows;
        for client in clients {
            let new = NewClient {
                client,
                secrets: Vec::new(),
                account: None,
                roles: roles.clone(),
                composites: composites.clone(),
            };
            app.realms.grown(realm.id, place, new).await;
        }
    }
}

impl Master {
    /// Reads it; `None` when there is none.
    pub(crate) async fn read(tx: &mut dyn Tx) -> Result<Option<Self>, Fault> {
        let Ok(name) = RealmName::parse(MASTER) else {
            return Ok(None);
        };
        let Some(realm) = tx.realm_by_name(&name).await? else {
            return Ok(None);
        };
        let roles = tx.roles(realm.id).await?;
        let admin = roles.iter().find(|role| role.client.is_none() && role.name == ADMIN);
        Ok(admin.map(|admin| Self { admin: admin.id, realm }))
    }

    /// The one that this node has in memory; `None` when there is none.
    pub(crate) async fn in_memory(app: &App) -> Result<Option<Self>, Fault> {
        let Some(master) = app.realms.get(MASTER).await? else {
            return Ok(None);
        };
        let admin = master.roles.named(None, ADMIN);
        Ok(admin.map(|admin| Self {
            admin: admin.id,
            realm: master.realm.clone(),
        }))
    }

    /// Adds the client of a realm. `Fault::Exists` when master has a client of this name.
    pub(crate) async fn admit(&self, tx: &mut dyn Tx, realm: &RealmName, now: Timestamp) -> Result<Admitted, Fault> {
        let mut rows = RealmRows::new(self.realm.clone());
        add_client(&mut rows, self.admin, realm);
        write::within(tx, &rows).await?;
        let place = tell(tx, self.realm.id, now).await?;
        Ok(Admitted { rows, place })
    }

    /// Gives a user of master every right over a realm that it has let in.
    pub(crate) async fn appoint(&self, tx: &mut dyn Tx, realm: &RealmName, user: UserId) -> Result<(), Fault> {
        let client_id = master_client(realm.as_str());
        let Some(client) = tx.client_by_client_id(self.realm.id, &client_id).await? else {
            return Ok(());
        };
        let roles = tx.roles(self.realm.id).await?;
        for role in roles.iter().filter(|role| role.client == Some(client.id)) {
            tx.assign_role(user, role.id).await?;
        }
        Ok(())
    }

    /// Removes the client of a realm.
    pub(crate) async fn dismiss(&self, tx: &mut dyn Tx, realm: &RealmName, now: Timestamp) -> Result<(), Fault> {
        if let Some(client) = tx
            .client_by_client_id(self.realm.id, &master_client(realm.as_str()))
            .await?
        {
            tx.delete_client(self.realm.id, client.id).await?;
        }
        tell(tx, self.realm.id, now).await.map(drop)
    }

    /// Lets the client of a realm follow its name. `Fault::Exists` when master has a client of the new one.
    pub(crate) async fn rename(
        &self,
        tx: &mut dyn Tx,
        (from, to): (&RealmName, &RealmName),
        now: Timestamp,
    ) -> Result<(), Fault> {
        if let Some(mut client) = tx
            .client_by_client_id(self.realm.id, &master_client(from.as_str()))
            .await?
        {
            client.client_id = master_client(to.as_str());
            client.settings.name = shown_name(to);
            tx.update_client(&client).await?;
        }
        tell(tx, self.realm.id, now).await.map(drop)
    }
}

/// Adds to the rows of master itself what makes it so.
pub(super) fn add_own(rows: &mut RealmRows) {
    let (admin, _) = rows.role_or_new(None, ADMIN, "${role_admin}");
    let (create_realm, made) = rows.role_or_new(None, CREATE_REALM, "${role_create-realm}");
    if made == Made::Now {
        rows.composites.push((admin, create_realm));
    }
    let name = rows.realm.name.clone();
    add_client(rows, admin, &name);
}

fn add_client(rows: &mut RealmRows, admin: RoleId, realm: &RealmName) {
    let client = rows.add_client(&master_client(realm.as_str()), admin_client(&shown_name(realm)));
    for role in add_admin_roles(rows, client) {
        rows.composites.push((admin, role));
    }
}

fn shown_name(realm: &RealmName) -> String {
    format!("{realm} Realm")
}

/// Whether every realm of a database has its administration.
pub async fn is_complete(tx: &mut dyn Tx) -> Result<bool, Fault> {
    Ok(tx.fact(COMPLETE).await?.is_some())
}

/// Gives every realm of a database its administration, where one is from before there was any. Master must be there.
/// Doing it twice changes nothing.
pub async fn complete(tx: &mut dyn Tx, now: Timestamp) -> Result<(), Fault> {
    if is_complete(tx).await? {
        return Ok(());
    }
    let realms = tx.realms().await?;
    if let Some(realm) = realms.iter().find(|realm| realm.name.as_str() == MASTER) {
        complete_roles(tx, realm).await?;
    }
    let Some(master) = Master::read(tx).await? else {
        return Ok(());
    };
    for realm in &realms {
        let its_client = master_client(realm.name.as_str());
        if tx.client_by_client_id(master.realm.id, &its_client).await?.is_none() {
            master.admit(tx, &realm.name, now).await?;
        }
        complete_realm(tx, realm, now).await?;
    }
    tx.add_fact(COMPLETE, b"").await?;
    Ok(())
}

/// Gives a user of master the role `admin`.
pub async fn promote(tx: &mut dyn Tx, master: &Realm, user: UserId) -> Result<(), Fault> {
    let roles = tx.roles(master.id).await?;
    let admin = roles.iter().find(|role| role.client.is_none() && role.name == ADMIN);
    match admin {
        Some(admin) => tx.assign_role(user, admin.id).await,
        None => Err(Fault::Corrupt("realm master has no role admin".into())),
    }
}

/// The roles of master's own.
async fn complete_roles(tx: &mut dyn Tx, realm: &Realm) -> Result<(), Fault> {
    let mut rows = RealmRows::new(realm.clone());
    let known = tx.roles(realm.id).await?;
    rows.roles = known.clone();
    let (admin, _) = rows.role_or_new(None, ADMIN, "${role_admin}");
    let (create_realm, _) = rows.role_or_new(None, CREATE_REALM, "${role_create-realm}");
    rows.composites.push((admin, create_realm));
    rows.roles.retain(|role| !known.contains(role));
    write::within(tx, &rows).await
}

/// The client `realm-management` of one realm.
async fn complete_realm(tx: &mut dyn Tx, realm: &Realm, now: Timestamp) -> Result<(), Fault> {
    let mut rows = RealmRows::new(realm.clone());
    let (clients, roles) = (tx.clients(realm.id).await?, tx.roles(realm.id).await?);
    rows.clients = clients.clone();
    rows.roles = roles.clone();
    built_in::add_management(&mut rows);
    rows.clients.retain(|client| !clients.contains(client));
    rows.roles.retain(|role| !roles.contains(role));
    if rows.clients.is_empty() && rows.roles.is_empty() {
        return Ok(());
    }
    write::within(tx, &rows).await?;
    tell(tx, realm.id, now).await.map(drop)
}

/// Tells every node in this transaction that a realm changed. Returns the change's place in the log.
async fn tell(tx: &mut dyn Tx, realm: RealmId, now: Timestamp) -> Result<i64, Fault> {
    let until = now.plus_secs(CHANGE_KEPT_SECS);
    tx.append_change(realm, &Change::RealmChanged, until).await
}
