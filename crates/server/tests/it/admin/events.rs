//! Events and admin events.

use keyward_domain::Timestamp;
use keyward_domain::entropy;
use keyward_domain::id::{EventId, UserId};
use keyward_domain::ports::Store as _;
use keyward_domain::ports::user_events::UserEventQuery;
use keyward_domain::realm::RealmName;
use keyward_domain::user_event::UserEvent;
use keyward_server::SystemEntropy;
use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::Request;

mod logins;
mod outcome;
mod pages;
mod tokens;

const EVENTS: &str = "GET /admin/realms/{realm}/events";
const CLEAR: &str = "DELETE /admin/realms/{realm}/events";
const ADMIN_EVENTS: &str = "GET /admin/realms/{realm}/admin-events";
const CONFIG: &str = "PUT /admin/realms/{realm}/events/config";

async fn on(admin: &Admin, realm: &str, config: Value) {
    admin
        .send(CONFIG, &[("realm", realm)], Some(config))
        .await
        .assert_done();
}

/// Writes events of a realm, a second apart.
async fn happened(admin: &Admin, realm: &str) {
    let mut tx = admin.server().outage.write().await.unwrap();
    let name = RealmName::parse(realm).unwrap();
    let row = tx.realm_by_name(&name).await.unwrap().unwrap();
    let some = [
        ("LOGIN", "shop-web", Some(user()), None),
        (
            "LOGIN_ERROR",
            "shop-web",
            Some(user()),
            Some("invalid_user_credentials"),
        ),
        ("CLIENT_LOGIN", "shop-batch", None, None),
    ];
    for (second, (name, client, user, error)) in (0..).zip(some) {
        let at = Timestamp::from_secs(1_800_000_000 + second);
        let event = UserEvent {
            id: EventId(entropy::growing_uuid(at, &mut SystemEntropy)),
            realm: row.id,
            at,
            name: name.into(),
            client: Some(client.into()),
            user: user.map(|user| user.to_string()),
            session: None,
            address: Some("10.0.0.7".parse().unwrap()),
            error: error.map(Into::into),
            details: [("username".into(), "anna".to_owned())].into(),
        };
        tx.append_user_event(&event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn user() -> UserId {
    "2f99510b-e9a5-4669-a3ca-11368a95ebb8".parse().unwrap()
}

fn types(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{reply:?}");
    let events = reply.body.as_array().unwrap();
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn events_have_keycloaks_members() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    happened(&admin, &realm).await;
    let path = [("realm", realm.as_str())];
    let list = admin.send(EVENTS, &path, None).await;
    assert_eq!(types(&list), ["CLIENT_LOGIN", "LOGIN_ERROR", "LOGIN"]);
    let realm_id = admin.send("GET /admin/realms/{realm}", &path, None).await.body["id"].clone();
    let mut failed = list.body[1].clone();
    failed.as_object_mut().unwrap().remove("id");
    assert_eq!(
        failed,
        json!({
            "time": 1_800_000_001_000_i64, "type": "LOGIN_ERROR", "realmId": realm_id, "clientId": "shop-web",
            "userId": user(), "ipAddress": "10.0.0.7", "error": "invalid_user_credentials",
            "details": {"username": "anna"},
        })
    );
}

#[tokio::test]
async fn events_are_recorded_while_a_realm_wants_them() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let guess = async || {
        let form = [
            ("client_id", "admin-cli"),
            ("grant_type", "password"),
            ("username", "nobody"),
            ("password", "wrong"),
        ];
        let place = format!("/realms/{realm}/protocol/openid-connect/token");
        let answer = Request::post(&place).form(&form).send(admin.server()).await;
        assert_eq!(answer.member("error_description"), "Invalid user credentials");
    };
    // Off until somebody switches it on.
    guess().await;
    on(&admin, &realm, json!({"eventsEnabled": true})).await;
    assert_eq!(types(&admin.send(EVENTS, &path, None).await), [""; 0]);
    guess().await;
    assert_eq!(types(&admin.send(EVENTS, &path, None).await), ["LOGIN_ERROR"]);
    on(
        &admin,
        &realm,
        json!({"eventsEnabled": true, "enabledEventTypes": ["LOGIN"]}),
    )
    .await;
    guess().await;
    on(&admin, &realm, json!({"eventsEnabled": false})).await;
    guess().await;
    // What was recorded stays, as in Keycloak.
    assert_eq!(types(&admin.send(EVENTS, &path, None).await), ["LOGIN_ERROR"]);
    admin.send(CLEAR, &path, None).await.assert_done();
    assert_eq!(types(&admin.send(EVENTS, &path, None).await), [""; 0]);
}

#[tokio::test]
async fn events_are_looked_for_and_paged() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    happened(&admin, &realm).await;
    let user = user().to_string();
    for (query, expected) in [
        (
            &[("type", "LOGIN"), ("type", "LOGIN_ERROR")][..],
            &["LOGIN_ERROR", "LOGIN"][..],
        ),
        (&[("client", "shop-batch")], &["CLIENT_LOGIN"]),
        (&[("client", "shop")], &[]),
        (&[("user", user.as_str())], &["LOGIN_ERROR", "LOGIN"]),
        (&[("ipAddress", "10.0.0.8")], &[]),
        (
            &[("dateFrom", "1800000001000"), ("dateTo", "1800000001000")],
            &["LOGIN_ERROR"],
        ),
        (
            &[("dateFrom", "2027-01-15"), ("dateTo", "2027-01-15"), ("max", "1")],
            &["CLIENT_LOGIN"],
        ),
        (&[("dateTo", "2027-01-14")], &[]),
        (&[("direction", "asc"), ("max", "2")], &["LOGIN", "LOGIN_ERROR"]),
        (&[("first", "1"), ("max", "1")], &["LOGIN_ERROR"]),
    ] {
        let parameters: Vec<(&str, &str)> = query.iter().copied().chain([("realm", realm.as_str())]).collect();
        assert_eq!(
            types(&admin.send(EVENTS, &parameters, None).await),
            expected,
            "{query:?}"
        );
    }
    for (name, value, told) in [
        (
            "dateFrom",
            "abc",
            "Invalid value for 'dateFrom', expected format is yyyy-MM-dd or an Epoch timestamp",
        ),
        (
            "direction",
            "foo",
            "Invalid value for sortDirection, expected value is asc or desc",
        ),
        ("type", "NOPE", "Unknown event type NOPE"),
    ] {
        let reply = admin.send(EVENTS, &[("realm", &realm), (name, value)], None).await;
        reply.assert(400, &json!({ "error": told }));
    }
}

#[tokio::test]
async fn events_of_another_realm_are_neither_shown_nor_cleared() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    happened(&admin, &other).await;
    admin
        .send(EVENTS, &[("realm", &realm)], None)
        .await
        .assert(200, &json!([]));
    admin.send(CLEAR, &[("realm", &realm)], None).await.assert_done();
    assert_eq!(types(&admin.send(EVENTS, &[("realm", &other)], None).await).len(), 3);
    admin.send(CLEAR, &[("realm", &other)], None).await.assert_done();
    admin
        .send(EVENTS, &[("realm", &other)], None)
        .await
        .assert(200, &json!([]));
}

#[tokio::test]
async fn events_are_written_by_the_job_and_expire() {
    let admin = Admin::start().await;
    let server = admin.server();
    let realm = admin.realm().await;
    happened(&admin, &realm).await;
    on(&admin, &realm, json!({"eventsEnabled": true, "eventsExpiration": 60})).await;
    server.wait(62).await;
    let list = admin.send(EVENTS, &[("realm", &realm)], None).await;
    assert_eq!(types(&list), ["CLIENT_LOGIN"]);
    let form = [("client_id", "nobody"), ("grant_type", "client_credentials")];
    let place = format!("/realms/{realm}/protocol/openid-connect/token");
    Request::post(&place).form(&form).send(server).await;
    keyward_server::jobs::write_events::tick(&server.app).await.unwrap();
    keyward_server::jobs::sweep::tick(&server.app, "node").await.unwrap();
    let mut tx = server.outage.read().await.unwrap();
    let row = tx
        .realm_by_name(&RealmName::parse(&realm).unwrap())
        .await
        .unwrap()
        .unwrap();
    let paging = keyward_domain::ports::users::Paging { first: 0, max: 9 };
    let left = tx
        .user_events(row.id, &UserEventQuery::default(), paging)
        .await
        .unwrap();
    let names: Vec<&str> = left.iter().map(|event| &*event.name).collect();
    assert_eq!(names, ["CLIENT_LOGIN_ERROR", "CLIENT_LOGIN"]);
}

/// They wait, and the request does not.
#[tokio::test]
async fn events_outlast_a_database_that_is_away() {
    let admin = Admin::start().await;
    let server = admin.server();
    let realm = admin.realm().await;
    on(&admin, &realm, json!({"eventsEnabled": true})).await;
    let form = [("client_id", "nobody"), ("grant_type", "client_credentials")];
    let place = format!("/realms/{realm}/protocol/openid-connect/token");
    server.outage.begin();
    assert_eq!(Request::post(&place).form(&form).send(server).await.status, 401);
    assert!(keyward_server::jobs::write_events::tick(&server.app).await.is_err());
    server.outage.end();
    let list = admin.send(EVENTS, &[("realm", &realm)], None).await;
    assert_eq!(types(&list), ["CLIENT_LOGIN_ERROR"]);
}

#[tokio::test]
async fn what_a_realm_records_is_read_and_written() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let config = admin.send("GET /admin/realms/{realm}/events/config", &path, None).await;
    assert_eq!(config.status, 200, "{config:?}");
    assert_eq!(config.body["enabledEventTypes"].as_array().unwrap().len(), 103);
    let mut rest = config.body.clone();
    rest.as_object_mut().unwrap().remove("enabledEventTypes");
    assert_eq!(
        rest,
        json!({
            "eventsEnabled": false, "eventsListeners": ["jboss-logging"], "adminEventsEnabled": false,
            "adminEventsDetailsEnabled": false,
        })
    );
    let route = "PUT /admin/realms/{realm}/events/config";
    let bad = admin
        .send(
            route,
            &path,
            Some(json!({"eventsListeners": ["jboss-logging", "nope"]})),
        )
        .await;
    bad.assert(400, &json!({"error": "Unknown event listener"}));
    let bad = admin.send(route, &path, Some(json!({"foo": 1}))).await;
    bad.assert(
        400,
        &json!({"error": "Invalid json representation for RealmEventsConfigRepresentation. Unrecognized field \"foo\" \
                at line 1 column 9."}),
    );
    let sent = json!({
        "eventsEnabled": true, "adminEventsEnabled": true, "adminEventsDetailsEnabled": true,
        "enabledEventTypes": ["LOGIN"], "eventsExpiration": 5,
    });
    admin.send(route, &path, Some(sent)).await.assert_done();
    let kept = json!({
        "eventsEnabled": true, "eventsExpiration": 5, "eventsListeners": ["jboss-logging"],
        "enabledEventTypes": ["LOGIN"], "adminEventsEnabled": true, "adminEventsDetailsEnabled": true,
    });
    admin
        .send("GET /admin/realms/{realm}/events/config", &path, None)
        .await
        .assert(200, &kept);
    let of_realm = admin.send("GET /admin/realms/{realm}", &path, None).await;
    assert_eq!(of_realm.body["eventsExpiration"], 5);
    // As in Keycloak, what is absent stays, but for the first switch.
    admin.send(route, &path, Some(json!({}))).await.assert_done();
    let config = admin.send("GET /admin/realms/{realm}/events/config", &path, None).await;
    assert_eq!(
        (&config.body["eventsEnabled"], &config.body["adminEventsEnabled"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn what_administrators_do_is_listed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    admin
        .send("GET /admin/realms/{realm}/admin-events", &path, None)
        .await
        .assert(200, &json!([]));
    // Within one instant, nothing comes before anything else; and the realm's own making is not meant.
    admin.server().wait(1).await;
    on(
        &admin,
        &realm,
        json!({"adminEventsEnabled": true, "adminEventsDetailsEnabled": true}),
    )
    .await;
    let since = ("dateFrom", "1800000001000");
    let body = json!({"username": "tess", "credentials": [{"type": "password", "value": "a secret one"}]});
    admin.server().wait(1).await;
    let id = admin
        .send("POST /admin/realms/{realm}/users", &path, Some(body))
        .await
        .created();
    admin.server().wait(1).await;
    let user = [path[0], ("user", id.as_str())];
    let reset = json!({"value": "another secret"});
    admin
        .send(
            "PUT /admin/realms/{realm}/users/{user}/reset-password",
            &user,
            Some(reset),
        )
        .await
        .assert_done();

    let list = admin.send(ADMIN_EVENTS, &path, None).await;
    assert!(
        !list.text.contains("secret"),
        "a password stands in an event: {}",
        list.text
    );
    let realm_id = admin.send("GET /admin/realms/{realm}", &path, None).await.body["id"].clone();
    let master = admin
        .send("GET /admin/realms/{realm}", &[("realm", "master")], None)
        .await
        .body["id"]
        .clone();
    let cli = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", "master"), ("clientId", "admin-cli")],
            None,
        )
        .await
        .body[0]["id"]
        .clone();
    let mut made = list.body[1].clone();
    assert!(made.as_object_mut().unwrap().remove("id").is_some());
    assert_eq!(
        made,
        json!({
            "time": 1_800_000_002_000_i64, "realmId": realm_id, "operationType": "CREATE", "resourceType": "USER",
            "resourcePath": format!("users/{id}"), "representation": "{\"username\":\"tess\"}",
            "authDetails": {
                "realmId": master, "clientId": cli, "userId": admin.user.unwrap(), "ipAddress": "127.0.0.1",
            },
        })
    );
    assert_eq!(
        list.body[0]["resourcePath"],
        json!(format!("users/{id}/reset-password"))
    );
    assert_eq!(list.body[0].get("representation"), None);

    let me = admin.user.unwrap().to_string();
    let (master, cli) = (master.as_str().unwrap(), cli.as_str().unwrap());
    for (query, expected) in [
        (&[("operationTypes", "CREATE"), ("resourceTypes", "USER")][..], 1),
        (&[("operationTypes", "DELETE")], 0),
        (&[("resourcePath", "users/*")], 2),
        (&[("resourcePath", "users")], 0),
        (&[("authRealm", master)], 3),
        (&[("authRealm", realm_id.as_str().unwrap())], 0),
        (&[("authClient", cli), ("authUser", me.as_str())], 3),
        (&[("authClient", "nope")], 0),
        (&[("authIpAddress", "10.9.9.9")], 0),
        (&[("max", "1")], 1),
    ] {
        let parameters: Vec<(&str, &str)> = query.iter().copied().chain([path[0], since]).collect();
        let found = admin.send(ADMIN_EVENTS, &parameters, None).await;
        assert_eq!(
            found.body.as_array().map(Vec::len),
            Some(expected),
            "{query:?} {}",
            found.text
        );
    }
    let first = admin
        .send(
            ADMIN_EVENTS,
            &[path[0], since, ("direction", "asc"), ("max", "1")],
            None,
        )
        .await;
    assert_eq!(first.body[0]["resourcePath"], "events/config");
    let bad = admin
        .send(ADMIN_EVENTS, &[path[0], ("operationTypes", "NOPE")], None)
        .await;
    assert_eq!(bad.status, 400);

    admin
        .send("DELETE /admin/realms/{realm}/admin-events", &path, None)
        .await
        .assert_done();
    admin.send(ADMIN_EVENTS, &path, None).await.assert(200, &json!([]));
}

/// What was sent is only kept by a realm that says so.
#[tokio::test]
async fn a_representation_is_kept_only_where_details_are_on() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let body = json!({"username": "tess"});
    admin
        .send("POST /admin/realms/{realm}/users", &path, Some(body))
        .await
        .created();
    on(
        &admin,
        &realm,
        json!({"adminEventsEnabled": true, "adminEventsDetailsEnabled": true}),
    )
    .await;
    let list = admin
        .send(ADMIN_EVENTS, &[path[0], ("resourceTypes", "USER")], None)
        .await;
    assert_eq!(list.body[0].get("representation"), None, "{list:?}");
}

#[tokio::test]
async fn events_ask_who_calls() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let viewer = admin.as_user(&realm, &["view-events"]).await;
    for (route, body) in [
        ("GET /admin/realms/{realm}/events", None),
        ("DELETE /admin/realms/{realm}/events", None),
        ("GET /admin/realms/{realm}/events/config", None),
        ("PUT /admin/realms/{realm}/events/config", Some(json!({}))),
        ("GET /admin/realms/{realm}/admin-events", None),
        ("DELETE /admin/realms/{realm}/admin-events", None),
    ] {
        admin.assert_guarded(&realm, route, &path, body.clone()).await;
        let status = viewer.send(route, &path, body).await.status;
        assert_eq!(status, if route.starts_with("GET") { 200 } else { 403 }, "{route}");
    }
}
