//! Logout (OIDC RP-Initiated Logout §2), and Keycloak's logout by refresh token.

use axum::body::Body;
use axum::http::Response;
use keyward_protocol::logout::{self, LogoutRequest};
use serde::{Deserialize, Serialize};

use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::pages::{LoggedOut, Page};
use crate::session;

mod by_browser;
mod by_refresh_token;
mod confirm;
mod told;

pub(crate) use confirm::confirmed;

/// What the browser goes on to after the logout.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct After {
    client_id: Option<String>,
    uri: Option<String>,
    state: Option<String>,
    ui_locales: Option<String>,
}

/// `GET` and `POST /realms/{realm}/protocol/openid-connect/logout`.
pub(crate) async fn logout(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let params = page.params()?;
    let request = LogoutRequest::new(&params);
    if page.posted
        && let Some(token) = request.refresh_token
    {
        return by_refresh_token::end(&page, &params, token).await;
    }
    Ok(by_browser::end(&page, &request)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

/// The session is over: back to the application, or a page that says so.
fn done(page: &PageRequest, after: &After) -> Response<Body> {
    let mut response = if let Some(uri) = &after.uri {
        page.redirect(&logout::location(uri, after.state.as_deref()))
    } else {
        let client = after.client_id.as_ref().and_then(|id| page.realm.clients.get(id));
        let shown = Page::LoggedOut(LoggedOut {
            client_name: client.map(|client| client.client.shown_name()),
            client_url: client.and_then(|client| client.client.settings.home_url.as_deref()),
        });
        page.show(&shown, page.locale(after.ui_locales.as_deref()), &[])
    };
    session::forget(&page.app, &page.realm, &mut response);
    response
}
