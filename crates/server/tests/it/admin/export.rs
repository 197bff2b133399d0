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
