//! What a handler of the admin API gets.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::task::yield_now;

use super::body::{self, Representation};
use super::caller::AdminCaller;
use super::error::AdminError;
use super::kinds;
use super::query::Query;
use super::rights::{Need, Rights};
use crate::app::App;
use crate::http::edge::Cx;
use crate::snapshot::RealmSnapshot;

/// A request whose caller is known and allowed.
pub(crate) struct AdminCall {
    pub(crate) app: Arc<App>,
    pub(crate) cx: Cx,
    pub(crate) caller: AdminCaller,
    /// What the caller may do with [`Self::realm`].
    pub(crate) rights: Rights,
    pub(super) realm: Option<Arc<RealmSnapshot>>,
    pub(super) params: Vec<(String, String)>,
    pub(crate) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) path: String,
}

impl AdminCall {
    /// The realm in the path.
    pub(crate) fn realm(&self) -> Result<&Arc<RealmSnapshot>, AdminError> {
        self.realm.as_ref().ok_or(AdminError::not_found("Realm not found."))
    }

    /// Reads the realm in the path anew.
    pub(super) async fn renew_realm(&mut self) -> Result<(), AdminError> {
        if let Some(before) = &self.realm {
            self.app.realms.changed(before.realm.id).await?;
            let now = self.app.realms.get(before.realm.name.as_str()).await?;
            self.realm = now.filter(|now| now.realm.id == before.realm.id);
        }
        Ok(())
    }

    /// The row of the realm in the path.
    pub(crate) fn realm_id(&self) -> Result<RealmId, AdminError> {
        Ok(self.realm()?.realm.id)
    }

    /// A parameter of the path, decoded; empty if the route has none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(its, _)| its == name);
        found.map_or("", |(_, value)| value)
    }

    /// A parameter of the path that is the id of a row; what is none is not there, and `missing` says so.
    pub(crate) fn id<T: std::str::FromStr>(&self, name: &str, missing: &'static str) -> Result<T, AdminError> {
        self.param(name).parse().map_err(|_| AdminError::not_found(missing))
    }

    /// Asks more of the caller than the route did.
    pub(crate) fn require(&self, need: Need) -> Result<(), AdminError> {
        if need.is_met_by(self.rights) {
            Ok(())
        } else {
            Err(AdminError::Forbidden)
        }
    }

    /// The body as one of Keycloak's representations.
    pub(crate) fn representation<T: Representation>(&self) -> Result<T, AdminError> {
        self.wants("application/json")?;
        body::representation(&self.body)
    }

    /// The body as JSON of another shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, AdminError> {
        self.wants("application/json")?;
        body::json(&self.body)
    }

    /// The body as JSON that the caller takes apart.
    pub(crate) fn json_text(&self) -> Result<&str, AdminError> {
        self.wants("application/json")?;
        std::str::from_utf8(&self.body).map_err(|_| AdminError::BadRequest("the body is not UTF-8".into()))
    }

    /// The body as an object that is kept as data, with an error for every member that Keycloak does not know, and for
    /// one of another kind.
    pub(crate) fn known(&self, name: &'static str, members: &[&str]) -> Result<Value, AdminError> {
        let body: Map<String, Value> = self.json()?;
        match body.keys().find(|member| !members.contains(&member.as_str())) {
            None => kinds::settle(name, body)
                .map(Value::Object)
                .ok_or_else(body::wrong_kind),
            Some(unknown) => Err(body::unrecognized(&self.body, name, unknown)),
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<&str, AdminError> {
        self.wants("text/plain")?;
        let text =
            std::str::from_utf8(&self.body).map_err(|_| AdminError::BadRequest("the body is not UTF-8".into()))?;
        if text.contains('\0') {
            return Err(body::holds_nul());
        }
        Ok(text)
    }

    /// The body as it came.
    pub(crate) fn raw_body(&self) -> &Bytes {
        &self.body
    }

    /// The request's headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// `Content-Type`, empty when there is none.
    pub(crate) fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    fn wants(&self, media_type: &str) -> Result<(), AdminError> {
        let sent = self.content_type().split(';').next().unwrap_or_default().trim();
        if sent.eq_ignore_ascii_case(media_type) {
            Ok(())
        } else {
            Err(AdminError::UnsupportedMediaType)
        }
    }

    /// The URL of this request with a segment more: where a new thing is.
    pub(crate) fn url(&self, segment: &str) -> String {
        let segment = percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC).to_string();
        // What needs no encoding in a segment (RFC 3986 §2.3) is left readable.
        let segment = segment
            .replace("%2D", "-")
            .replace("%2E", ".")
            .replace("%5F", "_")
            .replace("%7E", "~");
        format!(
            "{}{}/{segment}",
            self.app.settings.public_url,
            self.path.trim_end_matches('/')
        )
    }

    /// The path below the realm, for events.
    pub(crate) fn resource_path(&self) -> &str {
        let mut rest = self.path.splitn(5, '/');
        rest.nth(4).unwrap_or_default().trim_end_matches('/')
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Box<dyn Tx>, AdminError> {
        Ok(self.app.store.read().await?)
    }

    /// A transaction. [`Self::commit`] ends it. Those of one realm take turns: what one reads in it, no other
    /// administrator changes before it is written back.
    pub(crate) async fn write(&self) -> Result<Box<dyn Tx>, AdminError> {
        // What was read for it took a while: others have their turn before the realm is locked.
        yield_now().await;
        let mut tx = self.app.store.write().await?;
        if let Ok(realm) = self.realm_id() {
            tx.lock_realm(realm).await?;
        }
        Ok(tx)
    }
}
