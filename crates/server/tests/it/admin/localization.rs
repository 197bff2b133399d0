//! Texts of a realm, kept as data.

use serde_json::json;

use super::support::Admin;

#[tokio::test]
async fn texts_are_set_seen_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let en = [("realm", realm.as_str()), ("locale", "en")];
    let de = [("realm", realm.as_str()), ("locale", "de")];
    let one = [("realm", realm.as_str()), ("locale", "en"), ("key", "greeting")];
    admin
        .send("GET /admin/realms/{realm}/localization", &in_realm, None)
        .await
        .assert(200, &json!([]));
    admin
        .send("GET /admin/realms/{realm}/localization/{locale}", &en, None)
        .await
        .assert(200, &json!({}));
    let text = "/admin/realms/{realm}/localization/{locale}/{key}";
    admin
        .send_as(&format!("PUT {text}"), &one, "text/plain", "hello")
        .await
        .assert_done();
    let seen = admin.send(&format!("GET {text}"), &one, None).await;
    assert_eq!((seen.status, seen.text.as_str()), (200, "hello"));
    let add = "POST /admin/realms/{realm}/localization/{locale}";
    admin
        .send(add, &de, Some(json!({ "greeting": "hallo" })))
        .await
        .assert_done();
    admin
        .send(add, &de, Some(json!({ "farewell": "ade" })))
        .await
        .assert_done();
    let both = json!({ "greeting": "hallo", "farewell": "ade" });
    admin
        .send("GET /admin/realms/{realm}/localization/{locale}", &de, None)
        .await
        .assert(200, &both);
    let locales = admin
        .send("GET /admin/realms/{realm}/localization", &in_realm, None)
        .await;
    locales.assert(200, &json!(["de", "en"]));

    admin.send(&format!("DELETE {text}"), &one, None).await.assert_done();
    let missing = json!({ "error": "Localization text not found" });
    admin
        .send(&format!("DELETE {text}"), &one, None)
        .await
        .assert(404, &missing);
    admin
        .send(&format!("GET {text}"), &one, None)
        .await
        .assert(404, &missing);
    let remove = "DELETE /admin/realms/{realm}/localization/{locale}";
    admin.send(remove, &de, None).await.assert_done();
    let gone = admin.send(remove, &de, None).await;
    gone.assert(404, &json!({ "error": "No localization texts for locale de found." }));

    let bad = [("realm", realm.as_str()), ("locale", "../x")];
    let refused = admin.send(add, &bad, Some(json!({ "a": "b" }))).await;
    refused.assert(400, &json!({ "error": "the locale is no language tag" }));
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    let refused = viewer.send(add, &de, Some(json!({ "a": "b" }))).await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}
