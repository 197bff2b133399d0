//! What the guard asks about a caller on every request.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use keyward_client::UnixMillis;
use keyward_domain::Fault;
use keyward_domain::id::UserId;
use keyward_domain::policy::claims::Subject;
use keyward_domain::policy::lifetime;
use keyward_guard::{Caller, Revocation, Revocations};
use uuid::Uuid;

use crate::app::App;
use crate::refresh_token;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// Whether a token stands, by this node's memory as it is now. Keeps what it found beside the verdict: whom the token is
/// about, or why that could not be read.
pub(super) struct Standing<'a> {
    app: &'a App,
    realm: &'a Arc<RealmSnapshot>,
    found: OnceLock<Result<Option<Arc<Subject>>, Fault>>,
}

impl<'a> Standing<'a> {
    pub(super) fn new(app: &'a App, realm: &'a Arc<RealmSnapshot>) -> Self {
        Self {
            app,
            realm,
            found: OnceLock::new(),
        }
    }

    /// Whom the token is about that was asked for; nobody if none was, or it does not stand.
    pub(super) fn subject(self) -> Result<Option<Arc<Subject>>, Fault> {
        self.found.into_inner().unwrap_or(Ok(None))
    }

    /// Not issued before what the realm, its client and its subject accept, not revoked by itself or with its grant, and of a client
    /// and a person who are there and enabled. RFC 7009 §2.1
    async fn look(&self, caller: &Caller) -> Result<Option<Arc<Subject>>, Fault> {
        let Self { app, realm, .. } = self;
        let client = caller.client_id().and_then(|id| realm.clients.get(id));
        let (Some(client), Some(jti)) = (client.filter(|entry| entry.client.enabled), caller.token_id()) else {
            return Ok(None);
        };
        let issued_at = i64::try_from(caller.issued_at()).unwrap_or(i64::MAX);
        let revoked = lifetime::is_before(issued_at, realm.realm.not_before)
            || lifetime::is_before(issued_at, client.client.not_before)
            || app.revocations.contains(realm.realm.id, jti)
            || refresh_token::grant_of(jti).is_some_and(|grant| app.revocations.contains_grant(grant));
        if revoked {
            return Ok(None);
        }
        let subject = subject(app, realm, client, caller).await?;
        let stands =
            |subject: &Arc<Subject>| subject.user.enabled && !lifetime::is_before(issued_at, subject.user.not_before);
        Ok(subject.filter(stands))
    }
}

impl Revocations for Standing<'_> {
    fn of<'a>(&'a self, caller: &'a Caller, _: UnixMillis) -> Pin<Box<dyn Future<Output = Revocation> + Send + 'a>> {
        Box::pin(async move {
            let found = self.look(caller).await;
            let verdict = match &found {
                Ok(Some(_)) => Revocation::Stands,
                Ok(None) => Revocation::Revoked,
                Err(_) => Revocation::Unknown,
            };
            let _ = self.found.set(found);
            verdict
        })
    }
}

/// Whom a token is about, whether enabled or not.
async fn subject(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    client: &ClientEntry,
    caller: &Caller,
) -> Result<Option<Arc<Subject>>, Fault> {
    let Some(sub) = caller.subject().and_then(|sub| sub.parse::<Uuid>().ok()) else {
        return Ok(None);
    };
    match &client.service_account {
        Some(machine) if client.sub(machine.user.id) == sub => return Ok(Some(Arc::clone(machine))),
        _ => {}
    }
    let user = if client.is_pairwise() {
        known_as(app, client, sub, caller).await?
    } else {
        Some(UserId(sub))
    };
    match user {
        Some(user) => app.subjects.get(app.store(), realm, user).await,
        None => Ok(None),
    }
}

/// The user that a client knows by a `sub` which is not theirs: only the grant knows whose it is.
async fn known_as(app: &App, client: &ClientEntry, sub: Uuid, caller: &Caller) -> Result<Option<UserId>, Fault> {
    let Some(grant) = caller.token_id().and_then(refresh_token::grant_of) else {
        return Ok(None);
    };
    let grant = app.store().read().await?.grant(grant).await?;
    let theirs = grant.filter(|grant| grant.client == client.client.id && client.sub(grant.user) == sub);
    Ok(theirs.map(|grant| grant.user))
}
