//! A whole realm that comes in: the recorded one of a Keycloak 26.7.4, and files that are broken.

use keyward_domain::Clock as _;
use keyward_domain::ports::Store as _;
use keyward_jose::{Algorithm, KeyType, SigningKey};
use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::jwt::{self, header};
use crate::support::{Credentials, Request};

/// The recorded realm: 25 users with five sorts of password hash, 27 clients.
pub(super) fn shop() -> Value {
    serde_json::from_str(include_str!(
        "../../../../../interop/differential/recorded/realm-export.json"
    ))
    .unwrap()
}

fn passwords() -> Value {
    serde_json::from_str(include_str!(
        "../../../../../interop/differential/recorded/passwords.json"
    ))
    .unwrap()
}

async fn import(admin: &Admin, file: &Value) -> Reply {
    admin.send("POST /admin/realms", &[], Some(file.clone())).await
}

/// A password grant through `admin-cli`.
async fn log_in(admin: &Admin, username: &str, password: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", username),
        ("password", password),
    ];
    let request = Request::post("/realms/shop/protocol/openid-connect/token").form(&[&form, more].concat());
    let answer = request.send(admin.server()).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_recorded_realm_comes_in_and_its_people_log_in() {
    let admin = Admin::start().await;
    assert_eq!(import(&admin, &shop()).await.created(), "shop");
    let passwords = passwords();
    for (username, known) in passwords["users"].as_object().unwrap() {
        let Some(password) = known["password"].as_str() else {
            continue;
        };
        let (status, body) = log_in(&admin, username, password, &[]).await;
        let expected = match username.as_str() {
            "erin" => (400, json!("Account disabled")),
            "frank" | "mallory" => (400, json!("Account is not fully set up")),
            "dave" => (400, json!("Invalid user credentials")),
            _ => (200, Value::Null),
        };
        assert_eq!(
            (status, body["error_description"].clone()),
            expected,
            "{username}: {body}"
        );
    }
    let secret = passwords["clientSecrets"]["shop-worker"].as_str().unwrap();
    let form = [
        ("client_id", "shop-worker"),
        ("client_secret", secret),
        ("grant_type", "client_credentials"),
    ];
    let request = Request::post("/realms/shop/protocol/openid-connect/token").form(&form);
    let answer = request.send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // The old server's key goes on signing under its old name.
    let kid = header(&answer.member("access_token"))["kid"].clone();
    let recorded = include_str!("../../../../../interop/differential/recorded/wire/jwks.txt");
    assert!(recorded.contains(kid.as_str().unwrap()), "{kid}");
}

/// A token that the old server signed with the realm's key is good here.
#[tokio::test]
async fn a_token_of_the_old_server_is_still_good() {
    let admin = Admin::start().await;
    assert_eq!(import(&admin, &shop()).await.created(), "shop");
    let passwords = passwords();
    let secret = |client_id: &str| passwords["clientSecrets"][client_id].as_str().unwrap().to_owned();
    let batch = Credentials::new("shop-batch", &secret("shop-batch"));
    let form = [("grant_type", "client_credentials")];
    let request = Request::post("/realms/shop/protocol/openid-connect/token")
        .basic(&batch)
        .form(&form);
    let here = request.send(admin.server()).await.member("access_token");
    let components = &shop()["components"]["org.keycloak.keys.KeyProvider"];
    let key = components.as_array().unwrap().iter().find_map(|component| {
        let private = component["config"]["privateKey"][0].as_str()?;
        let der = keyward_jose::pem::decode(private).unwrap();
        let key = SigningKey::from_der(KeyType::Rsa2048, &der).unwrap();
        let kid = keyward_jose::key::keycloak_kid(key.public_der());
        (header(&here)["kid"] == kid.as_str()).then(|| key.with_kid(kid))
    });
    let key = key.unwrap();
    let mut claims = jwt::claims(&here);
    claims["jti"] = json!("signed-before-the-move");
    let old = jwt::sign(&key, Algorithm::Rs256, key.kid(), "JWT", &claims);
    // The client holds `view-users`: the admin API takes the token.
    let its = [("realm", "shop"), ("max", "1")];
    let users = "GET /admin/realms/{realm}/users";
    assert_eq!(admin.with_token(Some(old)).send(users, &its, None).await.status, 200);
    let stranger = SigningKey::generate(KeyType::Rsa2048).unwrap();
    let forged = jwt::sign(&stranger, Algorithm::Rs256, key.kid(), "JWT", &claims);
    assert_eq!(admin.with_token(Some(forged)).send(users, &its, None).await.status, 401);
}

/// The shared secret of an authenticator app goes on working, and a password that was hashed in another way is hashed
/// anew at the first login.
#[tokio::test]
async fn second_factors_go_on_and_old_hashes_are_renewed() {
    let admin = Admin::start().await;
    assert_eq!(import(&admin, &shop()).await.created(), "shop");
    let passwords = passwords();
    let dave = &passwords["users"]["dave"];
    let password = dave["password"].as_str().unwrap();
    let server = admin.server();
    // What an app with the secret of the file shows at the time of the tests (RFC 6238 with HMAC-SHA-1).
    assert_eq!(server.clock.now().secs(), 1_800_000_000);
    let (status, body) = log_in(&admin, "dave", password, &[("totp", "438270")]).await;
    assert_eq!(status, 200, "{body}");
    let name = keyward_domain::realm::RealmName::parse("shop").unwrap();
    let phc = async || {
        let mut tx = server.outage.read().await.unwrap();
        let realm = tx.realm_by_name(&name).await.unwrap().unwrap();
        let bob = tx.user_by_username(realm.id, "bob").await.unwrap().unwrap();
        tx.password(bob.id).await.unwrap().unwrap().phc
    };
    assert!(phc().await.starts_with("$pbkdf2-sha512$"));
    let bob = passwords["users"]["bob"]["password"].as_str().unwrap();
    assert_eq!(log_in(&admin, "bob", bob, &[]).await.0, 200);
    assert!(phc().await.starts_with("$argon2id$"));
}

/// The whole of what a Keycloak answered about the realm.
#[tokio::test]
async fn the_recorded_realm_shows_what_it_showed() {
    let admin = Admin::start().await;
    assert_eq!(import(&admin, &shop()).await.created(), "shop");
    let recorded = include_str!("../../../../../interop/differential/recorded/wire/admin-realm-get.txt");
    let body = recorded.rsplit_once("\n\n{").unwrap().1;
    let expected: Value = serde_json::from_str(&format!("{{{body}")).unwrap();
    let reply = admin
        .send("GET /admin/realms/{realm}", &[("realm", "shop")], None)
        .await;
    assert_eq!(reply.status, 200);
    let mut shown = reply.body;
    // The recorded client policies stand in the file as well; what a policy may say more is the policies' own matter.
    for member in ["clientPolicies", "clientProfiles"] {
        assert!(shown[member].is_object(), "{member}");
        shown[member] = expected[member].clone();
    }
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_broken_file_leaves_nothing_behind_and_says_where_it_is_broken() {
    let admin = Admin::start().await;
    let mut file = shop();
    let clients = file["clients"].as_array().unwrap();
    let alone = clients
        .iter()
        .position(|client| client["clientId"] == "shop-spa")
        .unwrap();
    file["clients"][alone]["redirectUris"] = json!(["https://ok.example.com/*", "javascript:alert(1)"]);
    file["clients"][alone]["hobby"] = json!("hunter2");
    file["roles"]["client"]["ghost"] = json!([{ "name": "boo" }]);
    file["roles"]["realm"][0]["composites"] = json!({ "realm": ["nope"] });
    file["scopeMappings"][0]["client"] = json!("ghost");
    file["defaultGroups"] = json!(["/nowhere"]);
    file["users"][0]["clientRoles"] = json!({ "ghost": ["boo"] });
    file["users"][1]["credentials"][0]["secretData"] = json!("{\"value\":\"hunter2\"}");
    file["users"][2]["username"] = json!("ALICE");
    file["users"][3]["groups"] = json!(["/nowhere"]);
    file["users"][4]["enabled"] = json!("hunter2");
    file["authenticationFlows"][0]["alias"] = json!("");
    let reply = import(&admin, &file).await;
    assert_eq!(reply.status, 400);
    assert!(!reply.text.contains("hunter2"), "{reply:?}");
    let errors = reply.body["errors"].as_array().unwrap();
    let paths: Vec<String> = errors
        .iter()
        .map(|error| error["path"].as_str().unwrap().to_owned())
        .collect();
    let client = format!("clients[{alone}]");
    assert_eq!(
        paths,
        [
            format!("{client}.hobby").as_str(),
            format!("{client}.redirectUris[1]").as_str(),
            "roles.client.ghost",
            "roles.realm[0].composites.realm[0]",
            "scopeMappings[0]",
            "defaultGroups[0]",
            "users[4].enabled",
            "users[0].clientRoles.ghost[0]",
            "users[1].credentials[0]",
            "users[2].username",
        ]
    );
    assert_eq!(reply.body["more"], json!(2));
    let gone = admin
        .send("GET /admin/realms/{realm}", &[("realm", "shop")], None)
        .await;
    assert_eq!(gone.status, 404);
    // What was wrong was in the file: the sound one comes in.
    assert_eq!(import(&admin, &shop()).await.created(), "shop");
    // A copy under another name has the ids of the first.
    let mut copy = shop();
    copy["realm"] = json!("copy");
    import(&admin, &copy)
        .await
        .assert(409, &json!({ "errorMessage": "Duplicate resource error" }));
}

#[tokio::test]
async fn data_of_a_wrong_type_is_refused_and_scalars_read_as_keycloak_does() {
    let admin = Admin::start().await;
    let mut file = json!({
        "realm": "typed", "enabled": true,
        "identityProviders": [{ "alias": "gh", "providerId": "oidc", "hideOnLogin": "*" }]
    });
    let reply = import(&admin, &file).await;
    assert_eq!(
        (reply.status, &reply.body["errors"]),
        (
            400,
            &json!([{ "path": "identityProviders[0]", "message": "a member is of a wrong type" }])
        )
    );
    file["identityProviders"][0]["hideOnLogin"] = json!("true");
    assert_eq!(import(&admin, &file).await.created(), "typed");
    let one = "GET /admin/realms/{realm}/identity-provider/instances/{alias}";
    let seen = admin.send(one, &[("realm", "typed"), ("alias", "gh")], None).await;
    assert_eq!((seen.status, &seen.body["hideOnLogin"]), (200, &json!(true)));
}

/// The secrets would be ones that everybody knows.
#[tokio::test]
async fn secrets_that_nobody_filled_in_are_refused_by_the_names_of_their_variables() {
    let admin = Admin::start().await;
    let file = json!({
        "realm": "unfilled", "enabled": true,
        "clients": [{ "clientId": "worker", "secret": "${WORKER_SECRET}" }],
        "users": [{ "username": "ann", "credentials": [{ "type": "password", "value": "${env.ANN_PASSWORD}" }] }],
    });
    let reply = import(&admin, &file).await;
    let told = |place: usize| {
        let error = &reply.body["errors"][place];
        ["path", "message"].map(|name| error[name].as_str().unwrap_or_default())
    };
    assert_eq!(reply.status, 400, "{reply:?}");
    let ([client, secret], [user, password]) = (told(0), told(1));
    assert_eq!((client, user), ("clients[0].secret", "users[0].credentials[0]"));
    assert!(
        secret.ends_with("where the variable WORKER_SECRET is not set"),
        "{secret}"
    );
    assert!(
        password.ends_with("where the variable ANN_PASSWORD is not set"),
        "{password}"
    );
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let admin = Admin::start_with(|settings| settings.max_realm_file_mib = 1).await;
    let big = json!({ "realm": "big", "attributes": { "a": "x".repeat(1024 * 1024) } });
    assert_eq!(import(&admin, &big).await.status, 413);
}

/// As old servers write it: roles of a built-in client that has no place in the list, and people with any attribute.
#[tokio::test]
async fn a_file_of_an_old_keycloak_comes_in() {
    let admin = Admin::start().await;
    let file = json!({
        "realm": "old",
        "enabled": true,
        "keycloakVersion": "8.0.1",
        "roles": { "client": { "account": [{ "name": "view-profile" }, { "name": "of-ours" }] } },
        "users": [{ "username": "zoe", "enabled": true, "attributes": { "foo": ["bar"] } }],
    });
    assert_eq!(import(&admin, &file).await.created(), "old");
    let its = [("realm", "old")];
    let people = admin.send("GET /admin/realms/{realm}/users", &its, None).await;
    assert_eq!(people.body[0]["attributes"], json!({ "foo": ["bar"] }));
    let account = [its[0], ("clientId", "account")];
    let account = admin.send("GET /admin/realms/{realm}/clients", &account, None).await;
    let id = account.body[0]["id"].as_str().unwrap().to_owned();
    let roles = [its[0], ("client-uuid", id.as_str())];
    let roles = admin
        .send("GET /admin/realms/{realm}/clients/{client-uuid}/roles", &roles, None)
        .await;
    let mut names: Vec<&str> = roles
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "delete-account",
            "manage-account",
            "manage-account-links",
            "manage-consent",
            "of-ours",
            "view-applications",
            "view-consent",
            "view-groups",
            "view-profile",
        ]
    );
}

/// A realm from a script: names without ids, passwords in the clear, one thing of each noun.
#[tokio::test]
async fn a_realm_of_a_script_is_whole_at_once() {
    let admin = Admin::start().await;
    let file = json!({
        "realm": "script",
        "enabled": true,
        "id": "not-a-uuid",
        "roles": { "realm": [{ "name": "clerk" }], "client": { "api": [{ "name": "read" }] } },
        "clients": [
            { "clientId": "api", "bearerOnly": true },
            { "clientId": "worker", "secret": "s3cret", "serviceAccountsEnabled": true },
            { "clientId": "web", "publicClient": true, "redirectUris": ["/app/*"], "rootUrl": "https://shop.example.com" },
        ],
        "groups": [{ "name": "staff", "realmRoles": ["clerk"] }],
        "users": [{
            "username": "Zoe",
            "enabled": true,
            "email": "Zoe@Example.com",
            "credentials": [{ "type": "password", "value": "zoe" }],
            "groups": ["/staff"],
            "realmRoles": ["forgotten"],
            "clientRoles": { "api": ["read", "forgotten"], "account": ["manage-account"] },
        }],
    });
    assert_eq!(import(&admin, &file).await.created(), "script");
    let its = [("realm", "script")];
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "zoe"),
        ("password", "zoe"),
    ];
    let request = Request::post("/realms/script/protocol/openid-connect/token").form(&form);
    assert_eq!(request.send(admin.server()).await.status, 200);
    let worker = Credentials::new("worker", "s3cret");
    let form = [("grant_type", "client_credentials")];
    let request = Request::post("/realms/script/protocol/openid-connect/token")
        .basic(&worker)
        .form(&form);
    assert_eq!(request.send(admin.server()).await.status, 200);
    let clients = admin.send("GET /admin/realms/{realm}/clients", &its, None).await;
    let ids: Vec<&str> = clients
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["clientId"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "account",
            "account-console",
            "admin-cli",
            "api",
            "broker",
            "realm-management",
            "security-admin-console",
            "web",
            "worker"
        ]
    );
    // A role that only its holder names is made, as in Keycloak.
    let mut forgotten = admin
        .send(
            "GET /admin/realms/{realm}/roles/{role-name}",
            &[its[0], ("role-name", "forgotten")],
            None,
        )
        .await;
    assert_eq!(forgotten.body["name"].take(), "forgotten");
    // An id that is none becomes one that is always the same.
    let id = admin.send("GET /admin/realms/{realm}", &its, None).await.body["id"].clone();
    admin
        .send("DELETE /admin/realms/{realm}", &its, None)
        .await
        .assert_done();
    assert_eq!(import(&admin, &file).await.created(), "script");
    let again = admin.send("GET /admin/realms/{realm}", &its, None).await;
    assert_eq!(again.body["id"], id);
}
