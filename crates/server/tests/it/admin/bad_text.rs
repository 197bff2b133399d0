//! Texts that no database keeps: PostgreSQL has no U+0000, and both engines take the same.

use serde_json::json;

use super::support::Admin;

#[tokio::test]
async fn a_text_with_the_character_that_no_database_keeps_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let refused = json!({
        "error": "invalid_request",
        "error_description": "No text may hold the character U+0000",
    });
    let text = "PUT /admin/realms/{realm}/localization/{locale}/{key}";
    let place = [("realm", realm.as_str()), ("locale", "en"), ("key", "k")];
    let reply = admin.send_as(text, &place, "text/plain", "a\0b").await;
    reply.assert(400, &refused);
    let users = "POST /admin/realms/{realm}/users";
    let user = json!({ "username": "a\0b" });
    let reply = admin.send(users, &place[..1], Some(user)).await;
    reply.assert(400, &refused);

    let told = "$: holds the character U+0000, which no text may hold";
    let partial = json!({ "groups": [{ "name": "a\0b" }] });
    let partial = ("POST /admin/realms/{realm}/partialImport", &place[..1], partial);
    let whole = json!({ "realm": "no-nul", "displayName": "a\0b" });
    for (route, place, body) in [partial, ("POST /admin/realms", &place[..0], whole)] {
        let reply = admin.send(route, place, Some(body)).await;
        assert_eq!(
            (reply.status, reply.body["errorMessage"].as_str()),
            (400, Some(told)),
            "{reply:?}"
        );
    }
}
