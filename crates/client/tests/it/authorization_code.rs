//! A native program's login, with a browser made of this test.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Uri;
use keyward_client::authorization_code::Opener;
use keyward_client::{
    Answer, ClientAuthentication, IdTokenError, Issuer, Login, LoginError, LoginOptions, NativeLogin, RefreshOptions,
    TokenError, Tokens as _, Transport,
};
use keyward_jose::{Algorithm, half_hash};
use keyward_protocol::params::Params;
use keyward_protocol::pkce;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::tokens::oauth_error;
use crate::support::{NOON, Reply, Server, Signer, TestClock, json, key_set, status, transport};

/// What the issuer remembers of the question that the browser brought.
type Asked = Arc<Mutex<HashMap<String, String>>>;
/// What the browser saw, page by page.
type Pages = Arc<Mutex<Vec<Answer>>>;

struct World {
    server: Server,
    asked: Asked,
    pages: Pages,
}

/// An issuer whose ID tokens `change` may spoil.
async fn world(change: impl Fn(&mut Value) + Send + Sync + Copy + 'static) -> World {
    let signer = Signer::ed25519();
    let asked = Asked::default();
    let memory = asked.clone();
    let server = Server::start(move |seen| {
        let issuer = format!("http://{}", seen.header("host").unwrap());
        let answer = match seen.target.as_str() {
            "/.well-known/openid-configuration" => json(
                json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                    "authorization_response_iss_parameter_supported": true,
                })
                .to_string(),
            ),
            "/keys" => json(key_set([&signer])),
            "/token" => token(&seen.body, &memory.lock().unwrap(), &issuer, &signer, change),
            _ => status(404),
        };
        async move { answer }
    })
    .await;
    World {
        server,
        asked,
        pages: Pages::default(),
    }
}

fn token(
    body: &str,
    asked: &HashMap<String, String>,
    issuer: &str,
    signer: &Signer,
    change: impl Fn(&mut Value),
) -> Reply {
    let form = Params::parse_form(body.as_bytes()).unwrap();
    if form.get("grant_type") == Some("refresh_token") {
        return json(json!({"access_token": "second", "token_type": "Bearer", "expires_in": 60}).to_string());
    }
    assert_eq!(form.get("grant_type"), Some("authorization_code"));
    assert_eq!(form.get("redirect_uri"), Some(asked["redirect_uri"].as_str()));
    assert_eq!(form.get("client_id"), Some("cli"));
    if form.get("code") != Some("c0de") || !pkce::matches(&asked["code_challenge"], form.get("code_verifier").unwrap())
    {
        return oauth_error(400, "invalid_grant");
    }
    let mut claims = json!({
        "iss": issuer, "sub": "ada", "aud": "cli", "exp": NOON.secs() + 60, "iat": NOON.secs(),
        "nonce": asked.get("nonce"), "at_hash": half_hash(Algorithm::EdDsa, "first"),
    });
    change(&mut claims);
    let mut tokens = json!({
        "access_token": "first", "token_type": "Bearer", "expires_in": 60, "refresh_token": "r",
    });
    if asked.contains_key("nonce") && !claims.is_null() {
        tokens["id_token"] = json!(signer.sign("JWT", &claims));
    }
    json(tokens.to_string())
}

impl World {
    /// A browser that comes back with `queries`, one after the other; `STATE` and `ISS` are what they should be.
    fn browser(&self, queries: &'static [&'static str]) -> Opener {
        let (asked, pages, iss) = (self.asked.clone(), self.pages.clone(), self.server.url(""));
        Box::new(move |url| {
            let question = remember(url, &asked);
            let (pages, iss) = (pages.clone(), iss.clone());
            tokio::spawn(async move {
                for query in queries {
                    let query = query.replace("STATE", &question["state"]).replace("ISS", &iss);
                    let answer = transport()
                        .get(&format!("{}?{query}", question["redirect_uri"]), "text/html")
                        .await;
                    pages.lock().unwrap().push(answer.unwrap());
                }
            });
            Ok(())
        })
    }

    fn client(&self, options: LoginOptions) -> NativeLogin {
        let issuer = Issuer::new(transport(), self.server.url(""));
        NativeLogin::new(issuer, ClientAuthentication::public("cli"), options)
    }

    async fn login(&self, queries: &'static [&'static str]) -> Result<Login, LoginError> {
        let options = LoginOptions {
            open: self.browser(queries),
            clock: TestClock::at_noon(),
            ..LoginOptions::default()
        };
        self.client(options).login().await
    }

    /// The pages, once there are as many.
    async fn pages(&self, count: usize) -> Vec<Answer> {
        crate::support::until("the browser has its pages", || {
            self.pages.lock().unwrap().len() == count
        })
        .await;
        self.pages.lock().unwrap().clone()
    }
}

fn remember(url: &str, asked: &Asked) -> HashMap<String, String> {
    let uri: Uri = url.parse().unwrap();
    assert_eq!(uri.path(), "/auth");
    let query = Params::parse_query(uri.query().unwrap()).unwrap();
    let question: HashMap<_, _> = [
        "state",
        "nonce",
        "redirect_uri",
        "code_challenge",
        "code_challenge_method",
    ]
    .into_iter()
    .filter_map(|name| Some((name.to_owned(), query.get(name)?.to_owned())))
    .collect();
    assert_eq!(question["code_challenge_method"], "S256");
    asked.lock().unwrap().clone_from(&question);
    question
}

fn body(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

const GOOD: &str = "code=c0de&state=STATE&iss=ISS";

#[tokio::test]
async fn a_login_from_the_question_to_fresh_tokens() {
    let world = world(|_| ()).await;
    let login = world.login(&[GOOD]).await.unwrap();
    assert_eq!(login.id_token.as_ref().unwrap().sub(), "ada");
    assert_eq!(login.tokens.access_token.reveal(), "first");
    assert_eq!(login.tokens.access_token.scope(), Some("openid"));
    let printed = format!("{login:?}");
    assert!(!printed.contains("first") && !printed.contains("ada"), "{printed}");
    let pages = world.pages(1).await;
    assert_eq!(pages[0].status, 200);
    assert!(body(&pages[0]).contains("<p>You are signed in. You can close this page.</p>"));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(pages[0].headers[name], value);
    }
    let clock = TestClock::at_noon();
    let tokens = login.keep_fresh(RefreshOptions {
        clock: clock.clone(),
        ..RefreshOptions::default()
    });
    assert_eq!(tokens.token().await.unwrap().reveal(), "first");
    clock.advance(Duration::from_mins(1));
    assert_eq!(tokens.token().await.unwrap().reveal(), "second");
}

#[tokio::test]
async fn without_openid_there_is_nobody() {
    let world = world(|_| ()).await;
    let options = LoginOptions {
        scope: "orders:read".to_owned(),
        open: world.browser(&[GOOD]),
        clock: TestClock::at_noon(),
        ..LoginOptions::default()
    };
    let login = world.client(options).login().await.unwrap();
    assert!(login.id_token.is_none());
    assert!(!world.asked.lock().unwrap().contains_key("nonce"));
}

/// Pages that guess the port do not end the login and do not get their code in. RFC 6749 §10.12
#[tokio::test]
async fn forged_answers_before_the_real_one_change_nothing() {
    let world = world(|_| ()).await;
    let login = world
        .login(&[
            "code=evil&iss=ISS",
            "code=evil&state=guess&iss=ISS",
            "error=access_denied&state=guess",
            "code=evil&code=c0de&state=STATE&iss=ISS",
            GOOD,
        ])
        .await;
    assert!(login.is_ok());
    let statuses: Vec<u16> = world.pages(5).await.iter().map(|page| page.status.as_u16()).collect();
    assert_eq!(statuses, [400, 400, 400, 400, 200]);
}

/// RFC 9207 §2.4
#[tokio::test]
async fn mix_up_with_another_issuer_ends_the_login() {
    for query in [
        &["code=c0de&state=STATE&iss=https%3A%2F%2Fevil.example"][..],
        &["code=c0de&state=STATE"],
    ] {
        let world = world(|_| ()).await;
        let error = world.login(query).await.unwrap_err();
        assert!(matches!(error, LoginError::IssuerMismatch), "{error}");
        assert_eq!(world.server.count("/token"), 0);
        let pages = world.pages(1).await;
        assert!(body(&pages[0]).contains("You are not signed in."));
    }
}

#[tokio::test]
async fn refusals_and_answers_without_a_code() {
    let world = world(|_| ()).await;
    let refused = &["error=access_denied&error_description=%3Cb%3Ecanary&state=STATE&iss=ISS"][..];
    let error = world.login(refused).await.unwrap_err();
    assert_eq!(error.to_string(), "the login was refused: access_denied");
    let LoginError::Refused(refusal) = error else {
        panic!("not refused")
    };
    assert_eq!(refusal.description(), Some("<b>canary"));
    assert!(!body(&world.pages(1).await[0]).contains("canary"));
    let error = world.login(&["state=STATE&iss=ISS"]).await.unwrap_err();
    assert!(matches!(error, LoginError::NoCode), "{error}");
    let error = world.login(&["code=other&state=STATE&iss=ISS"]).await.unwrap_err();
    assert!(matches!(error, LoginError::Token(TokenError::Refused(_))), "{error}");
    assert!(body(&world.pages(3).await[2]).contains("You are not signed in."));
}

#[tokio::test]
async fn an_id_token_of_another_login_or_none_is_refused() {
    let replayed = world(|claims| claims["nonce"] = json!("of another login")).await;
    let error = replayed.login(&[GOOD]).await.unwrap_err();
    assert!(matches!(error, LoginError::IdToken(IdTokenError::Nonce)), "{error}");
    let missing = world(|claims| *claims = Value::Null).await;
    let error = missing.login(&[GOOD]).await.unwrap_err();
    assert!(matches!(error, LoginError::NoIdToken), "{error}");
}

#[tokio::test]
async fn nobody_comes_and_no_browser_opens() {
    let world = world(|_| ()).await;
    let options = LoginOptions {
        wait: Duration::from_millis(50),
        open: Box::new(|_| Ok(())),
        ..LoginOptions::default()
    };
    let error = world.client(options).login().await.unwrap_err();
    assert!(matches!(error, LoginError::Timeout), "{error}");
    let options = LoginOptions {
        open: Box::new(|_| Err(io::ErrorKind::NotFound.into())),
        ..LoginOptions::default()
    };
    let error = world.client(options).login().await.unwrap_err();
    assert!(matches!(error, LoginError::Browser(_)), "{error}");
}

/// Sends one request by hand and reads the status.
async fn request(address: &str, text: String) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer.lines().next().unwrap_or_default().to_owned()
}

/// DNS rebinding, other paths and methods; idle connections beside them; then the user.
#[tokio::test]
async fn the_port_serves_one_page_to_one_name() {
    let world = world(|_| ()).await;
    let asked = world.asked.clone();
    let iss = world.server.url("");
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = lines.clone();
    let open: Opener = Box::new(move |url| {
        let question = remember(url, &asked);
        let (seen, iss) = (seen.clone(), iss.clone());
        tokio::spawn(async move {
            let uri: Uri = question["redirect_uri"].parse().unwrap();
            let host = uri.authority().unwrap().to_string();
            let mut idle = Vec::new();
            for _ in 0..8 {
                idle.push(TcpStream::connect(&host).await.unwrap());
            }
            let target = format!("/callback?code=c0de&state={}&iss={iss}", question["state"]);
            for (method, target, name) in [
                ("GET", target.as_str(), "evil.example"),
                ("GET", target.as_str(), "localhost"),
                ("GET", "/favicon.ico", host.as_str()),
                ("POST", target.as_str(), host.as_str()),
                ("GET", target.as_str(), host.as_str()),
            ] {
                let text = format!("{method} {target} HTTP/1.1\r\nhost: {name}\r\ncontent-length: 0\r\n\r\n");
                let line = request(&host, text).await;
                seen.lock().unwrap().push(line);
            }
        });
        Ok(())
    });
    let options = LoginOptions {
        open,
        clock: TestClock::at_noon(),
        ..LoginOptions::default()
    };
    assert!(world.client(options).login().await.is_ok());
    crate::support::until("all have an answer", || lines.lock().unwrap().len() == 5).await;
    assert_eq!(
        *lines.lock().unwrap(),
        [
            "HTTP/1.1 421 Misdirected Request",
            "HTTP/1.1 421 Misdirected Request",
            "HTTP/1.1 404 Not Found",
            "HTTP/1.1 405 Method Not Allowed",
            "HTTP/1.1 200 OK"
        ]
    );
}

#[tokio::test]
async fn the_port_is_closed_after_the_login() {
    let world = world(|_| ()).await;
    world.login(&[GOOD]).await.unwrap();
    let address = world.asked.lock().unwrap()["redirect_uri"].clone();
    let again: Transport = transport();
    assert_eq!(again.get(&address, "*/*").await.unwrap_err().code(), "connect");
}

#[tokio::test]
async fn an_issuer_without_logins() {
    let server = Server::start(|seen| async move {
        json(json!({"issuer": format!("http://{}", seen.header("host").unwrap())}).to_string())
    })
    .await;
    let issuer = Issuer::new(transport(), server.url(""));
    let login = NativeLogin::new(issuer, ClientAuthentication::public("cli"), LoginOptions::default());
    assert!(matches!(login.login().await, Err(LoginError::NoEndpoint)));
}
