//! The configuration is read again when it changes, and one that cannot be used changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyward_guard::gateway::{Configuration, Gateway};
use keyward_guard::{Guard, Settings};
use keyward_jose::{KeyType, SigningKey};
use serde_json::json;

use crate::support::{Connection, TestGateway, Upstream, eventually, full, get, routes, text};

#[tokio::test]
async fn a_change_takes_effect_without_a_restart() {
    let first = Upstream::start(|_| async { text(200, "first") }).await;
    let second = Upstream::start(|_| async { text(200, "second") }).await;
    let gateway = TestGateway::before(&first).await;
    // A connection that is open meets the new configuration with its next request.
    let mut connection = Connection::open(gateway.address).await;
    let ask = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    connection.write(ask).await;
    assert_eq!(connection.read().await.unwrap().text(), "first");
    gateway.rewrite(&routes(&second.url(), ""));
    eventually("the new configuration", async || {
        (get(gateway.address, "/x", "").await.text() == "second").then_some(())
    })
    .await;
    connection.write(ask).await;
    assert_eq!(connection.read().await.unwrap().text(), "second");
    assert_eq!((gateway.figure("reloads"), gateway.figure("failed_reloads")), (1, 0));
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_changes_nothing() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let good = routes(&upstream.url(), "");
    for (index, bad) in [
        "nonsense".to_owned(),
        good.replace("public = true", "public = 1"),
        good.replace("policy = \"read\"", "policy = \"raed\""),
        good.replace(&format!("upstream = \"{}\"", upstream.url()), ""),
        good.replace("http://127", "ftp://127"),
        good.replace("[gateway]", "[gateway]\nmax_requests = 0"),
    ]
    .iter()
    .enumerate()
    {
        gateway.rewrite(bad);
        eventually("the complaint", async || {
            (gateway.figure("failed_reloads") == index as u64 + 1).then_some(())
        })
        .await;
        assert_eq!(get(gateway.address, "/x", "").await.text(), "fine", "{bad}");
        assert_eq!(get(gateway.address, "/orders", "").await.status, 401, "{bad}");
    }
    gateway.rewrite(&good.replace("/orders", "/others"));
    eventually("the good one", async || {
        (get(gateway.address, "/others", "").await.status == 401).then_some(())
    })
    .await;
}

/// Who judges does not make way for who cannot.
#[tokio::test]
async fn a_configuration_without_the_keys_that_it_needs_waits_for_them() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let up = Arc::new(AtomicBool::new(false));
    let (key, is_up) = (SigningKey::generate(KeyType::Ed25519).unwrap(), Arc::clone(&up));
    let keys = json!({"keys": [key.public_jwk()]}).to_string();
    let issuer = Upstream::start(move |_| {
        let (up, keys) = (is_up.load(Ordering::Relaxed), keys.clone());
        async move { if up { full(200, keys.into()) } else { text(503, "down") } }
    })
    .await;
    let late = format!(
        "{}[[issuer]]\nid = \"late\"\nurl = \"{url}\"\njwks_uri = \"{url}/keys\"\n",
        routes(&upstream.url(), "").replace("/orders", "/others"),
        url = issuer.url()
    );
    gateway.rewrite(&late);
    eventually("the complaint", async || {
        (gateway.figure("failed_reloads") == 1).then_some(())
    })
    .await;
    // It is tried again, and nothing has changed meanwhile.
    let tried = issuer.count();
    eventually("another try", async || (issuer.count() > tried).then_some(())).await;
    assert_eq!(get(gateway.address, "/orders", "").await.status, 401);
    assert_eq!(get(gateway.address, "/others", "").await.text(), "fine");
    up.store(true, Ordering::Relaxed);
    eventually("the new one", async || (gateway.figure("reloads") == 1).then_some(())).await;
    assert_eq!(get(gateway.address, "/others", "").await.status, 401);
    assert_eq!((gateway.figure("failed_reloads"), issuer.count() > tried), (1, true));
}

/// Where the keys are not required, or nothing is lost, it need not wait.
#[tokio::test]
async fn a_configuration_whose_missing_keys_are_not_required_is_used_at_once() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let good = routes(&upstream.url(), "");
    let late = "[[issuer]]\nid = \"late\"\nurl = \"http://127.0.0.1:1\"\n";
    gateway.rewrite(&format!("{good}{late}required = false\n"));
    eventually("the new one", async || (gateway.figure("reloads") == 1).then_some(())).await;
    assert_eq!(gateway.figure("failed_reloads"), 0);
}

#[tokio::test]
async fn a_configuration_replaces_one_that_had_no_keys_either() {
    let upstream = Upstream::plain().await;
    let late = |path: &str| {
        let routes = routes(&upstream.url(), "").replace("/orders", path);
        format!("{routes}[[issuer]]\nid = \"late\"\nurl = \"http://127.0.0.1:1\"\n")
    };
    let gateway = TestGateway::start(&late("/orders")).await;
    gateway.rewrite(&late("/others"));
    eventually("the new one", async || (gateway.figure("reloads") == 1).then_some(())).await;
    assert_eq!(get(gateway.address, "/others", "").await.status, 401);
    assert_eq!(gateway.figure("failed_reloads"), 0);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_stops_the_start() {
    let start = async |text: String| {
        let load = move |_| {
            let settings = Settings::from_toml(&text).map_err(|error| error.to_string());
            async move {
                let settings = settings?;
                let guard = Guard::builder(settings.clone())
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok::<_, String>(Configuration {
                    settings,
                    guard: guard.into(),
                    files: Vec::new(),
                })
            }
        };
        Gateway::prepare(load).await.map(drop).unwrap_err().to_string()
    };
    let route = |keys: &str| format!("[[route]]\npath = \"/x\"\npublic = true\n{keys}\n");
    for (text, said) in [
        ("gateway = 1".into(), "invalid type"),
        (route(""), "the route /x has no upstream"),
        (
            route("upstream = \"orders:8080\""),
            "the route /x: the upstream \"orders:8080\" is none",
        ),
        (
            "[gateway]\nlisten = \"0.0.0.0:1\"".into(),
            "tokens would cross the network in clear",
        ),
        (
            "[gateway]\nbody_timeout = \"0s\"".into(),
            "gateway.body_timeout must be more than nothing",
        ),
        (
            "[gateway]\nupstream = { ca = \"/nowhere/ca.pem\" }".into(),
            "gateway.upstream.ca /nowhere/ca.pem: ",
        ),
        (
            "[gateway]\ntls = { cert = \"/nowhere/c.pem\", key = \"/nowhere/k.pem\" }".into(),
            "gateway.tls.cert /nowhere/c.pem: it does not exist",
        ),
    ] {
        let error = start(text).await;
        assert!(error.contains(said), "{error}");
    }
}
