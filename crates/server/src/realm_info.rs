//! What anybody may know of a realm, on Keycloak's path `/realms/{realm}`.

use axum::body::Body;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::http::{HeaderValue, Response, StatusCode};
use keyward_jose::Algorithm;
use keyward_protocol::metadata::RealmInfo;

use crate::http::call::Call;
use crate::http::{realm, respond};

/// `GET /realms/{realm}`.
pub(crate) async fn realm_info(call: Call) -> Response<Body> {
    let Call {
        app, cx, realm: name, ..
    } = call;
    let realm = match realm::find(&app, &name, &cx).await {
        Ok(realm) => realm,
        Err(answer) => return *answer,
    };
    let key = realm.signing_key(Algorithm::Rs256, cx.now);
    let info = RealmInfo {
        realm: name,
        public_key: key
            .map(|entry| keyward_jose::digest::b64_encode(entry.key.public_der()))
            .unwrap_or_default(),
        token_service: format!("{}/protocol/openid-connect", realm.issuer),
        account_service: format!("{}/account", realm.issuer),
        tokens_not_before: u64::try_from(realm.realm.not_before.secs()).unwrap_or(0),
    };
    let mut response = respond::json_of(StatusCode::OK, &info);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
