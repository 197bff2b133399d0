//! `POST /realms/{realm}/login-actions/consent`: the person lets the client have what it asked for, or does not
//! (OIDC Core §3.1.2.4).

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::client::ConsentPolicy;
use keyward_domain::event::{Event, What};
use keyward_domain::ports::Tx;
use keyward_domain::session::{Consent, Session};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::params::Params;

use super::pending::{Pending, Purpose, Step};
use super::{Said, resume, show};
use crate::authorize::checks::Refused;
use crate::authorize::request::AuthorizationRequest;
use crate::authorize::{self, Come};
use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::http::write::{Decide, write};
use crate::pages::ErrorKind;
use crate::session;

/// Answers the form, or shows its page again.
pub(crate) async fn consent(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let (query, form) = (page.query()?, page.form()?);
    let pending = resume(&page, &query, &form)?;
    Ok(submit(&page, &pending, &form)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

async fn submit(page: &PageRequest, pending: &Pending, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let (Purpose::Authorize(request), Step::Consent { session, fresh }) = (&pending.purpose, &pending.step) else {
        return Ok(page.error(ErrorKind::InvalidRequest));
    };
    let found = session::enabled(page).await?;
    // Who agrees must be who was asked, and may still log in.
    let Some(found) = found.filter(|found| found.id == *session && !pending.is_late(page)) else {
        return authorize::go_on(
            page,
            request,
            None,
            Come {
                fresh: false,
                agreed: false,
            },
        )
        .await;
    };
    if !page.posted {
        return show(page, pending, Said::default());
    }
    let Some(client) = authorize::still_there(page, request) else {
        return Ok(page.error(ErrorKind::UnknownClient));
    };
    let name = page.realm.realm.name.as_str();
    let client_id = request.client_id.clone();
    let user_id = found.user;
    if form.get("cancel").is_some() || form.get("accept").is_none() {
        let what = What::ConsentDenied {
            client: client_id,
            user_id,
        };
        page.app.events.record(page.cx.event(name, what));
        authorize::tell_denied(page, request, &found).await?;
        let refused = Refused::bare(ErrorCode::AccessDenied);
        return Ok(authorize::refuse(page, &request.client_id, &request.redirect, &refused));
    }
    let what = What::ConsentGiven {
        client: client_id,
        user_id,
        scope: request.scope.join(" "),
    };
    let given = page.cx.event(name, what);
    if client.client.settings.consent == ConsentPolicy::Remember {
        let decision = Remember {
            page,
            client: client.client.id,
            request,
            session: &found,
            event: &given,
        };
        write(page.app.store(), &decision).await?;
    }
    page.app.events.record(given);
    let come = Come {
        fresh: *fresh,
        agreed: true,
    };
    authorize::go_on(page, request, Some(&found), come).await
}

/// The decision to remember what the person agreed to.
struct Remember<'a> {
    page: &'a PageRequest,
    client: keyward_domain::id::ClientUuid,
    request: &'a AuthorizationRequest,
    session: &'a Session,
    event: &'a Event,
}

#[async_trait]
impl Decide for Remember<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        let user = self.session.user;
        let before = tx.consent(user, self.client).await?;
        let mut scope = before.map(|consent| consent.scope).unwrap_or_default();
        for name in &self.request.scope {
            if !scope.contains(name) {
                scope.push(name.clone());
            }
        }
        let consent = Consent {
            user,
            client: self.client,
            scope,
            given_at: self.page.cx.now,
        };
        tx.save_consent(&consent).await?;
        tx.append_event(self.event).await
    }
}
