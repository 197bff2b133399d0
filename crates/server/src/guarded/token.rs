//! An access token that came back.

use std::sync::Arc;

use keyward_client::UnixMillis;
use keyward_domain::id::AccessTokenId;
use keyward_domain::policy::claims::Subject;
use keyward_domain::{Fault, Timestamp};
use keyward_guard::in_house::Recognized;
use keyward_guard::{Caller, Reason};
use keyward_jose::digest;
use serde_json::{Map, Value};

use super::standing::Standing;
use crate::app::App;
use crate::http::edge::Cx;
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::token::opaque;
use crate::user_events::EventDraft;

/// An access token of a realm. Whether it is still good, [`Token::check`] tells.
pub(crate) struct Token {
    recognized: Recognized,
}

/// A token that is good now, and whom it is about.
pub(crate) struct Live {
    pub(crate) caller: Arc<Caller>,
    pub(crate) subject: Arc<Subject>,
}

/// The access token of this realm that a text is, if it is one: by its signature, or by its row.
pub(crate) async fn find(app: &App, realm: &RealmSnapshot, text: &str, cx: &Cx) -> Result<Option<Token>, Fault> {
    let recognized = match opaque::parse(text) {
        None => realm.guard.recognize(text, unix(cx.now)).await,
        Some((id, hash)) => {
            let record = app.store().read().await?.access_token(id).await?;
            let record = record.filter(|record| {
                digest::constant_time_eq(&record.hash.0, &hash.0)
                    && record.realm == realm.realm.id
                    && record.expires_at > cx.now
            });
            let Some(record) = record else { return Ok(None) };
            let claims: Map<String, Value> = serde_json::from_str(&record.claims).map_err(|_| unreadable(id))?;
            realm.guard.recognize_claims(claims)
        }
    };
    Ok(recognized
        .inspect_err(|reason| note(*reason, cx))
        .ok()
        .map(|recognized| Token { recognized }))
}

impl Token {
    /// The client that got it, if the realm still has it.
    pub(crate) fn client<'r>(&self, realm: &'r RealmSnapshot) -> Option<&'r ClientEntry> {
        realm.clients.get(self.recognized.client_id()?)
    }

    /// The client that got it, by what it says.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.recognized.client_id()
    }

    /// Whether it is for an API of this name.
    pub(crate) fn is_for(&self, audience: &str) -> bool {
        self.recognized.audience().iter().any(|name| name == audience)
    }

    /// Whether it does not say whom it is for.
    pub(crate) fn is_for_nobody(&self) -> bool {
        self.recognized.audience().is_empty()
    }

    /// Tells an event whom the token is about, which session it came of, and which token it is.
    pub(crate) fn tell(&self, realm: &RealmSnapshot, draft: &mut EventDraft) {
        draft.detail_if("token_id", self.id());
        // The name by which one client knows somebody is nobody's row.
        let known = self.client(realm).is_some_and(|client| !client.is_pairwise());
        if let Some(subject) = self.recognized.subject().filter(|_| known) {
            draft.user(subject);
        }
        if let Some(session) = self.recognized.session() {
            draft.session(session);
        }
    }

    /// Its `jti`.
    pub(crate) fn id(&self) -> Option<&str> {
        self.recognized.token_id()
    }

    /// When it ends.
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.recognized.expires_at()).unwrap_or(i64::MAX))
    }

    /// Who calls, if the token is good now: not over, not revoked, and its client and person still there and enabled.
    pub(crate) async fn check(&self, app: &App, realm: &Arc<RealmSnapshot>, cx: &Cx) -> Result<Option<Live>, Fault> {
        let standing = Standing::new(app, realm);
        let checked = self.recognized.check(&standing, unix(cx.now)).await;
        let subject = standing.subject()?;
        let caller = checked.inspect_err(|reason| note(*reason, cx)).ok();
        Ok(caller.zip(subject).map(|(caller, subject)| Live { caller, subject }))
    }
}

/// Nobody outside learns why a token is refused; whoever runs the server may.
fn note(reason: Reason, cx: &Cx) {
    tracing::debug!(
        request_id = cx.request_id(),
        reason = reason.code(),
        "an access token is refused"
    );
}

fn unix(at: Timestamp) -> UnixMillis {
    UnixMillis(u64::try_from(at.millis()).unwrap_or(0))
}

/// The parser's own words quote what it found: claims of somebody, which no log may hold.
fn unreadable(id: AccessTokenId) -> Fault {
    Fault::Corrupt(format!("the claims of access token row {id}"))
}
