//! What the API tells clients about itself. RFC 9728

use std::collections::BTreeSet;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response};
use serde::Serialize;

/// The metadata of a protected resource. RFC 9728 §2
#[derive(Debug, Serialize)]
struct ProtectedResource<'a> {
    resource: &'a str,
    authorization_servers: &'a [String],
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    scopes_supported: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<&'a str>,
}

/// The document, and where it is.
pub(crate) struct Metadata {
    /// As in challenges. RFC 9728 §5.1
    pub(crate) url: String,
    path: String,
    document: Bytes,
}

impl Metadata {
    /// Of the resource at `public_url`. The error says what is wrong with the address.
    pub(crate) fn new(
        public_url: &str,
        issuers: &[String],
        scopes: &BTreeSet<String>,
        name: Option<&str>,
    ) -> Result<Self, String> {
        let wrong = || format!("server.public_url `{public_url}` is no address like https://api.example.com");
        let (scheme, rest) = public_url.split_once("://").ok_or_else(wrong)?;
        if !matches!(scheme, "https" | "http")
            || rest.contains(['?', '#', '@', ' '])
            || rest.starts_with('/')
            || rest.is_empty()
        {
            return Err(wrong());
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        // RFC 9728 §3.1: between host and path; a slash that is all of the path counts as none.
        let path = format!(
            "/.well-known/oauth-protected-resource{}",
            if path == "/" { "" } else { path }
        );
        // RFC 9728 §2 wants scopes that clients may ask for: `offline_access` is the authorization server's own.
        let scopes: BTreeSet<String> = scopes
            .iter()
            .filter(|name| *name != "offline_access")
            .cloned()
            .collect();
        let document = ProtectedResource {
            resource: public_url,
            authorization_servers: issuers,
            bearer_methods_supported: ["header"],
            scopes_supported: &scopes,
            resource_name: name,
        };
        Ok(Self {
            url: format!("{scheme}://{authority}{path}"),
            path,
            document: serde_json::to_vec(&document).map_err(|error| error.to_string())?.into(),
        })
    }

    /// Where the document is.
    #[cfg(feature = "axum")]
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The document, if it is asked for. RFC 9728 §3.2
    pub(crate) fn answer(&self, method: &Method, path: &str) -> Option<Response<Bytes>> {
        if path != self.path || !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let mut response = Response::new(self.document.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Some(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(url: &str) -> Result<Metadata, String> {
        let scopes = ["orders:read", "offline_access"].map(str::to_owned).into();
        Metadata::new(
            url,
            &["https://id.example.com/realms/acme".into()],
            &scopes,
            Some("Orders"),
        )
    }

    #[test]
    fn the_path_goes_between_host_and_path() {
        for (resource, url) in [
            (
                "https://api.example.com",
                "https://api.example.com/.well-known/oauth-protected-resource",
            ),
            (
                "https://api.example.com/",
                "https://api.example.com/.well-known/oauth-protected-resource",
            ),
            (
                "https://api.example.com:8443/v1",
                "https://api.example.com:8443/.well-known/oauth-protected-resource/v1",
            ),
        ] {
            assert_eq!(metadata(resource).unwrap().url, url);
        }
        for wrong in ["api.example.com", "ftp://x", "https://", "https://a@b", "https://x?y"] {
            assert!(metadata(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_document_names_what_clients_need() {
        let metadata = metadata("https://api.example.com").unwrap();
        let response = metadata
            .answer(&Method::GET, "/.well-known/oauth-protected-resource")
            .unwrap();
        assert_eq!(
            response.body(),
            concat!(
                r#"{"resource":"https://api.example.com","#,
                r#""authorization_servers":["https://id.example.com/realms/acme"],"#,
                r#""bearer_methods_supported":["header"],"scopes_supported":["orders:read"],"resource_name":"Orders"}"#
            )
        );
        assert!(
            metadata
                .answer(&Method::GET, "/.well-known/oauth-protected-resource/x")
                .is_none()
        );
        assert!(
            metadata
                .answer(&Method::POST, "/.well-known/oauth-protected-resource")
                .is_none()
        );
    }
}
