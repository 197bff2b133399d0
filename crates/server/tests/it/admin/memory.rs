//! A realm in memory that grows by what this node writes, and is not read anew for it.

use keyward_domain::ports::Store as _;
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::RealmName;
use keyward_testkit::builders::NOW;
use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::{Request, jwt};

const CLIENTS: &str = "POST /admin/realms/{realm}/clients";

async fn client(admin: &Admin, realm: &str, body: Value) -> String {
    admin.send(CLIENTS, &[("realm", realm)], Some(body)).await.created()
}

async fn token(admin: &Admin, realm: &str, client_id: &str) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", "s3cret"),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.member("access_token")
}

/// The claims that do not change from token to token.
async fn lasting_claims(admin: &Admin, realm: &str, client_id: &str) -> Value {
    let mut claims = jwt::claims(&token(admin, realm, client_id).await);
    for changing in ["iat", "exp", "jti"] {
        claims.as_object_mut().unwrap().remove(changing);
    }
    claims
}

/// Another node changes the realm: this one reads it anew.
async fn read_anew(admin: &Admin, realm: &str) {
    let mut tx = admin.server().outage.write().await.unwrap();
    let name = RealmName::parse(realm).unwrap();
    let row = tx.realm_by_name(&name).await.unwrap().unwrap();
    tx.append_change(row.id, &Change::RealmChanged, NOW.plus_secs(3600))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    admin.server().follow().await;
}

async fn clients(admin: &Admin, realm: &str) -> Reply {
    admin
        .send("GET /admin/realms/{realm}/clients", &[("realm", realm)], None)
        .await
}

#[tokio::test]
async fn a_client_that_memory_got_is_the_one_that_is_read_anew() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let groups = json!({ "name": "machines", "attributes": { "site": ["north"] } });
    let reply = admin
        .send("POST /admin/realms/{realm}/groups", &[("realm", &realm)], Some(groups))
        .await;
    let group = reply.created();
    let parameters = [("realm", realm.as_str()), ("group", group.as_str())];
    admin
        .send("PUT /admin/realms/{realm}/default-groups/{group}", &parameters, None)
        .await
        .assert_done();
    let mapper = json!({
        "name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper",
        "config": { "claim.name": "groups", "full.path": "true", "access.token.claim": "true" },
    });
    let body = json!({
        "clientId": "robot", "secret": "s3cret", "serviceAccountsEnabled": true, "protocolMappers": [mapper],
    });
    client(&admin, &realm, body).await;
    let (grown, listed) = (
        lasting_claims(&admin, &realm, "robot").await,
        clients(&admin, &realm).await.body,
    );
    assert_eq!(grown["groups"], json!(["/machines"]));
    let default_roles = json!(format!("default-roles-{realm}"));
    assert!(
        grown["realm_access"]["roles"]
            .as_array()
            .unwrap()
            .contains(&default_roles)
    );
    // What this node wrote it finds in the log, too.
    admin.server().follow().await;
    assert_eq!(lasting_claims(&admin, &realm, "robot").await, grown);
    read_anew(&admin, &realm).await;
    assert_eq!(lasting_claims(&admin, &realm, "robot").await, grown);
    assert_eq!(clients(&admin, &realm).await.body, listed);
}

#[tokio::test]
async fn what_another_node_wrote_is_read_though_this_one_wrote_after_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    assert_eq!(clients(&admin, &realm).await.status, 200);
    let mut tx = admin.server().outage.write().await.unwrap();
    let mut row = tx
        .realm_by_name(&RealmName::parse(&realm).unwrap())
        .await
        .unwrap()
        .unwrap();
    row.settings.display_name = "Elsewhere".into();
    tx.update_realm(&row).await.unwrap();
    tx.append_change(row.id, &Change::RealmChanged, NOW.plus_secs(3600))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    client(&admin, &realm, json!({ "clientId": "mine" })).await;
    admin.server().follow().await;
    let shown = admin
        .send("GET /admin/realms/{realm}", &[("realm", &realm)], None)
        .await;
    assert_eq!(shown.body["displayName"], json!("Elsewhere"));
    let listed = clients(&admin, &realm).await.body;
    let named = |client: &Value| client["clientId"] == json!("mine");
    assert_eq!(
        listed.as_array().unwrap().iter().filter(|client| named(client)).count(),
        1
    );
}

#[tokio::test]
async fn a_disabled_client_that_is_new_gets_no_token() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "off", "secret": "s3cret", "serviceAccountsEnabled": true, "enabled": false });
    client(&admin, &realm, body).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "off"),
        ("client_secret", "s3cret"),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 401, "{answer:?}");
}

#[tokio::test]
async fn a_service_account_of_master_administers_the_realm_that_it_makes() {
    let admin = Admin::start().await;
    let body = json!({ "clientId": "terraform", "secret": "s3cret", "serviceAccountsEnabled": true });
    let id = client(&admin, "master", body).await;
    let parameters = [("realm", "master"), ("client", id.as_str())];
    let account = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/service-account-user",
            &parameters,
            None,
        )
        .await;
    let role = admin
        .send(
            "GET /admin/realms/{realm}/roles/{role}",
            &[("realm", "master"), ("role", "admin")],
            None,
        )
        .await;
    let user = account.body["id"].as_str().unwrap();
    admin
        .send(
            "POST /admin/realms/{realm}/users/{user}/role-mappings/realm",
            &[("realm", "master"), ("user", user)],
            Some(json!([role.body])),
        )
        .await
        .assert_done();
    let robot = admin.with_token(Some(token(&admin, "master", "terraform").await));
    let realm = robot.realm().await;
    assert_eq!(clients(&robot, &realm).await.status, 200);
    assert_eq!(clients(&admin, &realm).await.status, 200);
    client(&robot, &realm, json!({ "clientId": "made" })).await;
    let of_master = clients(&admin, "master").await.body;
    let client_of_realm = json!(format!("{realm}-realm"));
    let clients_of_master = of_master.as_array().unwrap();
    assert!(
        clients_of_master
            .iter()
            .any(|client| client["clientId"] == client_of_realm)
    );
    let claims = lasting_claims(&admin, "master", "terraform").await;
    read_anew(&admin, "master").await;
    assert_eq!(lasting_claims(&admin, "master", "terraform").await, claims);
    assert_eq!(clients(&robot, &realm).await.status, 200);
    assert_eq!(clients(&admin, "master").await.body, of_master);
}

/// What realm roles a token of the person would name.
async fn roles_of(admin: &Admin, (realm, client): (&str, &str), person: &str) -> Vec<String> {
    let route = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-access-token";
    let path = [
        ("realm", realm),
        ("client", client),
        ("userId", person),
        ("scope", "openid"),
    ];
    let reply = admin.send(route, &path, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let roles = reply.body["realm_access"]["roles"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let own = roles.iter().filter_map(Value::as_str).filter(|role| role.len() == 4);
    own.map(str::to_owned).collect()
}

/// Most people hold the same roles as others and share them in memory, each state of the realm anew.
#[tokio::test]
async fn people_of_the_same_roles_get_and_lose_the_same() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let mut roles = Vec::new();
    for name in ["boss", "cook"] {
        let role = Some(json!({ "name": name }));
        admin.send("POST /admin/realms/{realm}/roles", &in_realm, role).await;
        let path = [("realm", realm.as_str()), ("role", name)];
        roles.push(
            admin
                .send("GET /admin/realms/{realm}/roles/{role}", &path, None)
                .await
                .body,
        );
    }
    let mut people = Vec::new();
    for name in ["alice", "bobby", "carol"] {
        let user = Some(json!({ "username": name, "enabled": true }));
        let made = admin.send("POST /admin/realms/{realm}/users", &in_realm, user).await;
        people.push(made.created());
    }
    let given = "POST /admin/realms/{realm}/users/{user}/role-mappings/realm";
    let taken = "DELETE /admin/realms/{realm}/users/{user}/role-mappings/realm";
    let boss = || Some(json!([roles[0]]));
    for person in &people {
        let path = [("realm", realm.as_str()), ("user", person.as_str())];
        admin.send(given, &path, boss()).await.assert_done();
    }
    let account = client(&admin, &realm, json!({ "clientId": "web" })).await;
    let at = (realm.as_str(), account.as_str());
    let of_boss = [("realm", realm.as_str()), ("role", "boss")];
    for person in &people {
        assert_eq!(roles_of(&admin, at, person).await, ["boss"]);
    }
    for (route, held) in [
        (
            "POST /admin/realms/{realm}/roles/{role}/composites",
            &["boss", "cook"][..],
        ),
        ("DELETE /admin/realms/{realm}/roles/{role}/composites", &["boss"]),
    ] {
        admin.send(route, &of_boss, Some(json!([roles[1]]))).await.assert_done();
        for person in &people {
            assert_eq!(roles_of(&admin, at, person).await, held);
        }
    }
    let path = [("realm", realm.as_str()), ("user", people[0].as_str())];
    admin.send(taken, &path, boss()).await.assert_done();
    assert!(roles_of(&admin, at, &people[0]).await.is_empty());
    assert_eq!(roles_of(&admin, at, &people[1]).await, ["boss"]);
}
