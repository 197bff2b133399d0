//! The authorization endpoint (RFC 6749 §4.1.1, OIDC Core §3.1.2.1): who is told of a mistake, and how.

use keyward_domain::client::{ClientSettings, Pkce};
use serde_json::json;

use crate::support::browser::{Form, parameter, parameters};
use crate::support::jwt::claims;
use crate::support::person::{CALLBACK, PASSWORD, authorize, code_of, spa};
use crate::support::{AUTH, Browser, Request, Response, TestServer};

const STATE: &str = "st 1&=\u{fc}";

async fn started() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server
}

/// The answer goes to the client and says exactly this, with `state` and `iss`.
#[track_caller]
fn assert_refused(server: &TestServer, answer: &Response, mark: char, error: &str, description: Option<&str>) {
    assert_eq!((answer.status, answer.text()), (302, ""), "{answer:?}");
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}{mark}")), "{location}");
    let mut expected = vec![("error".to_owned(), error.to_owned())];
    expected.extend(description.map(|text| ("error_description".to_owned(), text.to_owned())));
    expected.push(("state".to_owned(), STATE.to_owned()));
    expected.push(("iss".to_owned(), server.issuer()));
    assert_eq!(parameters(location), expected);
}

#[tokio::test]
async fn nobody_is_redirected_before_the_client_is_known() {
    let server = started().await;
    let retired = server.create("retired", spa()).await;
    server.edit(&retired, |client| client.enabled = false).await;
    let unknown = "We don’t know this app";
    let unreadable = "This request has a mistake";
    for (client_id, status, heading) in [
        ("", 400, unreadable),
        ("nobody", 400, unknown),
        ("FRONT", 400, unknown),
        ("front ", 400, unknown),
        ("retired", 400, "This app is switched off"),
        ("backend-api", 403, "This app has no sign-in"),
    ] {
        let answer = Browser::new(&server)
            .get(&authorize("front", &[("client_id", client_id)]))
            .await;
        answer.assert_page(status, heading);
        assert_eq!(answer.cookies_set(), Vec::<&str>::new(), "{client_id}");
    }
}

#[tokio::test]
async fn a_parameter_sent_twice_is_told_to_the_person() {
    let server = started().await;
    for twice in [
        "client_id=front",
        "redirect_uri=https%3A%2F%2Fevil.example.com",
        "state=2",
        "scope=email",
    ] {
        let url = format!("{}&{twice}", authorize("front", &[]));
        let answer = Browser::new(&server).get(&url).await;
        answer.assert_page(400, "This request has a mistake");
    }
}

const MISSING_METHOD: &str = "Missing parameter: code_challenge_method";
const OTHER_METHOD: &str = "Invalid parameter: code challenge method is not matching the configured one";
const CHALLENGE: &str = "Invalid parameter: code_challenge";
const RESPONSE_MODE: &str = "Invalid parameter: response_mode";
const PROMPT: &str = "Invalid parameter: prompt";
const MAX_AGE: &str = "Invalid parameter: max_age";
const CLAIMS: &str = "Invalid parameter: claims";
const IMPLICIT: &str = "Client is not allowed to initiate browser login with given response_type. Implicit flow is \
                        disabled for the client.";
const ESSENTIAL: &str = r#"{"id_token":{"acr":{"essential":true,"values":["9"]}}}"#;

/// A parameter, its value, the error, its description.
type Mistake = (&'static str, &'static str, &'static str, Option<&'static str>);

/// What is told in the query of the redirect.
const MISTAKES: [Mistake; 26] = [
    (
        "response_type",
        "",
        "invalid_request",
        Some("Missing parameter: response_type"),
    ),
    ("response_type", "teapot", "unsupported_response_type", None),
    ("response_type", "none", "unsupported_response_type", None),
    ("response_mode", "smoke", "invalid_request", Some(RESPONSE_MODE)),
    ("response_mode", "jwt", "invalid_request", Some(RESPONSE_MODE)),
    (
        "scope",
        "openid \"quoted\"",
        "invalid_scope",
        Some("Invalid scopes: openid quoted"),
    ),
    ("prompt", "none login", "invalid_request", Some(PROMPT)),
    ("prompt", "none create", "invalid_request", Some(PROMPT)),
    ("prompt", "none", "login_required", None),
    ("max_age", "-1", "invalid_request", Some(MAX_AGE)),
    ("max_age", "1.5", "invalid_request", Some(MAX_AGE)),
    ("claims", "not json", "invalid_request", Some(CLAIMS)),
    ("claims", "[]", "invalid_request", Some(CLAIMS)),
    ("claims", ESSENTIAL, "unmet_authentication_requirements", None),
    ("resource", "no-uri", "invalid_target", Some("Invalid resource")),
    (
        "resource",
        "https://api.example.com/#part",
        "invalid_target",
        Some("Invalid resource"),
    ),
    ("code_challenge_method", "", "invalid_request", Some(MISSING_METHOD)),
    ("code_challenge_method", "plain", "invalid_request", Some(OTHER_METHOD)),
    ("code_challenge_method", "s256", "invalid_request", Some(OTHER_METHOD)),
    (
        "code_challenge",
        "",
        "invalid_request",
        Some("Missing parameter: code_challenge"),
    ),
    ("code_challenge", "abc", "invalid_request", Some(CHALLENGE)),
    (
        "code_challenge",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
        "invalid_request",
        Some(CHALLENGE),
    ),
    ("request", "eyJ.x.y", "request_not_supported", None),
    (
        "request_uri",
        "https://app.example.com/r",
        "request_uri_not_supported",
        None,
    ),
    ("registration", "{}", "registration_not_supported", None),
    (
        "id_token_hint",
        "eyJ.x.y",
        "invalid_request",
        Some("Invalid parameter: id_token_hint"),
    ),
];

#[tokio::test]
async fn every_other_mistake_goes_to_the_client_with_state_and_iss() {
    let server = started().await;
    for (name, value, error, description) in MISTAKES {
        let answer = Browser::new(&server).get(&authorize("front", &[(name, value)])).await;
        assert_refused(&server, &answer, '?', error, description);
    }
    let long = "a".repeat(129);
    let answer = Browser::new(&server)
        .get(&authorize("front", &[("code_challenge", &long)]))
        .await;
    assert_refused(&server, &answer, '?', "invalid_request", Some(CHALLENGE));
    // Clients of these flows look into the fragment.
    for response_type in [
        "token",
        "id_token",
        "id_token token",
        "code id_token",
        "code token",
        "code id_token token",
    ] {
        let url = authorize("front", &[("response_type", response_type)]);
        let answer = Browser::new(&server).get(&url).await;
        assert_refused(&server, &answer, '#', "unauthorized_client", Some(IMPLICIT));
    }
}

#[tokio::test]
async fn a_client_that_may_not_use_the_flow_or_the_scope_is_told() {
    let server = started().await;
    let settings = ClientSettings {
        standard_flow: false,
        ..spa()
    };
    server.create("no-flow", settings).await;
    let answer = Browser::new(&server).get(&authorize("no-flow", &[])).await;
    let description = "Client is not allowed to initiate browser login with given response_type. Standard flow is \
                       disabled for the client.";
    assert_refused(&server, &answer, '?', "unauthorized_client", Some(description));
    let settings = ClientSettings {
        optional_scopes: vec!["profile".into(), "email".into()],
        ..spa()
    };
    server.create("modest", settings).await;
    let answer = Browser::new(&server)
        .get(&authorize("modest", &[("scope", "openid orders:create")]))
        .await;
    assert_refused(
        &server,
        &answer,
        '?',
        "invalid_scope",
        Some("Invalid scopes: openid orders:create"),
    );
}

#[tokio::test]
async fn a_request_object_is_refused_by_the_response_mode_that_was_asked_for() {
    let server = started().await;
    for (parameter, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
    ] {
        let changes = |mode| authorize("front", &[(parameter, "x"), ("response_mode", mode)]);
        let answer = Browser::new(&server).get(&changes("fragment")).await;
        assert_refused(&server, &answer, '#', error, None);
        let answer = Browser::new(&server).get(&changes("form_post")).await;
        answer.assert_page(200, "One moment…");
        let form = Form::of(&answer);
        assert_eq!(form.action, CALLBACK);
        let sent = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            sent("error", error),
            sent("state", STATE),
            sent("iss", &server.issuer()),
        ];
        assert_eq!(form.hidden, expected);
    }
}

#[tokio::test]
async fn pkce_can_be_left_out_by_a_confidential_client_that_was_set_so_and_never_by_halves() {
    let server = started().await;
    let settings = ClientSettings {
        pkce: Pkce::Optional,
        client_type: keyward_domain::client::ClientType::Confidential,
        ..spa()
    };
    server.create("old", settings).await;
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    let answer = Browser::new(&server).get(&authorize("old", &none)).await;
    answer.assert_login();
    let missing = "Missing parameter: code_challenge_method";
    let answer = Browser::new(&server).get(&authorize("front", &none)).await;
    assert_refused(&server, &answer, '?', "invalid_request", Some(missing));
    let answer = Browser::new(&server).get(&authorize("old", &[none[1]])).await;
    assert_refused(&server, &answer, '?', "invalid_request", Some(missing));
    let answer = Browser::new(&server).get(&authorize("old", &[none[0]])).await;
    let missing = "Missing parameter: code_challenge";
    assert_refused(&server, &answer, '?', "invalid_request", Some(missing));
}

#[tokio::test]
async fn what_is_not_known_is_ignored() {
    let server = started().await;
    server.person("alice").await;
    let changes = [
        ("scope", "openid email no:such-scope"),
        ("ui_locales", "xx-Nowhere tlh"),
        ("claims_locales", "fr"),
        ("display", "popup"),
        ("login_hint", "stranger@nowhere.example"),
        ("acr_values", "urn:mace:incommon:iap:silver 7"),
        ("prompt", "create"),
        ("foo", "bar"),
        ("kc_idp_hint", "google"),
        ("nonce", ""),
    ];
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &changes)).await;
    page.assert_login();
    assert_eq!(page.header("content-language"), Some("en"));
    assert_eq!(page.username_field().as_deref(), Some("stranger@nowhere.example"));
    let answer = browser
        .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    let tokens = server.redeem("front", &code_of(&answer)).await.json();
    assert_eq!(tokens["scope"], json!("openid email"));
    assert_eq!(claims(tokens["id_token"].as_str().unwrap()).get("nonce"), None);
}

#[tokio::test]
async fn a_request_may_be_posted_without_cookie_and_without_token() {
    let server = started().await;
    server.person("alice").await;
    let path = authorize("front", &[]);
    let (_, query) = path.split_once('?').unwrap();
    let page = Request::post(AUTH).raw_form(query).send(&server).await;
    page.assert_login();
    let cookie = page.cookies_set();
    assert_eq!(cookie.len(), 1, "{cookie:?}");
    // A mistake is answered by 303: a form must not be posted on (RFC 9700 §4.12).
    let form = format!("{query}&prompt=none");
    let answer = Request::post(AUTH).raw_form(form).send(&server).await;
    assert_eq!(answer.status, 303);
    let location = answer.header("location").unwrap();
    assert_eq!(parameter(location, "error").as_deref(), Some("login_required"));
    // What stands in the query of a POST is nothing.
    let answer = Request::post(&path).raw_form("client_id=nobody").send(&server).await;
    answer.assert_page(400, "We don’t know this app");
}

#[tokio::test]
async fn state_and_nonce_come_back_whole() {
    let server = started().await;
    server.person("alice").await;
    // Whatever a text can hold, so that each way of encoding shows.
    let alphabet: String = (' '..='~').chain("äß漢字🔑".chars()).collect();
    let state: String = alphabet.chars().cycle().take(1000).collect();
    let nonce: String = alphabet.chars().rev().cycle().take(384).collect();
    for mode in ["query", "fragment", "form_post"] {
        let changes = [("state", &*state), ("nonce", &*nonce), ("response_mode", mode)];
        let answer = Browser::new(&server)
            .log_in("alice", &authorize("front", &changes))
            .await;
        let (state_back, code) = if mode == "form_post" {
            answer.assert_page(200, "One moment…");
            let form = Form::of(&answer);
            let field = |name: &str| form.hidden.iter().find(|(known, _)| known == name).unwrap().1.clone();
            assert_eq!(field("iss"), server.issuer());
            (field("state"), field("code"))
        } else {
            assert_eq!(answer.status, 303);
            let location = answer.header("location").unwrap();
            let mark = if mode == "query" { '?' } else { '#' };
            assert!(location.starts_with(&format!("{CALLBACK}{mark}state=")), "{location}");
            (parameter(location, "state").unwrap(), code_of(&answer))
        };
        assert_eq!(state_back, state, "{mode}");
        let tokens = server.redeem("front", &code).await.json();
        assert_eq!(claims(tokens["id_token"].as_str().unwrap())["nonce"], json!(nonce));
    }
}

#[tokio::test]
async fn a_request_that_no_form_could_carry_is_refused_at_once() {
    let server = started().await;
    let resources: Vec<String> = (0..4)
        .map(|number| format!("https://{number}.example.com/{}", "x".repeat(4_000)))
        .collect();
    let mut url = authorize("front", &[]);
    for resource in &resources {
        url.push_str("&resource=");
        url.push_str(resource);
    }
    let answer = Browser::new(&server).get(&url).await;
    assert_refused(
        &server,
        &answer,
        '?',
        "invalid_request",
        Some("The request is too long"),
    );
    // Characters that grow when they are written down count as what they become.
    let controls = "\u{1}".repeat(3_000);
    let answer = Browser::new(&server)
        .get(&authorize("front", &[("nonce", &controls)]))
        .await;
    assert_refused(
        &server,
        &answer,
        '?',
        "invalid_request",
        Some("The request is too long"),
    );
    // One parameter that is too long is none that could be trusted.
    let long = "x".repeat(4_097);
    let answer = Browser::new(&server)
        .get(&authorize("front", &[("nonce", &long)]))
        .await;
    answer.assert_page(400, "This request has a mistake");
}

#[tokio::test]
async fn without_state_none_comes_back() {
    let server = started().await;
    server.person("alice").await;
    let answer = Browser::new(&server)
        .log_in("alice", &authorize("front", &[("state", "")]))
        .await;
    let location = answer.header("location").unwrap();
    let names: Vec<String> = parameters(location).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["session_state", "iss", "code"]);
    assert_eq!(parameter(location, "iss"), Some(server.issuer()));
}

#[tokio::test]
async fn a_code_has_the_entropy_of_a_secret() {
    let server = started().await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let code = code_of(&browser.get(&authorize("front", &[])).await);
        assert!(code.len() >= 43, "{code}");
        assert!(seen.insert(code));
    }
}

#[tokio::test]
async fn the_endpoint_has_no_cors_and_no_other_method() {
    let server = started().await;
    for url in [authorize("front", &[]), authorize("front", &[("prompt", "none")])] {
        let request = Request::get(&url).header("Origin", "https://app.example.com");
        let answer = request.send(&server).await;
        assert!(
            answer
                .headers
                .iter()
                .all(|(name, _)| !name.starts_with("access-control-"))
        );
    }
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = Request::new(method, AUTH).send(&server).await;
        assert_eq!(answer.status, 405, "{method}");
    }
}
