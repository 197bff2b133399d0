//! The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2): from the client's request to a login, a consent, or
//! the answer.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::event::What;
use keyward_domain::session::{Consent, Session};
use keyward_protocol::authorize::Draft;

use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::login;
use crate::login::pending::{Purpose, Step};
use crate::pages::{ErrorKind, ErrorPage};
use crate::session;
use crate::snapshot::ClientEntry;

pub(crate) mod checks;
mod interaction;
pub(crate) mod request;
mod respond;
mod told;

use checks::{AuthorizeError, Refused};
use interaction::{Next, Progress};
use request::AuthorizationRequest;

pub(crate) use respond::{Prepared, refuse};
pub(crate) use told::{Who, denied as tell_denied};

/// `GET` and `POST /realms/{realm}/protocol/openid-connect/auth`.
pub(crate) async fn authorize(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let params = page.params()?;
    let draft = Draft::new(&params);
    let request = match checks::run(&draft, &page.realm) {
        Ok(request) => request,
        Err(error) => {
            told::refused(&page, &draft, &error);
            return Ok(refused(&page, error));
        }
    };
    Ok(begin(&page, request).await.unwrap_or_else(|fault| page.fault(&fault)))
}

/// Tells the person or the client why a request goes no further.
fn refused(page: &PageRequest, error: AuthorizeError) -> Response<Body> {
    match error {
        AuthorizeError::Display {
            kind,
            client_id,
            detail,
        } => page.error_page(&ErrorPage {
            kind,
            detail: detail.as_deref(),
            client_id: client_id.as_deref(),
        }),
        AuthorizeError::Redirect { client_id, to, refused } => refuse(page, &client_id, &to, &refused),
    }
}

/// A checked request meets the browser's session.
async fn begin(page: &PageRequest, request: AuthorizationRequest) -> Result<Response<Body>, Fault> {
    let session = session::enabled(page).await?;
    go_on(
        page,
        &request,
        session.as_ref(),
        Come {
            fresh: false,
            agreed: false,
        },
    )
    .await
}

/// What the person did on the way here.
#[derive(Clone, Copy)]
pub(crate) struct Come {
    /// They proved who they are.
    pub(crate) fresh: bool,
    /// They agreed.
    pub(crate) agreed: bool,
}

/// Prepares the code that a login for a request may end with. `None` when the client is gone: then there is only
/// [`go_on`].
pub(crate) fn prepare<'a>(
    page: &'a PageRequest,
    request: &'a AuthorizationRequest,
    come: Come,
) -> Option<Prepared<'a>> {
    still_there(page, request).map(|client| Prepared::new(page, client, request, come))
}

/// Goes on with a request: shows the next page, or answers the client.
pub(crate) async fn go_on(
    page: &PageRequest,
    request: &AuthorizationRequest,
    session: Option<&Session>,
    come: Come,
) -> Result<Response<Body>, Fault> {
    let Some(client) = still_there(page, request) else {
        return Ok(page.error(ErrorKind::UnknownClient));
    };
    let consent = match session {
        Some(session) if needs_consent_row(client) => stored_consent(page, session, client).await?,
        _ => None,
    };
    let progress = progress(page, client, session, consent.as_ref(), come);
    match (interaction::next(request, progress), session) {
        (Next::Done, Some(session)) => respond::grant(page, client, request, session, come).await,
        (Next::Consent, Some(session)) => {
            let step = Step::Consent {
                session: session.id,
                fresh: come.fresh,
            };
            let subject = page
                .app
                .subjects
                .get(page.app.store(), &page.realm, session.user)
                .await?;
            let username = subject.as_ref().map(|subject| subject.user.username.as_str());
            login::show_first(page, Purpose::Authorize(Box::new(request.clone())), step, username)
        }
        (Next::Login { again }, _) => {
            let hint = request.login_hint.as_deref();
            let step = Step::Login { again };
            login::show_first(page, Purpose::Authorize(Box::new(request.clone())), step, hint)
        }
        (Next::Refuse(code), _) => Ok(refuse(
            page,
            &request.client_id,
            &request.redirect,
            &Refused::bare(code),
        )),
        // Without a session the next step is never one of these.
        (Next::Done | Next::Consent, None) => Ok(page.error(ErrorKind::InvalidRequest)),
    }
}

/// The client of a request that waited in the browser: an operator may have changed it meanwhile.
pub(crate) fn still_there<'p>(page: &'p PageRequest, request: &AuthorizationRequest) -> Option<&'p ClientEntry> {
    let client = page.realm.clients.get(&request.client_id)?;
    let settings = &client.client.settings;
    let same = keyward_domain::client::redirect_uri::matches(request.redirect.uri(), settings);
    (client.client.enabled && settings.standard_flow && same).then_some(client)
}

fn progress<'a>(
    page: &PageRequest,
    client: &ClientEntry,
    session: Option<&'a Session>,
    consent: Option<&'a Consent>,
    come: Come,
) -> Progress<'a> {
    Progress {
        session,
        fresh: come.fresh,
        agreed: come.agreed,
        consent,
        policy: client.client.settings.consent,
        sub: session.map(|session| client.sub(session.user)),
        now: page.cx.now,
    }
}

fn needs_consent_row(client: &ClientEntry) -> bool {
    client.client.settings.consent == keyward_domain::client::ConsentPolicy::Remember
}

async fn stored_consent(page: &PageRequest, session: &Session, client: &ClientEntry) -> Result<Option<Consent>, Fault> {
    let mut tx = page.app.store().read().await?;
    tx.consent(session.user, client.client.id).await
}

/// Notes a refusal of a client that is known.
fn note_refused(page: &PageRequest, client_id: &str, reason: &'static str) {
    let what = What::AuthorizationRefused {
        client: client_id.to_owned(),
        reason,
    };
    page.app
        .events
        .record(page.cx.event(page.realm.realm.name.as_str(), what));
}
