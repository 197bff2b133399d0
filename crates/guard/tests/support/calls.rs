//! Calls to a guard in this program.

use http::{HeaderValue, Request};
use keyward_client::UnixMillis;
use keyward_client::time::{Clock as _, SystemClock};
use keyward_guard::testing::Token;
use keyward_guard::{Guard, RequestView, Verdict};

/// A guard by a configuration, with its issuers' keys.
pub(crate) async fn guard(config: &str) -> Guard {
    let guard = Guard::from_toml(config).unwrap();
    guard.start().await.unwrap();
    guard
}

/// Now.
pub(crate) fn now() -> UnixMillis {
    SystemClock.now()
}

/// The reason of the refusal of a `GET` with this token; nothing when it may pass.
pub(crate) async fn get(guard: &Guard, path: &str, token: &Token) -> Option<&'static str> {
    get_at(guard, path, token, now()).await
}

/// The same at an instant.
pub(crate) async fn get_at(guard: &Guard, path: &str, token: &Token, now: UnixMillis) -> Option<&'static str> {
    get_text(guard, path, token.bearer(), now).await
}

/// The same with the value of the header.
pub(crate) async fn get_text(guard: &Guard, path: &str, bearer: HeaderValue, now: UnixMillis) -> Option<&'static str> {
    let request = Request::get(path)
        .header("host", "api.example.com")
        .header("authorization", bearer)
        .body(())
        .unwrap();
    let view = RequestView::of(&request, [127, 0, 0, 1].into());
    match guard.check_at(view, now).await.verdict {
        Verdict::Deny(denial) => Some(denial.reason.code()),
        Verdict::Allow => None,
        Verdict::Answer(_) => panic!("answered"),
    }
}
