//! The end of every write: the admin event, the note for other nodes, the commit, and this node's memory.

use std::sync::Arc;

use keyward_domain::event::What;
use keyward_domain::id::{RealmId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::user::User;
use tokio::task::yield_now;

use super::call::AdminCall;
use super::error::AdminError;
use crate::changes::CHANGE_KEPT_SECS;
use crate::snapshot::{NewClient, RealmSnapshot};

/// What was done.
pub(crate) struct Done {
    pub(crate) operation: Operation,
    /// Keycloak's word for the kind of thing: `CLIENT`, `REALM_ROLE_MAPPING`, ….
    pub(crate) resource_type: &'static str,
    /// Its path below the realm.
    pub(crate) path: String,
    /// What others hold copies of.
    pub(crate) touched: Touched,
    /// What was sent, secrets left out.
    pub(crate) representation: Option<serde_json::Value>,
}

/// What an administrator did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    Delete,
    Action,
}

/// What others hold copies of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    /// Settings, clients, scopes, roles, groups, keys.
    Realm,
    /// One user: row, roles, groups.
    User(UserId),
    /// Nothing that is kept in memory.
    Nothing,
}

impl Touched {
    /// When this user changes: the user, or the realm, which holds its service accounts.
    pub(crate) const fn by(user: &User) -> Self {
        match user.service_account_of {
            None => Self::User(user.id),
            Some(_) => Self::Realm,
        }
    }
}

impl Operation {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Action => "ACTION",
        }
    }
}

impl Done {
    /// Something done to what the request's path names; `path` is that below the realm.
    pub(crate) fn new(operation: Operation, resource_type: &'static str, path: impl Into<String>) -> Self {
        Self {
            operation,
            resource_type,
            path: path.into(),
            touched: Touched::Realm,
            representation: None,
        }
    }

    /// The same, touching one user only.
    pub(crate) fn of_user(mut self, user: &User) -> Self {
        self.touched = Touched::by(user);
        self
    }

    /// The same, touching nothing in memory.
    pub(crate) fn of_nothing(mut self) -> Self {
        self.touched = Touched::Nothing;
        self
    }

    /// The same, with what was sent. Secrets must be left out before.
    pub(crate) fn with(mut self, representation: serde_json::Value) -> Self {
        self.representation = Some(representation);
        self
    }
}

impl AdminCall {
    /// Commits what was done to the realm in the path.
    pub(crate) async fn commit(&self, tx: Box<dyn Tx>, done: Done) -> Result<(), AdminError> {
        let realm = &self.realm()?.realm;
        self.commit_in(tx, realm.id, realm.name.as_str(), done).await
    }

    /// Commits what was done to a realm. After this every request of this node sees it.
    pub(crate) async fn commit_in(
        &self,
        mut tx: Box<dyn Tx>,
        realm: RealmId,
        name: &str,
        done: Done,
    ) -> Result<(), AdminError> {
        let touched = done.touched;
        let place = self.write_down(&mut *tx, realm, name, done).await?;
        // Others have their turn before the COMMIT takes the core.
        yield_now().await;
        tx.commit().await?;
        match touched {
            Touched::Realm => self.app.realms.changed_at(realm, place).await?,
            Touched::User(user) => self.app.subjects.changed(realm, user),
            Touched::Nothing => {}
        }
        Ok(())
    }

    /// Commits that the realm in the path got a client. Its state in memory grows by it and is not read anew.
    pub(crate) async fn commit_client(
        &self,
        mut tx: Box<dyn Tx>,
        done: Done,
        new: NewClient,
    ) -> Result<(), AdminError> {
        let realm = &self.realm()?.realm;
        let place = self.write_down(&mut *tx, realm.id, realm.name.as_str(), done).await?;
        yield_now().await;
        let growing = self.app.realms.growing(realm.id, place);
        tx.commit().await?;
        growing.by(new).await;
        Ok(())
    }

    /// Writes the admin event and the note for other nodes. Returns the note's place in the log.
    async fn write_down(&self, tx: &mut dyn Tx, realm: RealmId, name: &str, done: Done) -> Result<i64, AdminError> {
        let change = match done.touched {
            Touched::Realm => Some(Change::RealmChanged),
            Touched::User(user) => Some(Change::UserChanged { user }),
            Touched::Nothing => None,
        };
        let what = What::AdminChange {
            operation: done.operation.as_str(),
            resource_type: done.resource_type,
            resource_path: done.path,
            realm_id: realm,
            by_realm: self.caller.realm.realm.name.to_string(),
            by_client: self.caller.client_id.clone(),
            by_user: self.caller.user(),
            representation: done
                .representation
                .filter(|_| self.keeps_details())
                .map(|value| value.to_string()),
        };
        tx.append_event(&self.cx.event(name, what)).await?;
        let Some(change) = change else {
            return Ok(0);
        };
        let until = self.cx.now.plus_secs(CHANGE_KEPT_SECS);
        Ok(tx.append_change(realm, &change, until).await?)
    }

    /// Whether the realm in the path keeps what was sent (`adminEventsDetailsEnabled`).
    fn keeps_details(&self) -> bool {
        let kept = |realm: &Arc<RealmSnapshot>| realm.realm.settings.kept.get("adminEventsDetailsEnabled").cloned();
        self.realm.as_ref().and_then(kept) == Some(serde_json::Value::Bool(true))
    }
}
