//! Nodes of an application.

use serde_json::json;

use super::super::support::Admin;
use super::{get, make, of, put};

#[tokio::test]
async fn nodes_are_kept_and_none_is_reached() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "app" })).await;
    let place = [("realm", realm.as_str()), ("client", id.as_str())];
    let add = "POST /admin/realms/{realm}/clients/{client}/nodes";
    admin
        .send(add, &place, Some(json!({ "node": "n1" })))
        .await
        .assert_done();
    let bad = admin.send(add, &place, Some(json!({}))).await;
    bad.assert(400, &json!({ "error": "Node not found in params" }));
    assert!(get(&admin, &realm, &id).await["registeredNodes"]["n1"].is_i64());

    let test = "GET /admin/realms/{realm}/clients/{client}/test-nodes-available";
    let push = "POST /admin/realms/{realm}/clients/{client}/push-revocation";
    of(&admin, test, &realm, &id).await.assert(200, &json!({}));
    of(&admin, push, &realm, &id).await.assert(200, &json!({}));
    put(&admin, &realm, &id, json!({ "adminUrl": "http://127.0.0.1:9/x" }))
        .await
        .assert_done();
    of(&admin, test, &realm, &id)
        .await
        .assert(200, &json!({ "failedRequests": ["http://n1:9/x"] }));
    of(&admin, push, &realm, &id)
        .await
        .assert(200, &json!({ "failedRequests": ["http://127.0.0.1:9/x"] }));

    let remove = "DELETE /admin/realms/{realm}/clients/{client}/nodes/{node}";
    let node = [("realm", realm.as_str()), ("client", id.as_str()), ("node", "n1")];
    admin.send(remove, &node, None).await.assert_done();
    let again = admin.send(remove, &node, None).await;
    again.assert(404, &json!({ "error": "Client does not have node " }));
    assert!(get(&admin, &realm, &id).await.get("registeredNodes").is_none());
}
