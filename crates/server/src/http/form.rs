//! A form posted to an endpoint of a realm (RFC 6749 §3.2): the checks that every such endpoint makes, one after the
//! other, each of which may already be the answer.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::params::Params;

use super::call::Call;
use super::client_auth::{AuthenticatedClient, Scripts, authenticate};
use super::edge::Cx;
use super::respond::{self, EarlyAnswer};
use super::{body, realm};
use crate::app::App;
use crate::snapshot::RealmSnapshot;

/// A request whose realm is known and whose body has arrived.
pub(crate) struct FormRequest {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Instant, request id, caller's address.
    pub(crate) cx: Cx,
    /// The realm, as it was when the request came.
    pub(crate) realm: Arc<RealmSnapshot>,
    headers: HeaderMap,
    bytes: Bytes,
}

impl FormRequest {
    /// Finds the realm, then reads the body.
    pub(crate) async fn read(call: Call) -> Result<Self, EarlyAnswer> {
        let Call {
            app,
            cx,
            realm: name,
            headers,
            body,
            ..
        } = call;
        let realm = realm::find(&app, &name, &cx).await?;
        let bytes = body::form(&app, &headers, body)
            .await
            .map_err(|error| Box::new(error.answer()))?;
        Ok(Self {
            app,
            cx,
            realm,
            headers,
            bytes,
        })
    }

    /// The form's parameters; they borrow from the body.
    pub(crate) fn params(&self) -> Result<Params<'_>, EarlyAnswer> {
        Params::parse_form(&self.bytes).map_err(|error| Box::new(respond::error(error.code(), error.description())))
    }

    /// The client that calls. `wrong` is the endpoint's text for a failed authentication, and `kind` its event.
    pub(crate) fn caller(
        &self,
        params: &Params<'_>,
        scripts: Scripts,
        wrong: &str,
        kind: UserEventType,
    ) -> Result<AuthenticatedClient<'_>, EarlyAnswer> {
        authenticate(&self.app, &self.realm, &self.headers, params, (scripts, kind), &self.cx)
            .map_err(|refused| Box::new(refused.answer(&self.headers, &self.realm, wrong)))
    }
}
