//! One request on its way to its endpoint.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};

use super::edge::Cx;
use crate::app::App;

/// What an endpoint gets: taken apart once, so that no header is copied.
pub(crate) struct Call {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Instant, request id, caller's address.
    pub(crate) cx: Cx,
    /// The realm's name as it stands in the path.
    pub(crate) realm: String,
    /// The request's headers.
    pub(crate) headers: HeaderMap,
    /// The request's query, empty when there is none.
    pub(crate) query: String,
    /// Whether it is a POST.
    pub(crate) posted: bool,
    /// The request's body, unread.
    pub(crate) body: Body,
}

impl Call {
    /// Takes a request apart. `None` when it did not come through the edge.
    pub(crate) fn new(app: Arc<App>, request: Request<Body>) -> Option<Self> {
        let (mut parts, body) = request.into_parts();
        let cx = parts.extensions.remove::<Cx>()?;
        let realm = realm(parts.uri.path())?.to_owned();
        Some(Self {
            app,
            cx,
            realm,
            headers: parts.headers,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            posted: parts.method == Method::POST,
            body,
        })
    }
}

/// The segment after `realms`. Names of realms need no encoding, so the raw segment is the name or none.
fn realm(path: &str) -> Option<&str> {
    path.split('/').skip_while(|segment| *segment != "realms").nth(1)
}

#[cfg(test)]
mod tests {
    use super::realm;

    #[test]
    fn the_realm_stands_after_realms_in_every_route() {
        assert_eq!(realm("/realms/demo"), Some("demo"));
        assert_eq!(realm("/realms/demo/protocol/openid-connect/token"), Some("demo"));
        assert_eq!(realm("/.well-known/openid-configuration/realms/demo"), Some("demo"));
        assert_eq!(realm("/realms/realms/protocol/openid-connect/certs"), Some("realms"));
        assert_eq!(realm("/health"), None);
    }
}
