//! The answer to the client through the browser (RFC 6749 §4.1.2, RFC 9207 §2).

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::{AuthorizationCode, Authorized, TokenHash};
use keyward_domain::id::{GrantId, SessionId};
use keyward_domain::ports::Tx;
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_protocol::authorize::AuthorizationResponse;

use super::checks::Refused;
use super::request::{AuthorizationRequest, TrustedRedirect};
use super::{Come, note_refused};
use crate::http::entropy::SystemEntropy;
use crate::http::page::PageRequest;
use crate::http::write::{Decide, write};
use crate::pages::{FormPost, Page};
use crate::session::TOUCH_SECS;
use crate::snapshot::ClientEntry;

/// Gives the client a code for what the person authorized.
pub(super) async fn grant(
    page: &PageRequest,
    client: &ClientEntry,
    request: &AuthorizationRequest,
    session: &Session,
    come: Come,
) -> Result<Response<Body>, Fault> {
    let now = page.cx.now;
    let secret = entropy::secret(&mut SystemEntropy);
    let code = AuthorizationCode {
        hash: TokenHash::of(secret.expose().as_bytes()),
        grant: GrantId(entropy::growing_uuid(now, &mut SystemEntropy)),
        realm: page.realm.realm.id,
        client: client.client.id,
        user: session.user,
        session: session.id,
        authorized: Authorized {
            scope: request.scope.clone(),
            auth_time: session.auth_time,
            acr: if come.fresh { "1" } else { "0" }.into(),
            resource: request.resource.clone(),
            claims: request.claims.clone(),
        },
        redirect_uri: request.redirect.uri.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        expires_at: now.plus_secs(page.realm.realm.settings.sessions.code_secs()),
    };
    let seen_long_ago = now.millis_since(session.seen_at) > TOUCH_SECS * 1000;
    let issue = Issue {
        code: &code,
        touch: seen_long_ago.then_some(session.id),
        now,
    };
    write(page.app.store(), &issue).await?;
    page.app.events.record(issued(page, client, session));
    let response = AuthorizationResponse::code(
        secret.expose(),
        request.redirect.state.as_deref(),
        Some(&session.id.to_string()),
        Some(&page.realm.issuer),
    );
    Ok(send(page, &request.redirect, &response))
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
