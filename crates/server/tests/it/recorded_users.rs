//! What Keycloak answered about tokens of people, asked again here with tokens of this server. Where the answer differs,
//! the test says so and why.

use keyward_domain::client::{ClientSettings, ClientType, ConsentPolicy, Pkce, RefreshRotation};
use keyward_domain::credential::Credential;
use keyward_domain::entropy;
use keyward_domain::id::CredentialId;
use keyward_domain::realm::Realm;
use keyward_jose::password;
use keyward_server::SystemEntropy;
use serde_json::{Value, json};

use crate::second_factor::{add_device, shown};
use crate::support::client::audience;
use crate::support::jwt::{claims, header};
use crate::support::person::{VERIFIER, authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::wire::Recorded;
use crate::support::{Browser, Credentials, REVOKE, Request, Response, TestServer, service};

const PEOPLE: [(&str, &str); 6] = [
    ("alice", "Alice-pass-1"),
    ("dave", "Dave-pass-55"),
    ("erin", "Erin-pass-66"),
    ("frank", "Frank-pass-77"),
    ("mallory", "Mallory-pass-11"),
    ("peggy", "Peggy-pass-13"),
];

/// Keycloak's scopes by default are more than ours: here they are set.
fn settings(port: u16) -> ClientSettings {
    let uri = format!("http://localhost:{port}/cb");
    let spa = spa();
    ClientSettings {
        direct_access_grants: true,
        redirect_uris: vec![uri.clone()],
        post_logout_redirect_uris: vec![uri],
        web_origins: vec![format!("http://localhost:{port}")],
        default_scopes: [&spa.default_scopes[..], &["profile".into(), "email".into()]].concat(),
        id_token: keyward_domain::client::IdTokenSettings {
            content: keyward_domain::client::IdTokenContent::Mappers,
            ..spa.id_token.clone()
        },
        mappers: vec![audience("orders-api")],
        ..spa
    }
}

async fn shop() -> TestServer {
    let server = TestServer::start().await;
    let confidential = |port| ClientSettings {
        client_type: ClientType::Confidential,
        pkce: Pkce::Optional,
        refresh_rotation: RefreshRotation::Always,
        ..settings(port)
    };
    for (client_id, settings) in [
        ("shop-web", confidential(4000)),
        ("shop-rot", confidential(4100)),
        ("shop-gateway", confidential(4200)),
        ("shop-batch", service()),
        ("orders-api", ClientSettings::default()),
    ] {
        let secret = format!("{client_id}-secret-0123456789");
        server.insert(client_id, &secret, settings).await;
    }
    let spa = ClientSettings {
        direct_access_grants: false,
        ..settings(3000)
    };
    server.create("shop-spa", spa).await;
    let asking = ClientSettings {
        consent: ConsentPolicy::Remember,
        ..settings(3100)
    };
    server.create("shop-consent", asking).await;
    for (username, text) in PEOPLE {
        person(&server, username, text).await;
    }
    server.disable("erin").await;
    for (username, action) in [("frank", "VERIFY_EMAIL"), ("mallory", "UPDATE_PASSWORD")] {
        server
            .edit_person(username, |user| user.required_actions = vec![action.into()])
            .await;
    }
    server
}

async fn person(server: &TestServer, username: &str, text: &str) {
    let user = server.person(username).await;
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user,
        phc: password::hash(text, &[9; 16]).unwrap(),
        created_at: keyward_testkit::builders::NOW,
        label: String::new(),
    };
    server
        .change(async |tx| tx.set_password(&credential).await.unwrap())
        .await;
    if username == "dave" {
        add_device(server, user).await;
    }
}

fn web() -> Credentials {
    Credentials::new("shop-web", "shop-web-secret-0123456789")
}

/// Status, body and what the headers say beside.
#[track_caller]
fn same(name: &str, answer: &Response, recorded: &Recorded) {
    let found = (!answer.body.is_empty()).then(|| answer.json());
    assert_eq!((answer.status, &found), (recorded.status, &recorded.body), "{name}");
    for header in ["www-authenticate", "location"] {
        assert_eq!(answer.header(header), recorded.header(header), "{name}");
    }
}

async fn replay(server: &TestServer, name: &str, changes: &[(&str, &str)]) -> (Response, Recorded) {
    let recorded = Recorded::read(name).with(changes);
    (recorded.replay(server).await, recorded)
}

async fn is_same(server: &TestServer, name: &str, changes: &[(&str, &str)]) {
    let (answer, recorded) = replay(server, name, changes).await;
    same(name, &answer, &recorded);
}

/// The answer that is ours where Keycloak's is another.
async fn differs(server: &TestServer, name: &str, changes: &[(&str, &str)], ours: &Value, why: &str) {
    let (answer, recorded) = replay(server, name, changes).await;
    assert_eq!((answer.status, &answer.json()), (400, ours), "{name}: {why}");
    assert_ne!(recorded.body.as_ref(), Some(ours), "{name} is the same");
}

async fn tokens(server: &TestServer, scope: &str) -> Value {
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "Alice-pass-1"),
        ("scope", scope),
    ];
    let answer = server.ask(Some(&web()), &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn code(server: &TestServer, client_id: &str, port: u16, changes: &[(&str, &str)]) -> String {
    let uri = format!("http://localhost:{port}/cb");
    let url = authorize(client_id, &[&[("redirect_uri", uri.as_str())], changes].concat());
    let mut browser = Browser::new(server);
    let page = browser.get(&url).await;
    let fields = [("username", "alice"), ("password", "Alice-pass-1")];
    code_of(&browser.submit(&page, &fields).await)
}

#[tokio::test]
async fn passwords() {
    let server = shop().await;
    for name in [
        "consent-required",
        "disabled-user",
        "grant-not-allowed",
        "no-username",
        "required-actions",
        "temporary-password",
        "totp-missing",
        "unknown-user",
        "wrong",
    ] {
        is_same(&server, &format!("error-password-{name}"), &[]).await;
    }
    server
        .edit_realm(|realm: &mut Realm| {
            realm.settings.brute_force.protected = true;
            realm.settings.brute_force.failure_factor = 1;
        })
        .await;
    let form = [("grant_type", "password"), ("username", "peggy"), ("password", "wrong")];
    server.ask(Some(&web()), &form).await;
    is_same(&server, "error-password-brute-force-locked", &[]).await;
}

#[tokio::test]
async fn codes() {
    let server = shop().await;
    is_same(&server, "error-code-missing", &[]).await;
    is_same(&server, "error-code-unknown", &[]).await;
    let of_spa = code(&server, "shop-spa", 3000, &[("nonce", "n-1")]).await;
    for name in [
        "missing-verifier",
        "wrong-verifier",
        "redirect-uri-mismatch",
        "other-client",
    ] {
        is_same(&server, &format!("error-code-{name}"), &[("code", &of_spa)]).await;
    }
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let of_web = code(&server, "shop-web", 4000, &bare).await;
    is_same(&server, "error-code-verifier-without-challenge", &[("code", &of_web)]).await;
    let right = [("code", of_spa.as_str()), ("code_verifier", VERIFIER)];
    let (first, recorded) = replay(&server, "token-code-pkce", &right).await;
    like(&first, &recorded);
    is_same(&server, "error-code-reused", &right).await;
    // Keycloak ends the client's part of the session, here the grant ends: one text for everything that has ended, and
    // none at userinfo that says more than that the token is not good.
    let refresh_token = first.member("refresh_token");
    let ended = json!({ "error": "invalid_grant", "error_description": "Session not active" });
    let refresh = [("refresh_token", refresh_token.as_str())];
    differs(&server, "error-refresh-after-code-reuse", &refresh, &ended, "one text").await;
    let bearer = first.member("access_token");
    let (answer, recorded) = replay(&server, "error-userinfo-after-code-reuse", &[("bearer", &bearer)]).await;
    assert_eq!((answer.status, answer.text()), (recorded.status, ""));
    assert_ne!(answer.header("www-authenticate"), recorded.header("www-authenticate"));
    server.userinfo_refused(&bearer).await;
}

#[tokio::test]
async fn refresh_tokens() {
    let server = shop().await;
    is_same(&server, "error-refresh-garbage", &[]).await;
    is_same(&server, "error-refresh-missing", &[]).await;
    let first = tokens(&server, "openid").await;
    let access = [("refresh_token", text(&first, "access_token"))];
    is_same(&server, "error-refresh-access-token-given", &access).await;
    let token = [("refresh_token", text(&first, "refresh_token"))];
    is_same(&server, "error-refresh-other-client", &token).await;
    let (second, recorded) = replay(&server, "token-refresh", &token).await;
    like(&second, &recorded);
    let next = second.member("refresh_token");
    let (narrow, recorded) = replay(&server, "token-refresh-narrower-scope", &[("refresh_token", &next)]).await;
    // Keycloak adds the client's default scopes again; RFC 6749 §6 gives what was asked for.
    assert_eq!(
        (narrow.status, narrow.member("scope")),
        (recorded.status, "openid email".into())
    );
    assert_eq!(recorded.body.unwrap()["scope"], json!("openid email profile tenant"));
    let next = narrow.member("refresh_token");
    let wider = json!({ "error": "invalid_scope", "error_description": "Invalid scopes: openid everything" });
    let name = "token-refresh-wider-scope-ignored";
    differs(&server, name, &[("refresh_token", &next)], &wider, "RFC 6749 §6").await;
    is_same(&server, "error-refresh-reused", &token).await;
    let ended = json!({ "error": "invalid_grant", "error_description": "Session not active" });
    let name = "error-refresh-family-revoked";
    differs(&server, name, &[("refresh_token", &next)], &ended, "one text").await;
    let revoked = tokens(&server, "openid").await;
    let token = text(&revoked, "refresh_token");
    server.revoke(&web(), token).await;
    is_same(&server, "error-refresh-revoked", &[("refresh_token", token)]).await;
    let offline = tokens(&server, "openid offline_access").await;
    let token = [("refresh_token", text(&offline, "refresh_token"))];
    let (answer, recorded) = replay(&server, "token-refresh-offline", &token).await;
    like(&answer, &recorded);
    let rot = Credentials::new("shop-rot", "shop-rot-secret-0123456789");
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "Alice-pass-1"),
    ];
    let old = server.ask(Some(&rot), &form).await.member("refresh_token");
    server.wait(1800).await;
    is_same(&server, "error-refresh-expired", &[("refresh_token", &old)]).await;
}

#[tokio::test]
async fn token_answers() {
    let server = shop().await;
    for name in ["openid", "without-openid", "offline"] {
        let (answer, recorded) = replay(&server, &format!("token-password-{name}"), &[]).await;
        like(&answer, &recorded);
    }
    let code = shown(&server, 0);
    let (answer, recorded) = replay(&server, "token-password-totp", &[("totp", &code)]).await;
    like(&answer, &recorded);
}

/// The members of a token answer are Keycloak's, in its order, and every claim of our tokens is one of its with the same
/// type, but for the few that are named here.
#[track_caller]
fn like(answer: &Response, recorded: &Recorded) {
    assert_eq!(answer.status, recorded.status, "{answer:?}");
    let (ours, theirs) = (answer.json(), recorded.body.as_ref().unwrap());
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(theirs));
    for token in ["access_token", "id_token", "refresh_token"] {
        let (Some(ours), Some(theirs)) = (ours.get(token), theirs.get(token)) else {
            continue;
        };
        let (ours, theirs) = (ours.as_str().unwrap(), theirs.as_str().unwrap());
        assert_eq!(header(ours)["typ"], header(theirs)["typ"]);
        claims_like(token, &claims(ours), &claims(theirs));
    }
}

#[track_caller]
fn claims_like(token: &str, ours: &Value, theirs: &Value) {
    // RFC 9068 §2.2 requires `client_id`; Keycloak gives the time of a login by password to its ID token alone.
    let more = ["client_id", "auth_time"];
    for (name, value) in ours.as_object().unwrap() {
        let Some(other) = theirs.get(name) else {
            assert!(more.contains(&name.as_str()), "{token}: {name} is not Keycloak's");
            continue;
        };
        let kind = std::mem::discriminant(value) == std::mem::discriminant(other);
        // One audience is a text in both.
        assert!(kind || name == "aud", "{token}: {name}");
    }
    // Roles come with the scope `roles` here; the rest are scopes of the recorded realm, and what Keycloak keeps in its
    // refresh token where here the grant's row has it.
    let fewer = [
        "realm_access",
        "resource_access",
        "tenant",
        "tier",
        "locale",
        "scope",
        "aud_x",
        "prov",
        "reuse_id",
        "exp",
    ];
    for name in theirs.as_object().unwrap().keys() {
        assert!(
            ours.get(name).is_some() || fewer.contains(&name.as_str()),
            "{token}: {name} is missing"
        );
    }
    let mark = |claims: &Value| {
        claims["jti"]
            .as_str()
            .unwrap()
            .split_once(':')
            .map(|(mark, _)| mark.to_owned())
    };
    assert_eq!(mark(ours), mark(theirs), "{token}");
}

#[tokio::test]
async fn userinfo() {
    let server = shop().await;
    for name in ["garbage", "no-bearer", "basic-scheme"] {
        is_same(&server, &format!("error-userinfo-{name}"), &[]).await;
    }
    let good = tokens(&server, "openid").await;
    let token = text(&good, "access_token");
    for (name, parameter) in [
        ("get", "bearer"),
        ("post-header", "bearer"),
        ("post-body", "access_token"),
    ] {
        let (answer, recorded) = replay(&server, &format!("userinfo-{name}"), &[(parameter, token)]).await;
        let (ours, theirs) = (answer.json(), recorded.body.unwrap());
        assert_eq!(answer.status, recorded.status);
        for (name, value) in ours.as_object().unwrap() {
            assert!(
                name == "sub" || name == "email_verified" || *value == theirs[name],
                "{name}"
            );
        }
        for name in theirs.as_object().unwrap().keys() {
            assert!(
                ours.get(name).is_some() || ["tier", "tenant", "locale"].contains(&name.as_str()),
                "{name}"
            );
        }
    }
    let both = [("bearer", token), ("access_token", token)];
    is_same(&server, "error-userinfo-header-and-body", &both).await;
    let narrow = tokens(&server, "profile").await;
    let bearer = [("bearer", text(&narrow, "access_token"))];
    is_same(&server, "error-userinfo-no-openid-scope", &bearer).await;
    let service = server.access_token(&server.service).await;
    is_same(&server, "error-userinfo-service-account", &[("bearer", &service)]).await;
    server.revoke(&web(), token).await;
    is_same(&server, "error-userinfo-revoked-token", &[("bearer", token)]).await;
}

#[tokio::test]
async fn introspection() {
    let server = shop().await;
    let found = tokens(&server, "openid").await;
    let token = text(&found, "access_token");
    for name in ["active-user", "basic-auth", "jwt-accept"] {
        let (answer, recorded) = replay(&server, &format!("introspect-{name}"), &[("token", token)]).await;
        assert_eq!(answer.status, recorded.status);
        claims_like(name, &answer.json(), &recorded.body.unwrap());
    }
    let mut batch = service();
    batch.mappers = settings(0).mappers;
    let batch = server.create("batch", batch).await;
    let of_service = server.access_token(&batch).await;
    let (answer, recorded) = replay(&server, "introspect-active-service-account", &[("token", &of_service)]).await;
    assert_eq!(
        (answer.status, answer.json()["active"].clone()),
        (recorded.status, json!(true))
    );
    assert_eq!(recorded.body.unwrap()["username"], json!("service-account-shop-worker"));
    assert_eq!(answer.member("username"), "service-account-batch");
    is_same(
        &server,
        "introspect-not-in-audience",
        &[("token", &server.access_token(&server.service).await)],
    )
    .await;
    is_same(&server, "introspect-own-token", &[("token", token)]).await;
    let refresh_token = text(&found, "refresh_token");
    let changes = [("token", refresh_token)];
    let (hinted, recorded) = replay(&server, "introspect-refresh-token", &changes).await;
    let (ours, theirs) = (hinted.json(), recorded.body.unwrap());
    assert_eq!(hinted.status, recorded.status);
    // Keycloak adds what an access token would say; a refresh token says what it says.
    for claim in ours.as_object().unwrap().keys() {
        assert!(theirs.get(claim).is_some(), "{claim}");
    }
    for name in ["active", "token_type", "username", "client_id", "typ", "azp"] {
        assert_eq!(ours[name], theirs[name], "{name}");
    }
    // Keycloak finds it by its hint alone; RFC 7662 §2.1 has the search go on.
    let (answer, recorded) = replay(&server, "introspect-refresh-token-no-hint", &changes).await;
    assert_eq!(answer.body, hinted.body);
    assert_eq!(recorded.body, Some(json!({ "active": false })));
    server.revoke(&web(), token).await;
    is_same(&server, "introspect-inactive-revoked", &[("token", token)]).await;
}

#[tokio::test]
async fn revocation() {
    let server = shop().await;
    let found = tokens(&server, "openid").await;
    for name in ["access", "refresh"] {
        let token = text(&found, &format!("{name}_token"));
        is_same(&server, "error-revoke-other-client", &[("token", token)]).await;
    }
    for name in ["access", "refresh"] {
        let token = text(&found, &format!("{name}_token"));
        is_same(&server, &format!("revoke-{name}-token"), &[("token", token)]).await;
        let request = Request::post(REVOKE).basic(&web()).form(&[("token", token)]);
        assert_eq!(request.send(&server).await.status, 200);
    }
    server.userinfo_refused(text(&found, "access_token")).await;
}

#[tokio::test]
async fn logout() {
    let server = shop().await;
    is_same(&server, "error-logout-garbage-refresh-token", &[]).await;
    // Pages: the status is the same, the words are ours. Nobody is logged in here, so there is nothing to confirm.
    for (name, heading) in [
        ("error-logout-bad-redirect-page", "We could not log you out this way"),
        ("logout-confirm-page", "You are logged out"),
        ("logout-post-without-refresh-token-page", "You are logged out"),
    ] {
        let (answer, recorded) = replay(&server, name, &[]).await;
        answer.assert_page(recorded.status, heading);
    }
    let first = tokens(&server, "openid").await;
    let token = [("refresh_token", text(&first, "refresh_token"))];
    is_same(&server, "logout-post-refresh-token", &token).await;
    server.userinfo_refused(text(&first, "access_token")).await;
    let second = tokens(&server, "openid").await;
    let hint = [("id_token_hint", text(&second, "id_token"))];
    is_same(&server, "logout-id-token-hint", &hint).await;
    server.userinfo_refused(text(&second, "access_token")).await;
}
