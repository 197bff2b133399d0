//! Realms: made, listed, changed, renamed, removed, and what a realm has by itself.

use keyward_domain::ports::Store as _;
use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::Request;

/// A row that no realm has.
const NOBODY: &str = "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e";

async fn get(admin: &Admin, realm: &str) -> Value {
    let reply = admin.send("GET /admin/realms/{realm}", &[("realm", realm)], None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

async fn put(admin: &Admin, realm: &str, body: Value) -> Reply {
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", realm)], Some(body))
        .await
}

#[tokio::test]
async fn a_realm_is_made_and_administered_at_once() {
    let admin = Admin::start().await;
    let body = json!({ "realm": "fresh", "enabled": true, "displayName": "Fresh" });
    let reply = admin.send("POST /admin/realms", &[], Some(body.clone())).await;
    assert_eq!(reply.created(), "fresh");
    let expected = format!("{}/admin/realms/fresh", admin.server().public_url());
    assert_eq!(reply.header("location"), Some(expected.as_str()));
    assert_eq!(get(&admin, "fresh").await["displayName"], json!("Fresh"));
    let answer = Request::get("/realms/fresh").send(admin.server()).await;
    assert_eq!(answer.status, 200);
    let again = admin.send("POST /admin/realms", &[], Some(body)).await;
    again.assert(409, &json!({ "errorMessage": "Realm fresh already exists" }));
}

/// Every member of a new realm, as a Keycloak 26.7.4 shows it.
#[tokio::test]
async fn a_new_realm_shows_what_keycloaks_shows() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let shown = get(&admin, &realm).await;
    let mut expected: Value = serde_json::from_str(include_str!("fixtures/realm.json")).unwrap();
    expected["realm"] = json!(realm);
    expected["id"] = shown["id"].clone();
    expected["defaultRole"]["id"] = shown["defaultRole"]["id"].clone();
    expected["defaultRole"]["name"] = json!(format!("default-roles-{realm}"));
    expected["defaultRole"]["containerId"] = shown["id"].clone();
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_realm_that_cannot_be_is_refused() {
    let admin = Admin::start().await;
    for (body, message) in [
        (json!({}), "Realm name cannot be empty"),
        (json!({ "realm": "" }), "Realm name cannot be empty"),
        (
            json!({ "realm": "a/b" }),
            "a realm name has 1 to 60 characters of A-Z a-z 0-9 - _ . and does not start with a dot",
        ),
        (json!({ "realm": "x", "enabled": "yes" }), "enabled: must be a boolean"),
        (
            json!({ "realm": "x", "foo": 1 }),
            "foo: is no member of a RealmRepresentation",
        ),
        (
            json!({ "realm": "x", "otpPolicyDigits": "six" }),
            "otpPolicyDigits: has a value of another type",
        ),
    ] {
        let reply = admin.send("POST /admin/realms", &[], Some(body.clone())).await;
        assert_eq!(
            (reply.status, &reply.body["errorMessage"]),
            (400, &json!(message)),
            "{body}"
        );
    }
    let unnamed = admin.send("POST /admin/realms", &[], Some(json!({}))).await;
    unnamed.assert(400, &json!({ "errorMessage": "Realm name cannot be empty" }));
    let master = admin
        .send("POST /admin/realms", &[], Some(json!({ "realm": "master" })))
        .await;
    assert_eq!(master.status, 409, "{master:?}");
    for body in [
        "[]",
        "{",
        "null",
        r#"{"realm":"a","realm":"b"}"#,
        "[{\"realm\":\"a\"},{\"realm\":\"b\"}]",
    ] {
        let reply = admin.send_as("POST /admin/realms", &[], "application/json", body).await;
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
    }
    let deep = format!(
        "{{\"realm\":\"deep\",\"attributes\":{}1{}}}",
        "{\"a\":".repeat(300),
        "}".repeat(300)
    );
    let reply = admin.send_as("POST /admin/realms", &[], "application/json", deep).await;
    assert_eq!(reply.status, 400, "{reply:?}");
    let form = admin
        .send_as("POST /admin/realms", &[], "text/plain", "{\"realm\":\"a\"}")
        .await;
    assert_eq!(form.status, 415);
}

#[tokio::test]
async fn whoever_sees_settings_lists_realms_whole_and_others_by_name() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let names = |reply: &Reply| -> Vec<String> {
        let list = reply.body.as_array().unwrap().iter();
        list.map(|item| item["realm"].as_str().unwrap().to_owned()).collect()
    };
    let all = admin.send("GET /admin/realms", &[], None).await;
    assert_eq!(names(&all), ["demo", "master", realm.as_str()]);
    assert!(all.body[2]["ssoSessionIdleTimeout"] == 1800, "{all:?}");
    let brief = admin
        .send("GET /admin/realms", &[("briefRepresentation", "true")], None)
        .await;
    let shown = brief.body[2].as_object().unwrap();
    assert_eq!(shown.keys().collect::<Vec<_>>(), ["enabled", "id", "realm"]);
    let users_only = admin.as_user(&realm, &["view-users"]).await;
    let seen = users_only.send("GET /admin/realms", &[], None).await;
    seen.assert(200, &json!([{ "realm": realm }]));
    let one = users_only
        .send("GET /admin/realms/{realm}", &[("realm", &realm)], None)
        .await;
    one.assert(
        200,
        &json!({
            "realm": realm,
            "registrationEmailAsUsername": false,
            "bruteForceProtected": false,
            "supportedLocales": [],
            "organizationsEnabled": false,
        }),
    );
    for roles in [&[][..], &["impersonation"]] {
        let nobody = admin.as_user(&realm, roles).await;
        let refused = nobody.send("GET /admin/realms", &[], None).await;
        refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
        let refused = nobody
            .send("GET /admin/realms/{realm}", &[("realm", &realm)], None)
            .await;
        refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
    }
    let none = admin
        .send("GET /admin/realms/{realm}", &[("realm", "nowhere")], None)
        .await;
    none.assert(404, &json!({ "error": "Realm not found." }));
}

#[tokio::test]
async fn nobody_but_whoever_may_makes_a_realm() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let realm_admin = admin.as_user(&realm, &["realm-admin"]).await;
    let refused = realm_admin
        .send("POST /admin/realms", &[], Some(json!({ "realm": "mine" })))
        .await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
    let refused = admin
        .anonymous()
        .send("POST /admin/realms", &[], Some(json!({ "realm": "mine" })))
        .await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn settings_change_and_what_is_absent_stays() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let before = get(&admin, &realm).await;
    put(&admin, &realm, json!({})).await.assert_done();
    assert_eq!(get(&admin, &realm).await, before);
    let changes = json!({
        "displayName": "Shop",
        "accessTokenLifespan": "120",
        "ssoSessionMaxLifespan": 600,
        "bruteForceProtected": true,
        "failureFactor": 3,
        "passwordPolicy": "length(12) and digits(1)",
        "loginTheme": "corp",
        "browserSecurityHeaders": { "xRobotsTag": "all" },
        "oauth2DeviceCodeLifespan": 700,
        "supportedLocales": ["de", "en"],
        "notBefore": 17,
        "defaultSignatureAlgorithm": "ES256",
    });
    put(&admin, &realm, changes.clone()).await.assert_done();
    let after = get(&admin, &realm).await;
    let mut expected = before.clone();
    for (name, value) in changes.as_object().unwrap() {
        expected[name] = value.clone();
    }
    expected["accessTokenLifespan"] = json!(120);
    expected["attributes"]["oauth2DeviceCodeLifespan"] = json!("700");
    expected["browserSecurityHeaders"] = before["browserSecurityHeaders"].clone();
    expected["browserSecurityHeaders"]["xRobotsTag"] = json!("all");
    assert_eq!(after, expected);
    let unknown = put(&admin, &realm, json!({ "nix": 1 })).await;
    let text = r#"Invalid json representation for RealmRepresentation. Unrecognized field "nix" at line 1 column 9."#;
    unknown.assert(400, &json!({ "error": text }));
    for body in [
        json!({ "defaultSignatureAlgorithm": "HS256" }),
        json!({ "passwordPolicy": "nonsense(3)" }),
        json!({ "enabled": "maybe" }),
        json!({ "bruteForceStrategy": "x" }),
        json!({ "defaultGroups": ["/nope"] }),
        json!({ "attributes": { "a": ["b"] } }),
    ] {
        assert_eq!(put(&admin, &realm, body.clone()).await.status, 400, "{body}");
    }
    assert_eq!(get(&admin, &realm).await, after);
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    assert_eq!(put(&viewer, &realm, json!({})).await.status, 403);
}

#[tokio::test]
async fn a_disabled_realm_is_still_administered() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    put(&admin, &realm, json!({ "enabled": false })).await.assert_done();
    let path = format!("/realms/{realm}");
    assert_eq!(Request::get(&path).send(admin.server()).await.status, 403);
    put(&admin, &realm, json!({ "enabled": true })).await.assert_done();
    assert_eq!(Request::get(&path).send(admin.server()).await.status, 200);
}

#[tokio::test]
async fn a_mail_server_keeps_its_password_to_itself() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let server = json!({ "host": "mail.example.com", "port": 25, "from": "a@example.com", "password": "hunter2" });
    put(&admin, &realm, json!({ "smtpServer": server })).await.assert_done();
    let shown = get(&admin, &realm).await["smtpServer"].clone();
    let expected = json!({
        "host": "mail.example.com", "port": "25", "from": "a@example.com", "password": "**********",
    });
    assert_eq!(shown, expected);
    let name = keyward_domain::realm::RealmName::parse(&realm).unwrap();
    let mut tx = admin.server().outage.read().await.unwrap();
    let row = tx.realm_by_name(&name).await.unwrap().unwrap();
    assert!(!format!("{:?}", row.settings).contains("hunter2"));
    let sealed = row.settings.smtp_password.clone();
    drop(tx);
    // What comes back masked stays, but never for another server: a mail would take it there.
    put(&admin, &realm, json!({ "smtpServer": shown })).await.assert_done();
    for (member, value) in [("host", "mail.attacker.example"), ("port", "2525"), ("user", "mallory")] {
        let mut elsewhere = shown.clone();
        elsewhere[member] = json!(value);
        put(&admin, &realm, json!({ "smtpServer": elsewhere })).await.assert(
            400,
            &json!({
                "errorMessage": "smtpServer.password: must be given again: the one that is kept is for another server"
            }),
        );
    }
    assert_eq!(get(&admin, &realm).await["smtpServer"], shown);
    let mut tx = admin.server().outage.read().await.unwrap();
    let row = tx.realm_by_name(&name).await.unwrap().unwrap();
    assert!(row.settings.smtp_password.is_some() && sealed.is_some());
    drop(tx);
    let refused = put(&admin, &realm, json!({ "smtpServer": { "host": "x" } })).await;
    assert_eq!(refused.status, 400);
    let message = refused.body["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("Invalid sender address 'null'. smtpServer.from is missing: "),
        "{message}"
    );
}

#[tokio::test]
async fn a_renamed_realm_is_administered_by_its_new_name() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let taken = put(&admin, &realm, json!({ "realm": other })).await;
    taken.assert(409, &json!({ "errorMessage": "Realm with same name exists" }));
    let renamed = format!("{realm}-renamed");
    put(&admin, &realm, json!({ "realm": renamed })).await.assert_done();
    let gone = admin
        .send("GET /admin/realms/{realm}", &[("realm", &realm)], None)
        .await;
    gone.assert(404, &json!({ "error": "Realm not found." }));
    assert_eq!(get(&admin, &renamed).await["realm"], json!(renamed));
    let of_account = [("realm", renamed.as_str()), ("clientId", "account")];
    let account = admin.send("GET /admin/realms/{realm}/clients", &of_account, None).await;
    let base = format!("/realms/{renamed}/account/");
    assert_eq!(account.body[0]["baseUrl"], json!(base));
    assert_eq!(account.body[0]["redirectUris"], json!([format!("{base}*")]));
    assert_eq!(
        Request::get(&format!("/realms/{renamed}"))
            .send(admin.server())
            .await
            .status,
        200
    );
    assert_eq!(
        Request::get(&format!("/realms/{realm}"))
            .send(admin.server())
            .await
            .status,
        404
    );
    // The old name is free again.
    let again = admin
        .send("POST /admin/realms", &[], Some(json!({ "realm": realm })))
        .await;
    assert_eq!(again.created(), realm);
    assert_eq!(put(&admin, &renamed, json!({ "realm": "a b" })).await.status, 400);
}

#[tokio::test]
async fn master_is_neither_renamed_nor_removed() {
    let admin = Admin::start().await;
    let renamed = put(&admin, "master", json!({ "realm": "other" })).await;
    renamed.assert(400, &json!({ "errorMessage": "Can't rename master realm" }));
    let removed = admin
        .send("DELETE /admin/realms/{realm}", &[("realm", "master")], None)
        .await;
    removed.assert(400, &json!({ "errorMessage": "Can't remove master realm" }));
    put(&admin, "master", json!({ "displayName": "Us" }))
        .await
        .assert_done();
}

#[tokio::test]
async fn a_removed_realm_takes_everything_with_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    assert_eq!(
        viewer.send("DELETE /admin/realms/{realm}", &its, None).await.status,
        403
    );
    admin
        .send("DELETE /admin/realms/{realm}", &its, None)
        .await
        .assert_done();
    let gone = admin.send("DELETE /admin/realms/{realm}", &its, None).await;
    gone.assert(404, &json!({ "error": "Realm not found." }));
    // Its administrators hold tokens of a realm that is not there any more.
    assert_eq!(viewer.send("GET /admin/realms/{realm}", &its, None).await.status, 401);
    assert_eq!(
        Request::get(&format!("/realms/{realm}"))
            .send(admin.server())
            .await
            .status,
        404
    );
    let again = admin
        .send("POST /admin/realms", &[], Some(json!({ "realm": realm })))
        .await;
    assert_eq!(again.created(), realm);
}

#[tokio::test]
async fn new_clients_get_the_default_scopes_that_an_administrator_chose() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    let named = |reply: &Reply, wanted: &str| -> Option<String> {
        let list = reply.body.as_array().unwrap().iter();
        let mut found = list.filter(|item| item["name"] == wanted);
        found.next().map(|item| item["id"].as_str().unwrap().to_owned())
    };
    let default = admin
        .send("GET /admin/realms/{realm}/default-default-client-scopes", &its, None)
        .await;
    assert_eq!((default.status, default.body.as_array().unwrap().len()), (200, 9));
    let id = named(&default, "profile").unwrap();
    assert_eq!(
        default.body[3],
        json!({ "id": id, "name": "profile", "protocol": "openid-connect" })
    );
    let optional = admin
        .send("GET /admin/realms/{realm}/default-optional-client-scopes", &its, None)
        .await;
    let address = named(&optional, "address").unwrap();
    let of_address = [("realm", realm.as_str()), ("scope", address.as_str())];
    let twice = admin
        .send(
            "PUT /admin/realms/{realm}/default-default-client-scopes/{scope}",
            &of_address,
            None,
        )
        .await;
    twice.assert(
        409,
        &json!({ "error": "conflict", "error_description": "Duplicate resource error" }),
    );
    for _ in 0..2 {
        admin
            .send(
                "DELETE /admin/realms/{realm}/default-optional-client-scopes/{scope}",
                &of_address,
                None,
            )
            .await
            .assert_done();
    }
    admin
        .send(
            "PUT /admin/realms/{realm}/default-default-client-scopes/{scope}",
            &of_address,
            None,
        )
        .await
        .assert_done();
    let default = admin
        .send("GET /admin/realms/{realm}/default-default-client-scopes", &its, None)
        .await;
    assert!(named(&default, "address").is_some());
    admin
        .send(
            "DELETE /admin/realms/{realm}/default-default-client-scopes/{scope}",
            &of_address,
            None,
        )
        .await
        .assert_done();
    admin
        .send(
            "PUT /admin/realms/{realm}/default-optional-client-scopes/{scope}",
            &of_address,
            None,
        )
        .await
        .assert_done();
    let other = admin.realm().await;
    for foreign in [NOBODY, "nope", address.as_str()] {
        let reply = admin
            .send(
                "PUT /admin/realms/{realm}/default-default-client-scopes/{scope}",
                &[("realm", &other), ("scope", foreign)],
                None,
            )
            .await;
        reply.assert(404, &json!({ "error": "Client scope not found" }));
    }
    let realm_only = admin.as_user(&realm, &["manage-realm"]).await;
    let refused = realm_only
        .send(
            "PUT /admin/realms/{realm}/default-default-client-scopes/{scope}",
            &of_address,
            None,
        )
        .await;
    assert_eq!(refused.status, 403);
}

async fn group(admin: &Admin, realm: &str, name: &str) -> String {
    let body = Some(json!({ "name": name }));
    admin
        .send("POST /admin/realms/{realm}/groups", &[("realm", realm)], body)
        .await
        .created()
}

#[tokio::test]
async fn new_users_join_the_default_groups() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    let id = group(&admin, &realm, "customers").await;
    let one = [("realm", realm.as_str()), ("group", id.as_str())];
    for _ in 0..2 {
        admin
            .send("PUT /admin/realms/{realm}/default-groups/{group}", &one, None)
            .await
            .assert_done();
    }
    let listed = admin.send("GET /admin/realms/{realm}/default-groups", &its, None).await;
    listed.assert(
        200,
        &json!([{ "id": id, "name": "customers", "path": "/customers", "subGroups": [] }]),
    );
    assert_eq!(get(&admin, &realm).await["defaultGroups"], json!(["/customers"]));
    for _ in 0..2 {
        admin
            .send("DELETE /admin/realms/{realm}/default-groups/{group}", &one, None)
            .await
            .assert_done();
    }
    assert_eq!(get(&admin, &realm).await.get("defaultGroups"), None);
    let other = admin.realm().await;
    for foreign in [NOBODY, "nope", id.as_str()] {
        let reply = admin
            .send(
                "PUT /admin/realms/{realm}/default-groups/{group}",
                &[("realm", &other), ("group", foreign)],
                None,
            )
            .await;
        reply.assert(404, &json!({ "error": "Group not found" }));
    }
}

/// Attack: whoever may change the realm lets everybody who registers become an administrator.
#[tokio::test]
async fn a_default_group_gives_nobody_rights_that_the_administrator_lacks() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = group(&admin, &realm, "admins").await;
    let its = [("realm", realm.as_str())];
    let clients = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", &realm), ("clientId", "realm-management")],
            None,
        )
        .await;
    let client = clients.body[0]["id"].as_str().unwrap().to_owned();
    let parameters = [("realm", realm.as_str()), ("client", &client), ("role", "manage-users")];
    let role = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &parameters,
            None,
        )
        .await;
    let parameters = [("realm", realm.as_str()), ("group", &id), ("client", &client)];
    let given = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{client}",
            &parameters,
            Some(json!([role.body])),
        )
        .await;
    assert_eq!(given.status, 204, "{given:?}");
    let realm_only = admin.as_user(&realm, &["manage-realm"]).await;
    let one = [("realm", realm.as_str()), ("group", id.as_str())];
    let refused = realm_only
        .send("PUT /admin/realms/{realm}/default-groups/{group}", &one, None)
        .await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
    let refused = put(&realm_only, &realm, json!({ "defaultGroups": ["/admins"] })).await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
    assert_eq!(get(&admin, its[0].1).await.get("defaultGroups"), None);
}

#[tokio::test]
async fn logging_all_out_ends_every_token_at_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    let stats = admin
        .send("GET /admin/realms/{realm}/client-session-stats", &its, None)
        .await;
    assert_eq!(stats.status, 200);
    assert_eq!(stats.body[0]["clientId"], json!("admin-cli"));
    assert_eq!(
        (&stats.body[0]["active"], &stats.body[0]["offline"]),
        (&json!("1"), &json!("0"))
    );
    assert_eq!(viewer.send("GET /admin/realms/{realm}", &its, None).await.status, 200);
    let refused = viewer.send("POST /admin/realms/{realm}/logout-all", &its, None).await;
    assert_eq!(refused.status, 403);
    let done = admin.send("POST /admin/realms/{realm}/logout-all", &its, None).await;
    done.assert(200, &json!({}));
    assert_eq!(viewer.send("GET /admin/realms/{realm}", &its, None).await.status, 401);
    let stats = admin
        .send("GET /admin/realms/{realm}/client-session-stats", &its, None)
        .await;
    stats.assert(200, &json!([]));
    let not_before = get(&admin, &realm).await["notBefore"].clone();
    assert_eq!(not_before, json!(1_800_000_000));
    let pushed = admin
        .send("POST /admin/realms/{realm}/push-revocation", &its, None)
        .await;
    pushed.assert(200, &json!({}));
}

/// Keycloak 26.7 tells clients at their admin URL; here nobody is told, and the answer says so.
#[tokio::test]
async fn clients_that_want_to_be_told_are_named_as_not_told() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    for client in [
        json!({ "clientId": "b", "adminUrl": "https://b.example/admin" }),
        json!({ "clientId": "a", "rootUrl": "https://a.example", "adminUrl": "/k_admin" }),
        json!({ "clientId": "c", "adminUrl": "" }),
    ] {
        let made = admin
            .send("POST /admin/realms/{realm}/clients", &its, Some(client))
            .await;
        made.created();
    }
    let told = json!({ "failedRequests": ["https://a.example/k_admin", "https://b.example/admin"] });
    for route in [
        "POST /admin/realms/{realm}/push-revocation",
        "POST /admin/realms/{realm}/logout-all",
    ] {
        admin.send(route, &its, None).await.assert(200, &told);
    }
}

#[tokio::test]
async fn one_session_ends_and_a_foreign_one_is_not_there() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    let user = viewer.user.unwrap().to_string();
    let sessions = admin
        .send(
            "GET /admin/realms/{realm}/users/{user}/sessions",
            &[("realm", &realm), ("user", &user)],
            None,
        )
        .await;
    let id = sessions.body[0]["id"].as_str().unwrap().to_owned();
    for (realm, id) in [(&other, id.as_str()), (&realm, NOBODY), (&realm, "nope")] {
        let reply = admin
            .send(
                "DELETE /admin/realms/{realm}/sessions/{session}",
                &[("realm", realm), ("session", id)],
                None,
            )
            .await;
        reply.assert(404, &json!({ "error": "Sesssion not found" }));
    }
    let one = [("realm", realm.as_str()), ("session", id.as_str())];
    let refused = viewer
        .send("DELETE /admin/realms/{realm}/sessions/{session}", &one, None)
        .await;
    assert_eq!(refused.status, 403);
    let offline = [
        ("realm", realm.as_str()),
        ("session", id.as_str()),
        ("isOffline", "true"),
    ];
    let none = admin
        .send("DELETE /admin/realms/{realm}/sessions/{session}", &offline, None)
        .await;
    assert_eq!(none.status, 404);
    admin
        .send("DELETE /admin/realms/{realm}/sessions/{session}", &one, None)
        .await
        .assert_done();
    let its = [("realm", realm.as_str())];
    assert_eq!(viewer.send("GET /admin/realms/{realm}", &its, None).await.status, 401);
}

#[tokio::test]
async fn caches_are_cleared_and_what_is_not_offered_says_so() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let its = [("realm", realm.as_str())];
    for route in [
        "POST /admin/realms/{realm}/clear-realm-cache",
        "POST /admin/realms/{realm}/clear-user-cache",
        "POST /admin/realms/{realm}/clear-keys-cache",
        "POST /admin/realms/{realm}/clear-crl-cache",
    ] {
        admin.send(route, &its, None).await.assert_done();
    }
    let registrators = admin
        .send("GET /admin/realms/{realm}/credential-registrators", &its, None)
        .await;
    registrators.assert(200, &json!(["CONFIGURE_TOTP"]));
    let permissions = admin
        .send("GET /admin/realms/{realm}/users-management-permissions", &its, None)
        .await;
    permissions.assert(
        501,
        &json!({
            "error": "not_implemented",
            "error_description": "Keyward does not offer fine-grained admin permissions",
        }),
    );
}

/// Master's clients of realms come and go with them.
#[tokio::test]
async fn master_administers_realms_from_their_first_to_their_last_moment() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let client = format!("{realm}-realm");
    let of_master = [("realm", "master"), ("clientId", client.as_str())];
    let found = admin.send("GET /admin/realms/{realm}/clients", &of_master, None).await;
    assert_eq!(found.body[0]["name"], json!(format!("{realm} Realm")));
    assert_eq!(found.body[0]["bearerOnly"], json!(true));
    admin
        .send("DELETE /admin/realms/{realm}", &[("realm", &realm)], None)
        .await
        .assert_done();
    let gone = admin.send("GET /admin/realms/{realm}/clients", &of_master, None).await;
    gone.assert(200, &json!([]));
}
