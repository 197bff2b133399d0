//! Logins at identity providers, as data.

use serde_json::json;

use super::{USERS, make, person};
use crate::admin::support::Admin;

#[tokio::test]
async fn a_login_elsewhere_is_kept_once_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("grace")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str()), ("provider", "gh")];
    let add = "POST /admin/realms/{realm}/users/{user}/federated-identity/{provider}";
    let body = json!({"identityProvider": "another", "userId": "u1", "userName": "n1"});
    admin.send(add, &path, Some(body.clone())).await.assert_done();
    let again = admin.send(add, &path, Some(body)).await;
    again.assert(409, &json!({"errorMessage": "User is already linked with provider"}));
    // As in Keycloak, what is of no provider of the realm is not shown.
    let list = "GET /admin/realms/{realm}/users/{user}/federated-identity";
    admin.send(list, &path[..2], None).await.assert(200, &json!([]));
    for query in [[("idpAlias", "gh")], [("idpUserId", "u1")]] {
        let found = admin.send(USERS, &[("realm", &realm), query[0]], None).await;
        assert_eq!(found.body[0]["id"], json!(id), "{query:?}");
    }
    let remove = "DELETE /admin/realms/{realm}/users/{user}/federated-identity/{provider}";
    admin.send(remove, &path, None).await.assert_done();
    admin
        .send(remove, &path, None)
        .await
        .assert(404, &json!({"error": "Link not found"}));
    let unknown = admin.send(add, &path, Some(json!({"foo": 1}))).await;
    assert_eq!(unknown.status, 400, "{unknown:?}");
}
