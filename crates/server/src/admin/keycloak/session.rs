//! `UserSessionRepresentation`.

use std::collections::BTreeMap;

use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::ports::Tx;
use keyward_domain::session::Session;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp};
use serde::Serialize;

use crate::snapshot::RealmSnapshot;

/// A login as it goes out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView {
    id: String,
    username: String,
    user_id: String,
    /// Not known any more once the login is over and an offline token goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    start: i64,
    last_access: i64,
    remember_me: bool,
    /// `client_id` of each client that has tokens in it, by the client's row.
    clients: BTreeMap<String, String>,
    transient_user: bool,
}

impl SessionView {
    /// A session of the realm with the clients that have grants of a kind in it. `None` when its user is gone.
    pub(crate) async fn read(
        tx: &mut dyn Tx,
        realm: &RealmSnapshot,
        session: &Session,
        kind: GrantKind,
        now: Timestamp,
    ) -> Result<Option<Self>, Fault> {
        let Some(user) = tx.user(session.realm, session.user).await? else {
            return Ok(None);
        };
        let mut grants = tx.grants_of_session(session.id, now).await?;
        grants.retain(|grant| grant.kind == kind);
        let last_access = grants
            .iter()
            .map(|grant| grant.rotated_at)
            .fold(session.seen_at, Timestamp::max);
        let clients = grants.iter().filter_map(|grant| {
            let client = realm.client(grant.client)?;
            Some((client.client.id.to_string(), client.client.client_id.clone()))
        });
        Ok(Some(Self {
            id: session.id.to_string(),
            username: user.username,
            user_id: user.id.to_string(),
            ip_address: Some(session.address.clone()),
            // Keycloak's instants here are whole seconds.
            start: session.started_at.secs() * 1000,
            last_access: last_access.secs() * 1000,
            remember_me: false,
            clients: clients.collect(),
            transient_user: false,
        }))
    }

    /// An offline token: it stands for the login that it came from, which may be over.
    pub(crate) async fn of_offline_token(
        tx: &mut dyn Tx,
        realm: &RealmSnapshot,
        user: &User,
        grant: &Grant,
    ) -> Result<Self, Fault> {
        let login = tx.session(grant.session).await?;
        let client = realm.roles.client_id(grant.client);
        let clients = client.map(|client_id| (grant.client.to_string(), client_id.to_owned()));
        Ok(Self {
            id: grant.session.to_string(),
            username: user.username.clone(),
            user_id: user.id.to_string(),
            ip_address: login.map(|login| login.address),
            start: grant.created_at.secs() * 1000,
            last_access: grant.rotated_at.secs() * 1000,
            remember_me: false,
            clients: clients.into_iter().collect(),
            transient_user: false,
        })
    }

    /// Whether a client has tokens in it.
    pub(crate) fn has_clients(&self) -> bool {
        !self.clients.is_empty()
    }

    /// When it was last in use, in milliseconds.
    pub(crate) fn last_access(&self) -> Timestamp {
        Timestamp::from_millis(self.last_access)
    }
}
