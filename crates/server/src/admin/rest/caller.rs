//! Who calls: a bearer token of the master realm, or of the realm that is administered.

use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use keyward_domain::id::{RoleId, UserId};
use keyward_domain::policy::claims::Subject;
use keyward_jose::Unverified;
use keyward_protocol::bearer;

use super::error::AdminError;
use super::rights::{MASTER, REALM_MANAGEMENT, Rights, master_client};
use crate::app::App;
use crate::guarded::{self, Live};
use crate::http::edge::Cx;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// An administrator, or whoever would like to be one.
pub(crate) struct AdminCaller {
    /// The realm of the token.
    pub(crate) realm: Arc<RealmSnapshot>,
    /// `client_id` that they came through.
    pub(crate) client_id: String,
    /// Who they are, with the roles that they hold now.
    pub(crate) subject: Arc<Subject>,
}

impl AdminCaller {
    /// Their row.
    pub(crate) fn user(&self) -> UserId {
        self.subject.user.id
    }

    /// Whether they belong to the master realm.
    pub(crate) fn is_of_master(&self) -> bool {
        self.realm.realm.name.as_str() == MASTER
    }

    /// What they may do with a realm. Nothing, unless it is their own or they are of the master realm.
    pub(crate) fn rights(&self, realm: &str) -> Rights {
        let client = if self.is_of_master() {
            master_client(realm)
        } else if self.realm.realm.name.as_str() == realm {
            REALM_MANAGEMENT.to_owned()
        } else {
            return Rights::default();
        };
        let clients = &self.realm.clients;
        let (Some(client), Some(through)) = (clients.get(&client), clients.get(&self.client_id)) else {
            return Rights::default();
        };
        // From that client's few roles, not from the caller's: an administrator of a thousand realms holds a thousand
        // times as many.
        let roles = self.realm.roles.of_client(client.client.id);
        let held = roles.filter(|role| self.holds_through(through, role.id));
        Rights::of(held.map(|role| role.name.as_str()))
    }

    /// Whether they may make realms.
    pub(crate) fn may_create_realms(&self) -> bool {
        self.holds_in_master("create-realm")
    }

    /// Whether a realm role of master is theirs.
    pub(crate) fn holds_in_master(&self, name: &str) -> bool {
        self.is_of_master()
            && self
                .realm
                .roles
                .named(None, name)
                .is_some_and(|role| self.holds(role.id))
    }

    /// Whether a role of their realm is theirs.
    pub(crate) fn holds(&self, role: RoleId) -> bool {
        let through = self.realm.clients.get(&self.client_id);
        through.is_some_and(|through| self.holds_through(through, role))
    }

    /// The same, by the client that they came through: one that was given little cannot be used for more.
    fn holds_through(&self, through: &ClientEntry, role: RoleId) -> bool {
        self.subject.held.ids.contains(&role) && through.limit.lets_in(role)
    }
}

/// Finds the caller of a request to a realm; `None` for what belongs to no realm.
pub(super) async fn find(
    app: &App,
    realm: Option<&str>,
    headers: &HeaderMap,
    cx: &Cx,
) -> Result<AdminCaller, AdminError> {
    let token = sent(headers)?;
    let Some(name) = issuing_realm(app, &token) else {
        return opaque(app, realm, &token, cx).await;
    };
    let caller = in_realm(app, &name, &token, cx).await?;
    caller.ok_or(AdminError::Unauthorized)
}

/// The one token of the `Authorization` header.
fn sent(headers: &HeaderMap) -> Result<String, AdminError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(AdminError::Unauthorized);
    }
    match bearer::access_token(header, None) {
        Ok(Some(token)) => Ok(token.reveal().to_owned()),
        Ok(None) | Err(_) => Err(AdminError::Unauthorized),
    }
}

/// The name of the realm that a token says it is from: where to look, and nothing more.
fn issuing_realm(app: &App, token: &str) -> Option<String> {
    let issuer = Unverified::parse(token).ok()?.unverified_issuer()?.into_owned();
    let realms = issuer.strip_prefix(app.settings.public_url.as_str())?;
    realms.strip_prefix("/realms/").map(str::to_owned)
}

/// An opaque token does not say where it is from: the realm that is administered, or the master realm.
async fn opaque(app: &App, realm: Option<&str>, token: &str, cx: &Cx) -> Result<AdminCaller, AdminError> {
    for name in realm.into_iter().chain([MASTER]) {
        if let Some(caller) = in_realm(app, name, token, cx).await? {
            return Ok(caller);
        }
    }
    Err(AdminError::Unauthorized)
}

async fn in_realm(app: &App, name: &str, token: &str, cx: &Cx) -> Result<Option<AdminCaller>, AdminError> {
    let Some(realm) = app.realms.get(name).await?.filter(|realm| realm.realm.enabled) else {
        return Ok(None);
    };
    let Some(token) = guarded::find(app, &realm, token, cx).await? else {
        return Ok(None);
    };
    let Some(client_id) = token.client_id().map(str::to_owned) else {
        return Ok(None);
    };
    let live = token.check(app, &realm, cx).await?;
    Ok(live.map(|Live { subject, .. }| AdminCaller {
        realm,
        client_id,
        subject,
    }))
}
