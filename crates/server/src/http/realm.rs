//! Finding the realm of a request.

use std::sync::Arc;

use axum::http::StatusCode;
use keyward_protocol::error::ErrorCode;

use super::edge::Cx;
use super::respond::{self, EarlyAnswer};
use crate::app::App;
use crate::snapshot::RealmSnapshot;

/// The realm, or the answer that there is none.
pub(crate) async fn find(app: &App, name: &str, cx: &Cx) -> Result<Arc<RealmSnapshot>, EarlyAnswer> {
    // Revocations and disabled clients are known only as far as the log was read: beyond the bound nothing is
    // answered from memory any more.
    if !app.is_fresh(cx.now) {
        return Err(Box::new(respond::unavailable()));
    }
    match app.realms.get(name).await {
        Ok(Some(realm)) if realm.realm.enabled => Ok(realm),
        Ok(Some(_)) => Err(Box::new(respond::error(ErrorCode::AccessDenied, "Realm not enabled"))),
        Ok(None) => Err(Box::new(respond::plain_error(
            StatusCode::NOT_FOUND,
            "Realm does not exist",
        ))),
        Err(fault) => Err(Box::new(respond::fault(&fault, cx))),
    }
}
