//! The page that asks whether to log out: without a token of the session anybody could have sent the browser here.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::id::SessionId;
use keyward_domain::{Fault, Timestamp};
use serde::{Deserialize, Serialize};

use super::by_browser::current;
use super::{After, done, told};
use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::http::sealed;
use crate::pages::{ErrorKind, LogoutConfirm, Page};
use crate::session;
use crate::snapshot::ClientEntry;

/// The form's field, and what its sealed text is for.
const FIELD: &str = "logout";

/// A confirmation page works this long.
const CONFIRM_SECS: i64 = 30 * 60;

/// What the confirmation page carries: bound to the session that it asks about.
#[derive(Serialize, Deserialize)]
struct Asked {
    session: SessionId,
    at: Timestamp,
    after: After,
}

/// Shows the page.
pub(super) fn confirm(
    page: &PageRequest,
    session: SessionId,
    after: After,
    client: Option<&ClientEntry>,
) -> Result<Response<Body>, Fault> {
    let asked = Asked {
        session,
        at: page.cx.now,
        after,
    };
    let locale = page.locale(asked.after.ui_locales.as_deref());
    let sealed = sealed::seal(&page.realm, FIELD, &asked, page.cx.now)?;
    let shown = Page::LogoutConfirm(LogoutConfirm {
        action: &format!("{}/protocol/openid-connect/logout/logout-confirm", page.realm.issuer),
        hidden: &[(FIELD, &sealed)],
        client_name: client.map(|client| client.client.shown_name()),
    });
    Ok(page.show(&shown, locale, &[]))
}

/// `POST …/logout/logout-confirm`: the person said yes.
pub(crate) async fn confirmed(call: Call) -> Response<Body> {
    answer_confirmed(call).await.unwrap_or_else(|early| *early)
}

async fn answer_confirmed(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let form = page.form()?;
    let asked: Option<Asked> = form
        .get(FIELD)
        .and_then(|text| sealed::open(&page.realm, FIELD, text, page.cx.now));
    let fresh = asked.filter(|asked| page.cx.now.millis_since(asked.at) <= CONFIRM_SECS * 1000);
    let Some(asked) = fresh else {
        return Ok(page.error(ErrorKind::LoginExpired));
    };
    Ok(end_confirmed(&page, asked)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

async fn end_confirmed(page: &PageRequest, asked: Asked) -> Result<Response<Body>, Fault> {
    match current(page).await? {
        // The form was made for this session: a form of somebody else's does nothing here.
        Some(session) if session.id == asked.session => {
            session::end_all(&page.app, &page.realm, session.user, vec![session.id], &page.cx).await?;
            told::ended(page, &asked.after, &session);
            Ok(done(page, &asked.after))
        }
        Some(_) => Ok(page.error(ErrorKind::ForgedForm)),
        None => Ok(done(page, &asked.after)),
    }
}
