//! The demo application: one page at `/demo` that logs a person in with nothing but the browser. Only `keyward dev`
//! serves it.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::response::Redirect;
use axum::routing::get;
use keyward_jose::digest::{b64_encode, sha256};

/// Where it is. Its redirect URI is this path at the server's own address.
pub(super) const PATH: &str = "/demo";

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("script.js");
/// The look of the login pages.
const STYLE: &str = include_str!("../../../../server/src/pages/style.css");

/// The page, and the way there from `/`. `base_url` is where the endpoints are, `api_url` the API that it calls.
pub(super) fn router(base_url: &str, api_url: &str) -> Router {
    let document: Arc<str> = PAGE
        .replace("{style}", STYLE)
        .replace("{script}", SCRIPT)
        .replace("{api}", api_url)
        .into();
    let policy = policy(base_url, api_url);
    let page = get(move || async move {
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (X_FRAME_OPTIONS, "DENY".to_owned()),
            (CONTENT_SECURITY_POLICY, policy),
        ];
        (headers, document.to_string())
    });
    Router::new()
        .route(PATH, page)
        .route("/", get(async || Redirect::temporary(PATH)))
}

/// Its own text, the server's endpoints and the API, nothing else. CSP Level 3 §2.3.1
fn policy(base_url: &str, api_url: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", b64_encode(&sha256(text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self' {base_url} {api_url}; img-src data:; form-action \
         'none'; base-uri 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

#[cfg(test)]
mod tests {
    use super::{PAGE, SCRIPT, STYLE, policy};

    #[test]
    fn the_texts_have_their_places() {
        for place in ["<style>{style}</style>", "<script>{script}</script>"] {
            assert_eq!(PAGE.matches(place).count(), 1, "{place}");
        }
        assert_eq!(PAGE.matches(" data-api=\"{api}\"").count(), 1);
        assert!(!STYLE.contains("{script}") && !STYLE.contains("{api}") && !SCRIPT.contains("{api}"));
        assert!(!SCRIPT.contains("</script"));
    }

    #[test]
    fn nothing_but_its_own_text_runs() {
        let policy = policy("http://127.0.0.1:8080", "http://127.0.0.1:8081");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(
            policy.contains("connect-src 'self' http://127.0.0.1:8080 http://127.0.0.1:8081; "),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
