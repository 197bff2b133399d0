//! A realm that goes out comes in again as the same realm.

use keyward_domain::Clock as _;
use keyward_domain::ports::Store as _;
use keyward_domain::realm::RealmName;
use keyward_server::admin::realms::export::{Extent, Source, export};
use serde_json::{Value, json};

use super::import::shop;
use super::support::Admin;
use crate::support::{Place, SEALER};

/// A whole realm with its secrets.
pub(super) async fn whole(admin: &Admin, name: &str) -> Value {
    let server = admin.server();
    let mut tx = server.outage.read().await.unwrap();
    let name = RealmName::parse(name).unwrap();
    let realm = tx.realm_by_name(&name).await.unwrap().unwrap();
    let source = Source {
        public_url: server.public_url(),
        sealer: &SEALER,
        now: server.clock.now(),
    };
    export(&mut *tx, &realm, source, Extent::WHOLE).await.unwrap()
}

async fn wipe_and_import(admin: &Admin, name: &str, file: &Value) {
    let realm = [("realm", name)];
    admin
        .send("DELETE /admin/realms/{realm}", &realm, None)
        .await
        .assert_done();
    let reply = admin.send("POST /admin/realms", &[], Some(file.clone())).await;
    assert_eq!(reply.created(), name);
}

/// The members that differ, so that a failure can be read.
#[track_caller]
fn assert_same(one: &Value, other: &Value) {
    fn differences(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
        match (one, other) {
            (Value::Object(a), Value::Object(b)) => {
                let names: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
                for name in names {
                    let at = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                    differences(&format!("{path}.{name}"), &at(a), &at(b), found);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (place, (one, other)) in a.iter().zip(b).enumerate() {
                    differences(&format!("{path}[{place}]"), one, other, found);
                }
            }
            (one, other) if one != other => found.push(format!("{path}: {one} / {other}")),
            _ => {}
        }
    }
    let mut found = Vec::new();
    differences("$", one, other, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_recorded_realm_goes_out_and_comes_in_again() {
    for place in Place::both().await {
        let admin = Admin::start_at(place, |_| {}).await;
        let reply = admin.send("POST /admin/realms", &[], Some(shop())).await;
        assert_eq!(reply.created(), "shop");
        let first = whole(&admin, "shop").await;
        wipe_and_import(&admin, "shop", &first).await;
        assert_same(&first, &whole(&admin, "shop").await);
        admin.finish().await;
    }
}

/// Keycloak's realms may have two configurations of one alias: a change, or a file, makes them so.
#[tokio::test]
async fn two_configurations_of_one_alias_go_out_and_come_in_again() {
    let admin = Admin::start().await;
    let step = |alias: &str| {
        json!({
            "authenticator": "identity-provider-redirector", "authenticatorConfig": alias,
            "requirement": "ALTERNATIVE", "priority": 10,
        })
    };
    let second = "6a3c1f52-6f0e-4c5e-9d1c-0a4f5f0c1d2e";
    let file = json!({
        "realm": "twins", "enabled": true,
        "authenticatorConfig": [
            { "id": "5b2d0e41-6f0e-4c5e-9d1c-0a4f5f0c1d2e", "alias": "same", "config": { "defaultProvider": "a" } },
            { "id": second, "alias": "same", "config": { "defaultProvider": "b" } },
        ],
        "authenticationFlows": [{
            "alias": "mine", "providerId": "basic-flow", "topLevel": true, "builtIn": false,
            "authenticationExecutions": [step("same"), step(second)],
        }],
    });
    let reply = admin.send("POST /admin/realms", &[], Some(file)).await;
    assert_eq!(reply.created(), "twins");
    let route = "GET /admin/realms/{realm}/authentication/flows/{flow}/executions";
    let path = [("realm", "twins"), ("flow", "mine")];
    let steps = admin.send(route, &path, None).await.body;
    assert_eq!(
        (&steps[0]["authenticationConfig"], &steps[1]["authenticationConfig"]),
        (&json!("5b2d0e41-6f0e-4c5e-9d1c-0a4f5f0c1d2e"), &json!(second))
    );
    // A changed alias is what the file names.
    let route = "PUT /admin/realms/{realm}/authentication/config/{config}";
    let path = [("realm", "twins"), ("config", "5b2d0e41-6f0e-4c5e-9d1c-0a4f5f0c1d2e")];
    let body = json!({ "alias": "other", "config": { "defaultProvider": "a" } });
    let first = whole(&admin, "twins").await;
    wipe_and_import(&admin, "twins", &first).await;
    assert_same(&first, &whole(&admin, "twins").await);
    admin.send(route, &path, Some(body)).await.assert_done();
    let renamed = whole(&admin, "twins").await;
    let flows = renamed["authenticationFlows"].as_array().unwrap();
    let mine = flows.iter().find(|flow| flow["alias"] == "mine").unwrap();
    let named = |place: usize| &mine["authenticationExecutions"][place]["authenticatorConfig"];
    assert_eq!((named(0), named(1)), (&json!("other"), &json!("same")));
    wipe_and_import(&admin, "twins", &renamed).await;
    let steps = admin
        .send(
            "GET /admin/realms/{realm}/authentication/flows/{flow}/executions",
            &[("realm", "twins"), ("flow", "mine")],
            None,
        )
        .await
        .body;
    assert_eq!(
        (&steps[0]["authenticationConfig"], &steps[1]["authenticationConfig"]),
        (&json!("5b2d0e41-6f0e-4c5e-9d1c-0a4f5f0c1d2e"), &json!(second))
    );
}

#[tokio::test]
async fn a_realm_of_our_own_goes_out_and_comes_in_again() {
    let admin = Admin::start().await;
    let first = whole(&admin, "demo").await;
    wipe_and_import(&admin, "demo", &first).await;
    assert_same(&first, &whole(&admin, "demo").await);
    let token = admin.server().token(&admin.server().service, &[]).await;
    assert_eq!(token.status, 200, "{token:?}");
    assert_eq!(first["attributes"]["keyward.pkce.for.public.clients"], json!("true"));
}
