//! People in memory: a user with the groups and roles that hold, as tokens and userinfo need them.
//!
//! Like all of memory it may be late by a second: the log of changes tells every node which user to read anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::Fault;
use keyward_domain::id::{RealmId, RoleId, UserId};
use keyward_domain::policy::claims::Subject;
use keyward_domain::ports::{Store, Tx};
use keyward_domain::role::HeldRoles;
use quick_cache::sync::Cache;

use crate::snapshot::RealmSnapshot;

/// Users remembered at most; the least used make room.
const REMEMBERED: usize = 20_000;

/// Combinations of roles remembered at most.
const COMBINATIONS: usize = 1_000;

pub(crate) struct Subjects {
    known: Cache<(RealmId, UserId), Known>,
    /// What holds by the roles that were given: most people of a realm were given the same as many others.
    held: Cache<(RealmId, Vec<RoleId>), Held>,
    /// Counts what changed, so that a reading that began before a change does not outlive it.
    changes: AtomicU64,
}

#[derive(Clone)]
struct Known {
    subject: Arc<Subject>,
    /// The state of the realm that the roles were resolved in.
    realm: usize,
}

#[derive(Clone)]
struct Held {
    roles: Arc<HeldRoles>,
    /// The state of the realm that they were resolved in.
    realm: usize,
}

impl Subjects {
    pub(crate) fn new() -> Self {
        Self {
            known: Cache::new(REMEMBERED),
            held: Cache::new(COMBINATIONS),
            changes: AtomicU64::new(0),
        }
    }

    /// A user of a realm, whether enabled or not.
    pub(crate) async fn get(
        &self,
        store: &dyn Store,
        realm: &Arc<RealmSnapshot>,
        user: UserId,
    ) -> Result<Option<Arc<Subject>>, Fault> {
        match self.known(realm, user) {
            Some(subject) => Ok(Some(subject)),
            None => self.read(&mut *store.read().await?, realm, user).await,
        }
    }

    /// The same for whoever has a transaction open.
    pub(crate) async fn get_in(
        &self,
        tx: &mut dyn Tx,
        realm: &Arc<RealmSnapshot>,
        user: UserId,
    ) -> Result<Option<Arc<Subject>>, Fault> {
        match self.known(realm, user) {
            Some(subject) => Ok(Some(subject)),
            None => self.read(tx, realm, user).await,
        }
    }

    /// Notes that a user changed.
    pub(crate) fn changed(&self, realm: RealmId, user: UserId) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.known.remove(&(realm, user));
    }

    /// What holds for all who were given these roles.
    fn held(&self, realm: &RealmSnapshot, direct: Vec<RoleId>) -> Arc<HeldRoles> {
        let key = (realm.realm.id, direct);
        if let Some(held) = self.held.get(&key).filter(|held| held.realm == realm.generation) {
            return held.roles;
        }
        let roles = Arc::new(realm.roles.holding(&key.1));
        let held = Held {
            roles: Arc::clone(&roles),
            realm: realm.generation,
        };
        self.held.insert(key, held);
        roles
    }

    fn known(&self, realm: &Arc<RealmSnapshot>, user: UserId) -> Option<Arc<Subject>> {
        let known = self.known.get(&(realm.realm.id, user))?;
        (known.realm == realm.generation).then_some(known.subject)
    }

    async fn read(
        &self,
        tx: &mut dyn Tx,
        realm: &Arc<RealmSnapshot>,
        id: UserId,
    ) -> Result<Option<Arc<Subject>>, Fault> {
        let as_of = self.changes.load(Ordering::Acquire);
        let Some(user) = tx.user(realm.realm.id, id).await? else {
            return Ok(None);
        };
        let assigned = tx.assigned_roles(id).await?;
        let joined = tx.groups_of_user(id).await?;
        let direct = realm.roles.direct(&assigned, &joined);
        // A role that is not known yet will be in this very state of the realm, when the new client that has it comes.
        let is_final = direct.iter().all(|role| realm.roles.role(*role).is_some());
        let held = if is_final {
            self.held(realm, direct)
        } else {
            Arc::new(realm.roles.holding(&direct))
        };
        let subject = Arc::new(realm.roles.subject_holding(user, held, &joined));
        if is_final && self.changes.load(Ordering::Acquire) == as_of {
            let known = Known {
                subject: Arc::clone(&subject),
                realm: realm.generation,
            };
            self.known.insert((realm.realm.id, id), known);
        }
        Ok(Some(subject))
    }
}
