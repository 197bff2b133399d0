//! What the document promises to applications that people log in to, tried one by one.

use keyward_domain::client::ClientSettings;
use keyward_domain::user::Profile;
use serde_json::{Value, json};

use crate::support::browser::parameter;
use crate::support::jwt;
use crate::support::person::{authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::{Browser, Request, TestServer};

/// A server with a person about whom everything is known.
pub(super) async fn start() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let known = [
        "middleName",
        "nickname",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "locality",
        "phoneNumber",
    ];
    let mut attributes: std::collections::BTreeMap<String, Vec<String>> =
        known.map(|name| (name.to_owned(), vec!["x".to_owned()])).into();
    attributes.insert("updatedAt".into(), vec!["1800000000".into()]);
    attributes.insert("phoneNumberVerified".into(), vec!["true".into()]);
    server
        .person_with("alice", |user| {
            user.profile = Profile {
                attributes,
                ..user.profile.clone()
            };
        })
        .await;
    server
}

pub(super) async fn endpoint(server: &TestServer, name: &str, path: &str) {
    let tokens = server.tokens("alice", "front", &[]).await;
    let request = match name {
        "userinfo_endpoint" => {
            let bearer = format!("Bearer {}", text(&tokens, "access_token"));
            Request::get(path).header("Authorization", &bearer)
        }
        "authorization_endpoint" => Request::get(&authorize("front", &[])),
        _ => Request::get(path),
    };
    assert_eq!(request.send(server).await.status, 200, "{name}");
    if name == "authorization_endpoint" {
        assert!(authorize("front", &[]).starts_with(path));
    }
}

pub(super) async fn grants(server: &TestServer, grants: Vec<&str>) {
    let first = server.tokens("alice", "front", &[]).await;
    for grant_type in grants {
        match grant_type {
            "authorization_code" => {}
            "refresh_token" => {
                let answer = server.refresh("front", text(&first, "refresh_token")).await;
                assert_eq!(answer.status, 200);
            }
            other => {
                let answer = server.ask(Some(&server.service), &[("grant_type", other)]).await;
                assert_eq!(answer.status, 200, "{other}");
            }
        }
    }
}

/// Each value leads to a code or, where nobody is there to ask, to the answer that says so.
pub(super) async fn answers(server: &TestServer, name: &str, values: Vec<&str>) {
    for value in values {
        if value == "consent" {
            // Whoever asks for it has consent asked for.
            let mut browser = Browser::new(server);
            let page = browser.log_in("alice", &authorize("front", &[(name, value)])).await;
            assert!(page.status < 400, "{page:?}");
        } else if value == "none" {
            let answer = Browser::new(server).get(&authorize("front", &[(name, value)])).await;
            assert!(answer.header("location").unwrap().contains("error=login_required"));
        } else {
            let code = Browser::new(server).code("alice", "front", &[(name, value)]).await;
            assert_eq!(server.redeem("front", &code).await.status, 200, "{name}={value}");
        }
    }
}

pub(super) async fn response_modes(server: &TestServer, modes: Vec<&str>) {
    for mode in modes {
        let url = authorize("front", &[("response_mode", mode)]);
        let answer = Browser::new(server).log_in("alice", &url).await;
        let place = match mode {
            "query" => "?state=",
            "fragment" => "#state=",
            "form_post" => {
                assert!(answer.text().contains("name=\"code\""));
                continue;
            }
            other => panic!("{other} is advertised, and no test exercises it"),
        };
        assert!(answer.header("location").unwrap().contains(place), "{mode}");
    }
}

pub(super) async fn levels(server: &TestServer, levels: Vec<&str>) {
    let mut browser = Browser::new(server);
    let first = browser
        .log_in("alice", &authorize("front", &[("acr_values", "1")]))
        .await;
    let silent = browser
        .get(&authorize("front", &[("prompt", "none"), ("acr_values", "0")]))
        .await;
    let mut seen = Vec::new();
    for answer in [first, silent] {
        let tokens = server.redeem("front", &code_of(&answer)).await.json();
        let acr = jwt::claims(text(&tokens, "id_token"))["acr"].clone();
        seen.push(acr.as_str().unwrap().to_owned());
    }
    seen.sort_unstable();
    assert_eq!(seen, levels);
}

pub(super) async fn locales(server: &TestServer, locales: Vec<&str>) {
    for locale in locales {
        let page = Browser::new(server)
            .get(&authorize("front", &[("ui_locales", locale)]))
            .await;
        assert!(page.text().contains(&format!("lang=\"{locale}\"")), "{locale}");
    }
}

/// Every claim that is named comes in an ID token or at the userinfo endpoint.
pub(super) async fn claims(server: &TestServer, names: Vec<&str>) {
    let everything = ClientSettings {
        id_token: keyward_domain::client::IdTokenSettings {
            content: keyward_domain::client::IdTokenContent::Mappers,
            ..spa().id_token
        },
        ..spa()
    };
    server.create("everything", everything).await;
    let scope = "openid profile email address phone";
    let changes = [("scope", scope), ("nonce", "n")];
    let tokens = server.tokens("alice", "everything", &changes).await;
    let id_token = jwt::claims(text(&tokens, "id_token"));
    let userinfo = server.userinfo(text(&tokens, "access_token")).await.json();
    for name in names {
        assert!(id_token.get(name).or(userinfo.get(name)).is_some(), "{name}");
    }
}

pub(super) async fn issuer_in_answers(server: &TestServer, value: &Value) {
    assert_eq!(value, &json!(true));
    for prompt in ["login", "none"] {
        let mut browser = Browser::new(server);
        let url = authorize("front", &[("prompt", prompt)]);
        let answer = if prompt == "none" {
            browser.get(&url).await
        } else {
            browser.log_in("alice", &url).await
        };
        let iss = parameter(answer.header("location").unwrap(), "iss");
        assert_eq!(iss, Some(server.issuer()), "{prompt}");
    }
}

pub(super) async fn claims_parameter(server: &TestServer, value: &Value) {
    assert_eq!(value, &json!(true));
    let asked = json!({ "id_token": { "email": null } }).to_string();
    let changes = [("scope", "openid"), ("claims", &*asked)];
    let tokens = server.tokens("alice", "front", &changes).await;
    assert!(jwt::claims(text(&tokens, "id_token")).get("email").is_some());
}

/// What is not served is said to be so, and refused by its own code (OIDC Core §3.1.2.6).
pub(super) async fn refused(server: &TestServer, value: &Value, name: &str) {
    assert_eq!(value, &json!(false));
    let url = authorize("front", &[(name, "https://app.example.com/x")]);
    let answer = Browser::new(server).get(&url).await;
    let location = answer.header("location").unwrap();
    let error = parameter(location, "error").unwrap();
    assert_eq!(error, format!("{name}_not_supported"));
}
