//! Becoming somebody else, in a browser.

use serde_json::json;

use super::{UPDATE, make, person};
use crate::admin::support::Admin;
use crate::support::Request;

const IMPERSONATE: &str = "POST /admin/realms/{realm}/users/{user}/impersonation";

#[tokio::test]
async fn an_administrators_browser_becomes_the_users() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let reply = admin
        .send("POST /admin/realms/{realm}/users/{user}/impersonation", &path, None)
        .await;
    let account = format!("{}/realms/{realm}/account", admin.server().public_url());
    reply.assert(200, &json!({"sameRealm": false, "redirect": account}));
    let cookies: Vec<&str> = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .filter_map(|(_, value)| value.split(';').next())
        .collect();
    let page = Request::get(&format!("/realms/{realm}/account"))
        .header("Cookie", &cookies.join("; "))
        .send(admin.server())
        .await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.text().contains("alice"), "it is not the user's account");
}

#[tokio::test]
async fn only_people_who_are_enabled_can_be_impersonated() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    admin
        .send(UPDATE, &path, Some(json!({"enabled": false})))
        .await
        .assert_done();
    let reply = admin.send(IMPERSONATE, &path, None).await;
    reply.assert(400, &json!({"errorMessage": "User is disabled"}));
    let manager = admin.as_user(&realm, &["manage-users"]).await;
    assert_eq!(manager.send(IMPERSONATE, &path, None).await.status, 403);
}
