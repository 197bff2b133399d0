//! The answer to the client through the browser (RFC 6749 §4.1.2, RFC 9207 §2).

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::{AuthorizationCode, Authorized, TokenHash};
use keyward_domain::id::{GrantId, SessionId};
use keyward_domain::ports::Tx;
use keyward_domain::secret::Secret;
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_protocol::authorize::AuthorizationResponse;

use super::checks::Refused;
use super::interaction::{self, Next};
use super::request::{AuthorizationRequest, TrustedRedirect};
use super::{Come, Who, needs_consent_row, note_refused, progress, told};
use crate::http::entropy::SystemEntropy;
use crate::http::page::PageRequest;
use crate::http::write::{Decide, write};
use crate::pages::{FormPost, Page};
use crate::session::TOUCH_SECS;
use crate::snapshot::ClientEntry;

/// A code for what a person authorizes. What identifies it is drawn when it is prepared, so that a decision that runs
/// again writes the same one.
pub(crate) struct Prepared<'a> {
    page: &'a PageRequest,
    client: &'a ClientEntry,
    request: &'a AuthorizationRequest,
    come: Come,
    secret: Secret,
    grant: GrantId,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(
        page: &'a PageRequest,
        client: &'a ClientEntry,
        request: &'a AuthorizationRequest,
        come: Come,
    ) -> Self {
        Self {
            page,
            client,
            request,
            come,
            secret: entropy::secret(&mut SystemEntropy),
            grant: GrantId(entropy::growing_uuid(page.cx.now, &mut SystemEntropy)),
        }
    }

    /// Writes it beside the session that it comes of, if nothing has to be asked before. Returns whether it was written.
    pub(crate) async fn add_to_login(&self, session: &Session, tx: &mut dyn Tx) -> Result<bool, Fault> {
        let consent = if needs_consent_row(self.client) {
            tx.consent(session.user, self.client.client.id).await?
        } else {
            None
        };
        let progress = progress(self.page, self.client, Some(session), consent.as_ref(), self.come);
        let done = interaction::next(self.request, progress) == Next::Done;
        if done {
            tx.add_code(&self.code(session)).await?;
        }
        Ok(done)
    }

    /// The answer with it, once it is written.
    pub(crate) fn answer(&self, session: &Session, who: Who<'_>) -> Response<Body> {
        let Self {
            page,
            client,
            request,
            come,
            ..
        } = *self;
        page.app.events.record(issued(page, client, session));
        told::granted(page, (client, request), session, come, who);
        let response = AuthorizationResponse::code(
            self.secret.expose(),
            request.redirect.state.as_deref(),
            Some(&session.id.to_string()),
            Some(&page.realm.issuer),
        );
        send(page, &request.redirect, &response)
    }

    fn code(&self, session: &Session) -> AuthorizationCode {
        let Self {
            page, client, request, ..
        } = *self;
        AuthorizationCode {
            hash: TokenHash::of(self.secret.expose().as_bytes()),
            grant: self.grant,
            realm: page.realm.realm.id,
            client: client.client.id,
            user: session.user,
            session: session.id,
            authorized: Authorized {
                scope: request.scope.clone(),
                auth_time: session.auth_time,
                acr: if self.come.fresh { "1" } else { "0" }.into(),
                resource: request.resource.clone(),
                claims: request.claims.clone(),
            },
            redirect_uri: request.redirect.uri.clone(),
            code_challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            expires_at: page.cx.now.plus_secs(page.realm.realm.settings.sessions.code_secs()),
        }
    }
}

/// Gives the client a code for what the person authorized in a session that they had.
pub(super) async fn grant(
    page: &PageRequest,
    client: &ClientEntry,
    request: &AuthorizationRequest,
    session: &Session,
    come: Come,
) -> Result<Response<Body>, Fault> {
    let now = page.cx.now;
    let prepared = Prepared::new(page, client, request, come);
    let seen_long_ago = now.millis_since(session.seen_at) > TOUCH_SECS * 1000;
    let issue = Issue {
        code: &prepared.code(session),
        touch: seen_long_ago.then_some(session.id),
        now,
    };
    write(page.app.store(), &issue).await?;
    let subject = if told::is_wanted(page) {
        page.app
            .subjects
            .get(page.app.store(), &page.realm, session.user)
            .await?
    } else {
        None
    };
    let who = Who {
        username: subject.as_ref().map_or("", |subject| &subject.user.username),
        device: None,
    };
    Ok(prepared.answer(session, who))
}

fn issued(page: &PageRequest, client: &ClientEntry, session: &Session) -> Event {
    let what = What::AuthorizationCodeIssued {
        client: client.client.client_id.clone(),
        user_id: session.user,
        session: session.id,
    };
    page.cx.event(page.realm.realm.name.as_str(), what)
}

/// Tells the client that it gets none.
pub(crate) fn refuse(page: &PageRequest, client_id: &str, to: &TrustedRedirect, refused: &Refused) -> Response<Body> {
    note_refused(page, client_id, refused.code.as_str());
    let response = AuthorizationResponse::error(
        refused.code,
        refused.description.as_deref(),
        to.state.as_deref(),
        Some(&page.realm.issuer),
    );
    send(page, to, &response)
}

fn send(page: &PageRequest, to: &TrustedRedirect, response: &AuthorizationResponse) -> Response<Body> {
    if let Some(location) = response.location(&to.uri, to.mode) {
        return page.redirect(&location);
    }
    let pairs: Vec<(&str, &str)> = response.pairs().collect();
    let form = FormPost {
        action: &to.uri,
        pairs: &pairs,
    };
    page.show(&Page::FormPost(form), page.locale(None), &[])
}

/// The decision to issue a code.
struct Issue<'a> {
    code: &'a AuthorizationCode,
    touch: Option<SessionId>,
    now: Timestamp,
}

#[async_trait]
impl Decide for Issue<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        if let Some(session) = self.touch {
            tx.touch_session(session, self.now).await?;
        }
        tx.add_code(self.code).await
    }
}
