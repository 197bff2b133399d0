//! Issuers on one loopback server: keys, metadata, introspection; in good order, and in every kind of disorder.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderValue, StatusCode};
use keyward_guard::testing::TestKey;
use keyward_guard::testing::vectors::{Said, World, directory};
use serde_json::json;
use tempfile::NamedTempFile;

use super::key_sets::{self, kid};
use super::server::{Came, Reply, Server, json, reply};

/// `guard:s3cret-of-the-guard-and-of-nobody-else` as Basic. RFC 7617 §2
const CREDENTIALS: &str = "Basic Z3VhcmQ6czNjcmV0LW9mLXRoZS1ndWFyZC1hbmQtb2Ytbm9ib2R5LWVsc2U=";

/// How an issuer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As its name says.
    #[default]
    Usual,
    /// Answers nothing but 503.
    Down,
    /// Has the keys of the issuer `other` only.
    Rotated,
}

/// All issuers, and a server that nobody should ever ask.
pub(crate) struct Issuers {
    server: Server,
    trap: Server,
    state: Arc<State>,
    secret: NamedTempFile,
    wrong_secret: NamedTempFile,
    upstream: String,
}

#[derive(Default)]
struct State {
    said: Mutex<HashMap<String, Said>>,
    asked: Mutex<HashMap<String, usize>>,
    fetched: Mutex<HashMap<String, usize>>,
    mood: Mutex<Mood>,
}

impl Issuers {
    /// Starts them. `upstream` is where a gateway sends what may pass.
    pub(crate) async fn start(upstream: &str) -> Self {
        let state = Arc::new(State::default());
        let answering = Arc::clone(&state);
        let trap = Server::start(|_| async { reply(200, "application/json", "{\"keys\":[]}") }).await;
        let elsewhere = trap.url("/keys");
        let server = Server::start(move |came| {
            let (state, elsewhere) = (Arc::clone(&answering), elsewhere.clone());
            async move { answer(&state, came, &elsewhere).await }
        })
        .await;
        Self {
            server,
            trap,
            state,
            secret: secret("s3cret-of-the-guard-and-of-nobody-else"),
            wrong_secret: secret("another"),
            upstream: upstream.to_owned(),
        }
    }

    /// Changes how all of them are.
    pub(crate) fn feel(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// How often a path was asked for.
    pub(crate) fn fetched(&self, path: &str) -> usize {
        self.state
            .fetched
            .lock()
            .unwrap()
            .get(path)
            .copied()
            .unwrap_or_default()
    }

    /// How many connections were made to the server that a token points to.
    pub(crate) fn trapped(&self) -> usize {
        self.trap.connections()
    }
}

/// A configuration of the vectors, at work among these issuers.
pub(crate) fn config(name: &str, issuers: &Issuers) -> String {
    let path = directory().join(name).with_extension("toml");
    let text = std::fs::read_to_string(path).unwrap();
    ["issuers", "secret", "wrong_secret", "upstream"]
        .iter()
        .fold(text, |text, name| {
            text.replace(&format!("{{{{{name}}}}}"), &issuers.value(name).unwrap())
        })
}

impl World for Issuers {
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "issuers" => Some(self.server.url("")),
            "trap" => Some(self.trap.url("")),
            "secret" => Some(self.secret.path().display().to_string()),
            "wrong_secret" => Some(self.wrong_secret.path().display().to_string()),
            "upstream" => Some(self.upstream.clone()),
            "kid_p256" => Some(kid(TestKey::P256)),
            "kid_lower" => Some(kid(TestKey::P256).to_lowercase()),
            "jwk_stranger" => Some(json!(TestKey::P256Stranger.signing_key().public_jwk()).to_string()),
            // One more than a scope may have.
            "scopes" => Some((0..100).fold("orders:read".to_owned(), |all, n| format!("{all} s{n}"))),
            _ => None,
        }
    }

    fn tell(&self, token: &str, said: Said) {
        self.state.said.lock().unwrap().insert(token.to_owned(), said);
    }

    fn asked(&self, token: &str) -> usize {
        self.state.asked.lock().unwrap().get(token).copied().unwrap_or_default()
    }
}

fn secret(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

async fn answer(state: &State, came: Came, elsewhere: &str) -> Reply {
    let path = came.target.split('?').next().unwrap().to_owned();
    *state.fetched.lock().unwrap().entry(path.clone()).or_default() += 1;
    let mood = *state.mood.lock().unwrap();
    let (issuer, place) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    match (mood, place) {
        (Mood::Down, _) => reply(503, "text/plain", ""),
        (Mood::Rotated, "keys") => json(&key_sets::of("other")),
        (_, "introspect") => introspect(state, &came).await,
        (_, ".well-known/openid-configuration") => {
            let host = came.headers["host"].to_str().unwrap();
            let url = format!("http://{host}/{issuer}");
            json(
                &json!({"issuer": url, "jwks_uri": format!("{url}/keys"), "introspection_endpoint": format!("{url}/introspect")}),
            )
        }
        (_, "keys") => keys(issuer, elsewhere).await,
        _ => reply(404, "text/plain", ""),
    }
}

/// The keys of an issuer, or what stands in their place.
async fn keys(issuer: &str, elsewhere: &str) -> Reply {
    match issuer {
        "down" => reply(503, "text/plain", ""),
        "html" => reply(200, "text/html", "<html><body>Welcome</body></html>"),
        "huge" => reply(
            200,
            "application/json",
            format!("{{\"keys\":[],\"x\":\"{}\"}}", "a".repeat(10 << 20)),
        ),
        "slow" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            json(&key_sets::of("acme"))
        }
        "moved" => {
            let mut moved = reply(302, "text/plain", "");
            moved
                .headers_mut()
                .insert(LOCATION, HeaderValue::try_from(elsewhere).unwrap());
            moved
        }
        "zipped" => {
            // A few bytes that say that they are many: nobody unpacks them.
            let mut zipped = reply(200, "application/json", key_sets::ZIPPED);
            zipped
                .headers_mut()
                .insert("content-encoding", HeaderValue::from_static("gzip"));
            zipped
        }
        issuer => json(&key_sets::of(issuer)),
    }
}

/// RFC 7662 §2.1
async fn introspect(state: &State, came: &Came) -> Reply {
    let by_guard = came
        .headers
        .get(AUTHORIZATION)
        .is_some_and(|value| value == CREDENTIALS);
    if came.method != http::Method::POST || !by_guard {
        return reply(
            StatusCode::UNAUTHORIZED.as_u16(),
            "application/json",
            r#"{"error":"invalid_client"}"#,
        );
    }
    let form = str::from_utf8(&came.body).unwrap();
    let token = form.split('&').find_map(|pair| pair.strip_prefix("token=")).unwrap();
    let token = decoded(token);
    *state.asked.lock().unwrap().entry(token.clone()).or_default() += 1;
    let said = state.said.lock().unwrap().get(&token).cloned();
    let Some(said) = said else {
        return json(&json!({"active": false}));
    };
    tokio::time::sleep(said.delay).await;
    reply(said.status.as_u16(), &said.media_type, said.body)
}

/// The characters of tokens that a form escapes.
fn decoded(text: &str) -> String {
    ["%7E~", "%2B+", "%2F/", "%3D="]
        .iter()
        .fold(text.to_owned(), |text, pair| text.replace(&pair[..3], &pair[3..]))
}
