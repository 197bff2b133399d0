//! Authentication flows, kept as data, and required actions.

use serde_json::{Value, json};

use super::support::Admin;

const FLOWS: &str = "/admin/realms/{realm}/authentication/flows";
const FLOW: &str = "/admin/realms/{realm}/authentication/flows/{flow}";
const STEPS: &str = "/admin/realms/{realm}/authentication/flows/{flow}/executions";
const STEP: &str = "/admin/realms/{realm}/authentication/executions/{execution}";
const CONFIG: &str = "/admin/realms/{realm}/authentication/config/{config}";

async fn steps(admin: &Admin, realm: &str, flow: &str) -> Vec<Value> {
    let of = [("realm", realm), ("flow", flow)];
    let reply = admin.send(&format!("GET {STEPS}"), &of, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body.as_array().unwrap().clone()
}

fn names(steps: &[Value]) -> Vec<&str> {
    steps.iter().map(|step| step["displayName"].as_str().unwrap()).collect()
}

async fn mine(admin: &Admin, realm: &str) -> String {
    let body = json!({ "alias": "mine", "providerId": "basic-flow", "topLevel": true, "builtIn": false });
    admin
        .send(&format!("POST {FLOWS}"), &[("realm", realm)], Some(body))
        .await
        .created()
}

async fn add(admin: &Admin, realm: &str, provider: &str) -> String {
    let of = [("realm", realm), ("flow", "mine")];
    let body = Some(json!({ "provider": provider }));
    admin
        .send(&format!("POST {STEPS}/execution"), &of, body)
        .await
        .created()
}

#[tokio::test]
async fn a_new_realm_has_keycloaks_flows() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let listed = admin.send(&format!("GET {FLOWS}"), &[("realm", &realm)], None).await;
    let mut aliases: Vec<&str> = listed
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["alias"].as_str().unwrap())
        .collect();
    aliases.sort_unstable();
    assert_eq!(
        aliases,
        [
            "browser",
            "clients",
            "direct grant",
            "docker auth",
            "first broker login",
            "registration",
            "reset credentials"
        ]
    );
    let browser = listed
        .body
        .as_array()
        .unwrap()
        .iter()
        .find(|flow| flow["alias"] == "browser")
        .unwrap();
    assert_eq!(
        browser["authenticationExecutions"][0],
        json!({
            "authenticator": "auth-cookie", "authenticatorFlow": false, "requirement": "ALTERNATIVE", "priority": 10,
            "autheticatorFlow": false, "userSetupAllowed": false
        })
    );
    let shown = steps(&admin, &realm, "browser").await;
    assert_eq!(
        names(&shown)[..5],
        [
            "Cookie",
            "Kerberos",
            "Identity Provider Redirector",
            "Organization",
            "Browser - Conditional Organization"
        ]
    );
    let first = shown[0]["id"].clone();
    assert_eq!(
        shown[0],
        json!({
            "id": first, "requirement": "ALTERNATIVE", "displayName": "Cookie", "configurable": false, "level": 0,
            "requirementChoices": ["REQUIRED", "ALTERNATIVE", "DISABLED"], "providerId": "auth-cookie", "index": 0,
            "priority": 10
        })
    );
    assert_eq!(
        (&shown[4]["level"], &shown[4]["authenticationFlow"]),
        (&json!(1), &json!(true))
    );

    // Built-in flows stay as they are.
    let one = [("realm", realm.as_str()), ("flow", browser["id"].as_str().unwrap())];
    let refused = admin.send(&format!("DELETE {FLOW}"), &one, None).await;
    refused.assert(400, &json!({ "error": "Can't delete built in flow" }));
    let step = [("realm", realm.as_str()), ("execution", first.as_str().unwrap())];
    let refused = admin.send(&format!("DELETE {STEP}"), &step, None).await;
    refused.assert(
        400,
        &json!({ "error": "It is illegal to remove execution from a built in flow" }),
    );
    let refused = admin.send(&format!("POST {STEP}/raise-priority"), &step, None).await;
    refused.assert(
        400,
        &json!({ "error": "It is illegal to modify execution in a built in flow" }),
    );
    let of = [("realm", realm.as_str()), ("flow", "browser")];
    let body = Some(json!({ "provider": "auth-cookie" }));
    let refused = admin.send(&format!("POST {STEPS}/execution"), &of, body).await;
    refused.assert(
        400,
        &json!({ "error": "It is illegal to add execution to a built in flow" }),
    );
}

#[tokio::test]
async fn a_flow_is_made_renamed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let id = mine(&admin, &realm).await;
    for (body, text) in [
        (
            json!({ "alias": "mine", "providerId": "basic-flow" }),
            "Flow mine already exists",
        ),
        (
            json!({ "providerId": "basic-flow" }),
            "Failed to create flow with empty alias name",
        ),
    ] {
        let refused = admin.send(&format!("POST {FLOWS}"), &in_realm, Some(body)).await;
        refused.assert(409, &json!({ "errorMessage": text }));
    }
    let one = [("realm", realm.as_str()), ("flow", id.as_str())];
    let taken = admin
        .send(&format!("PUT {FLOW}"), &one, Some(json!({ "alias": "browser" })))
        .await;
    taken.assert(409, &json!({ "errorMessage": "Flow alias name already exists" }));
    // The realm that uses it follows its name, and keeps it.
    let bind = Some(json!({ "browserFlow": "mine" }));
    admin
        .send("PUT /admin/realms/{realm}", &in_realm, bind)
        .await
        .assert_done();
    let body = Some(json!({ "alias": "yours", "description": "d" }));
    admin.send(&format!("PUT {FLOW}"), &one, body).await.assert_done();
    assert_eq!(
        admin.send("GET /admin/realms/{realm}", &in_realm, None).await.body["browserFlow"],
        "yours"
    );
    let used = admin.send(&format!("DELETE {FLOW}"), &one, None).await;
    used.assert(400, &json!({ "error": "Can't delete a flow that the realm uses" }));
    let bind = Some(json!({ "browserFlow": "browser" }));
    admin
        .send("PUT /admin/realms/{realm}", &in_realm, bind)
        .await
        .assert_done();

    let other = admin.realm().await;
    let foreign = [("realm", other.as_str()), ("flow", id.as_str())];
    let missing = json!({ "error": "Could not find flow with id" });
    admin
        .send(&format!("GET {FLOW}"), &foreign, None)
        .await
        .assert(404, &missing);
    admin
        .send(&format!("PUT {FLOW}"), &foreign, Some(json!({ "alias": "a" })))
        .await
        .assert(404, &missing);
    admin.send(&format!("DELETE {FLOW}"), &one, None).await.assert_done();
    let gone = admin.send(&format!("DELETE {FLOW}"), &one, None).await;
    gone.assert(404, &json!({ "error": "Flow not found" }));
}

#[tokio::test]
async fn a_copy_has_all_that_is_below() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let of = [("realm", realm.as_str()), ("flow", "browser")];
    let body = || Some(json!({ "newName": "b2" }));
    let id = admin.send(&format!("POST {FLOW}/copy"), &of, body()).await.created();
    let again = admin.send(&format!("POST {FLOW}/copy"), &of, body()).await;
    again.assert(409, &json!({ "errorMessage": "New flow alias name already exists" }));
    let nobody = [("realm", realm.as_str()), ("flow", "nope")];
    let missing = admin
        .send(&format!("POST {FLOW}/copy"), &nobody, Some(json!({ "newName": "b3" })))
        .await;
    missing.assert(404, &json!({ "error": "Flow not found" }));

    let (original, copied) = (
        steps(&admin, &realm, "browser").await,
        steps(&admin, &realm, "b2").await,
    );
    assert_eq!(original.len(), copied.len());
    assert_eq!(copied[3]["displayName"], "b2 Organization");
    let condition = copied
        .iter()
        .find(|step| step["displayName"] == "Condition - credential")
        .unwrap();
    assert_eq!(condition["alias"], "b2 browser-conditional-credential");
    let one = [("realm", realm.as_str()), ("flow", id.as_str())];
    assert_eq!(
        admin.send(&format!("GET {FLOW}"), &one, None).await.body["builtIn"],
        false
    );

    // A flow goes with all that is below it.
    let config = [
        ("realm", realm.as_str()),
        ("config", condition["authenticationConfig"].as_str().unwrap()),
    ];
    assert_eq!(admin.send(&format!("GET {CONFIG}"), &config, None).await.status, 200);
    let below = [
        ("realm", realm.as_str()),
        ("flow", copied[3]["flowId"].as_str().unwrap()),
    ];
    assert_eq!(admin.send(&format!("GET {FLOW}"), &below, None).await.status, 200);
    admin.send(&format!("DELETE {FLOW}"), &one, None).await.assert_done();
    assert_eq!(admin.send(&format!("GET {FLOW}"), &below, None).await.status, 404);
    assert_eq!(admin.send(&format!("GET {CONFIG}"), &config, None).await.status, 404);
    assert_eq!(original, steps(&admin, &realm, "browser").await);
}

#[tokio::test]
async fn steps_are_added_moved_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    mine(&admin, &realm).await;
    let of = [("realm", realm.as_str()), ("flow", "mine")];
    let cookie = add(&admin, &realm, "auth-cookie").await;
    let sub = json!({ "alias": "sub", "type": "basic-flow", "description": "x", "provider": "registration-page-form" });
    let below = admin
        .send(&format!("POST {STEPS}/flow"), &of, Some(sub.clone()))
        .await
        .created();
    let again = admin.send(&format!("POST {STEPS}/flow"), &of, Some(sub)).await;
    again.assert(409, &json!({ "errorMessage": "New flow alias name already exists" }));
    let unknown = admin
        .send(
            &format!("POST {STEPS}/execution"),
            &of,
            Some(json!({ "provider": "nope" })),
        )
        .await;
    unknown.assert(
        400,
        &json!({ "error": "No authentication provider found for id: nope" }),
    );
    let nobody = [("realm", realm.as_str()), ("flow", "nope")];
    let body = Some(json!({ "provider": "auth-cookie" }));
    let missing = admin.send(&format!("POST {STEPS}/execution"), &nobody, body).await;
    missing.assert(400, &json!({ "error": "Parent flow doesn't exist" }));

    let shown = steps(&admin, &realm, "mine").await;
    let id = shown[1]["id"].clone();
    assert_eq!(
        shown[1],
        json!({
            "id": id, "requirement": "DISABLED", "displayName": "sub", "description": "x", "configurable": false,
            "requirementChoices": ["REQUIRED", "ALTERNATIVE", "DISABLED", "CONDITIONAL"], "authenticationFlow": true,
            "flowId": below, "level": 0, "index": 1, "priority": 1
        })
    );
    let step = [("realm", realm.as_str()), ("execution", cookie.as_str())];
    let parent = admin.send(&format!("GET {STEP}"), &step, None).await.body["parentFlow"].clone();
    admin.send(&format!("GET {STEP}"), &step, None).await.assert(
        200,
        &json!({
            "id": cookie, "authenticator": "auth-cookie", "authenticatorFlow": false, "requirement": "DISABLED",
            "priority": 0, "autheticatorFlow": false, "parentFlow": parent
        }),
    );
    let change = Some(json!({ "id": cookie, "requirement": "REQUIRED" }));
    admin.send(&format!("PUT {STEPS}"), &of, change).await.assert_done();
    let wrong = Some(json!({ "id": cookie, "requirement": "SOMETIMES" }));
    assert_eq!(admin.send(&format!("PUT {STEPS}"), &of, wrong).await.status, 400);
    let stranger = admin
        .send(&format!("PUT {STEPS}"), &of, Some(json!({ "id": "nope" })))
        .await;
    stranger.assert(404, &json!({ "error": "Illegal execution" }));
    let missing = admin
        .send(&format!("PUT {STEPS}"), &nobody, Some(json!({ "id": cookie })))
        .await;
    missing.assert(404, &json!({ "error": "flow not found" }));

    admin
        .send(&format!("POST {STEP}/lower-priority"), &step, None)
        .await
        .assert_done();
    let shown = steps(&admin, &realm, "mine").await;
    assert_eq!(names(&shown), ["sub", "Cookie"]);
    assert_eq!((&shown[0]["priority"], &shown[1]["priority"]), (&json!(0), &json!(1)));
    assert_eq!(shown[1]["requirement"], "REQUIRED");
    admin
        .send(&format!("POST {STEP}/raise-priority"), &step, None)
        .await
        .assert_done();
    admin
        .send(&format!("POST {STEP}/raise-priority"), &step, None)
        .await
        .assert_done();
    assert_eq!(names(&steps(&admin, &realm, "mine").await), ["Cookie", "sub"]);

    let body =
        json!({ "parentFlow": parent, "authenticator": "auth-spnego", "requirement": "DISABLED", "priority": 30 });
    let route = "POST /admin/realms/{realm}/authentication/executions";
    let third = admin.send(route, &[("realm", &realm)], Some(body)).await.created();
    assert_eq!(steps(&admin, &realm, "mine").await[2]["id"], json!(third));
    let step_of_flow = [("realm", realm.as_str()), ("execution", id.as_str().unwrap())];
    admin
        .send(&format!("DELETE {STEP}"), &step_of_flow, None)
        .await
        .assert_done();
    let flow = [("realm", realm.as_str()), ("flow", below.as_str())];
    assert_eq!(admin.send(&format!("GET {FLOW}"), &flow, None).await.status, 404);
    let gone = admin.send(&format!("DELETE {STEP}"), &step_of_flow, None).await;
    gone.assert(404, &json!({ "error": "Illegal execution" }));
}

#[tokio::test]
async fn a_step_is_configured_and_its_secrets_are_masked() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    mine(&admin, &realm).await;
    let of = [("realm", realm.as_str()), ("flow", "mine")];
    let form = json!({ "alias": "form", "type": "form-flow", "provider": "registration-page-form" });
    admin
        .send(&format!("POST {STEPS}/flow"), &of, Some(form))
        .await
        .created();
    let of_form = [("realm", realm.as_str()), ("flow", "form")];
    let body = Some(json!({ "provider": "registration-recaptcha-action" }));
    let step = admin
        .send(&format!("POST {STEPS}/execution"), &of_form, body)
        .await
        .created();
    let one = [("realm", realm.as_str()), ("execution", step.as_str())];
    let body = json!({ "alias": "captcha", "config": { "site.key": "public", "secret.key": "hunter2", "odd": "x" } });
    let config = admin
        .send(&format!("POST {STEP}/config"), &one, Some(body))
        .await
        .created();
    let shown = json!({
        "id": config, "alias": "captcha",
        "config": { "site.key": "public", "secret.key": "**********", "odd": "**********" }
    });
    let its = [("realm", realm.as_str()), ("config", config.as_str())];
    admin
        .send(&format!("GET {CONFIG}"), &its, None)
        .await
        .assert(200, &shown);
    let both = [
        ("realm", realm.as_str()),
        ("execution", step.as_str()),
        ("config", config.as_str()),
    ];
    admin
        .send(&format!("GET {STEP}/config/{{config}}"), &both, None)
        .await
        .assert(200, &shown);
    let listed = steps(&admin, &realm, "mine").await;
    assert_eq!(
        (
            &listed[1]["authenticationConfig"],
            &listed[1]["alias"],
            &listed[1]["configurable"]
        ),
        (&json!(config), &json!("captcha"), &json!(true))
    );
    admin
        .send(&format!("PUT {CONFIG}"), &its, Some(shown.clone()))
        .await
        .assert_done();
    admin
        .send(&format!("GET {CONFIG}"), &its, None)
        .await
        .assert(200, &shown);

    // A new one has a name of its own, in Keycloak's words; a change may take one that is there.
    let route = "POST /admin/realms/{realm}/authentication/config";
    let step = format!("POST {STEP}/config");
    for (alias, message) in [
        (
            "captcha",
            "Authentication execution configuration captcha already exists",
        ),
        (
            "",
            "Failed to create authentication execution configuration with empty alias name",
        ),
    ] {
        let body = json!({ "alias": alias, "config": {} });
        let told = json!({ "errorMessage": message });
        let refused = admin.send(route, &[("realm", &realm)], Some(body.clone())).await;
        refused.assert(409, &told);
        admin.send(&step, &one, Some(body)).await.assert(409, &told);
    }
    let body = json!({ "alias": "twin", "config": {} });
    let twin = admin.send(route, &[("realm", &realm)], Some(body)).await.created();
    let its_twin = [("realm", realm.as_str()), ("config", twin.as_str())];
    let body = json!({ "alias": "captcha", "config": {} });
    admin
        .send(&format!("PUT {CONFIG}"), &its_twin, Some(body))
        .await
        .assert_done();
    assert_ne!(twin, config);
    admin.send(&format!("DELETE {CONFIG}"), &its, None).await.assert_done();
    let missing = json!({ "error": "Could not find authenticator config" });
    admin
        .send(&format!("GET {CONFIG}"), &its, None)
        .await
        .assert(404, &missing);
    assert!(
        steps(&admin, &realm, "mine").await[1]
            .get("authenticationConfig")
            .is_none()
    );
    let other = admin.realm().await;
    let foreign = [("realm", other.as_str()), ("config", twin.as_str())];
    admin
        .send(&format!("GET {CONFIG}"), &foreign, None)
        .await
        .assert(404, &missing);
}

#[tokio::test]
async fn providers_are_told() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    for (list, some, count) in [
        ("authenticator-providers", "auth-otp-form", 42),
        ("client-authenticator-providers", "client-secret", 5),
        ("form-action-providers", "registration-user-creation", 5),
        ("form-providers", "registration-page-form", 1),
    ] {
        let route = format!("GET /admin/realms/{{realm}}/authentication/{list}");
        let told = admin.send(&route, &in_realm, None).await;
        let all = told.body.as_array().unwrap();
        assert!(
            all.len() == count && all.iter().any(|provider| provider["id"] == some),
            "{list}"
        );
    }
    let route = "GET /admin/realms/{realm}/authentication/config-description/{provider}";
    let asked = [("realm", realm.as_str()), ("provider", "identity-provider-redirector")];
    let told = admin.send(route, &asked, None).await;
    assert_eq!(told.body["properties"][0]["name"], "defaultProvider");
    let missing = admin
        .send(route, &[("realm", &realm), ("provider", "nope")], None)
        .await;
    missing.assert(404, &json!({ "error": "Could not find authenticator provider" }));
    let route = "GET /admin/realms/{realm}/authentication/per-client-config-description";
    assert!(admin.send(route, &in_realm, None).await.body["client-secret"].is_array());
}

#[tokio::test]
async fn required_actions_are_switched_and_sorted() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let list = "GET /admin/realms/{realm}/authentication/required-actions";
    let shown = admin.send(list, &in_realm, None).await;
    assert_eq!(shown.body.as_array().unwrap().len(), 14);
    let first = json!({
        "alias": "TERMS_AND_CONDITIONS", "name": "Terms and Conditions", "providerId": "TERMS_AND_CONDITIONS",
        "enabled": false, "defaultAction": false, "priority": 20, "config": {}
    });
    assert_eq!(shown.body[0], first);
    let password = [("realm", realm.as_str()), ("alias", "UPDATE_PASSWORD")];
    let read = "GET /admin/realms/{realm}/authentication/required-actions/{alias}";
    let update = "PUT /admin/realms/{realm}/authentication/required-actions/{alias}";
    let mut body = admin.send(read, &password, None).await.body;
    body["defaultAction"] = json!(true);
    admin.send(update, &password, Some(body.clone())).await.assert_done();
    admin.send(read, &password, None).await.assert(200, &body);

    // Whoever is new gets it.
    let user = json!({ "username": "ada", "enabled": true });
    let id = admin
        .send("POST /admin/realms/{realm}/users", &in_realm, Some(user))
        .await
        .created();
    let ada = [("realm", realm.as_str()), ("user", id.as_str())];
    let ada = admin.send("GET /admin/realms/{realm}/users/{user}", &ada, None).await;
    assert_eq!(ada.body["requiredActions"], json!(["UPDATE_PASSWORD"]));

    let raise = "POST /admin/realms/{realm}/authentication/required-actions/{alias}/raise-priority";
    let lower = "POST /admin/realms/{realm}/authentication/required-actions/{alias}/lower-priority";
    admin.send(raise, &password, None).await.assert_done();
    assert_eq!(admin.send(read, &password, None).await.body["priority"], 54);
    admin.send(lower, &password, None).await.assert_done();
    assert_eq!(admin.send(read, &password, None).await.body["priority"], 57);
    let nope = [("realm", realm.as_str()), ("alias", "nope")];
    admin
        .send(lower, &nope, None)
        .await
        .assert(404, &json!({ "error": "Failed to find required action." }));
    admin
        .send(read, &nope, None)
        .await
        .assert(404, &json!({ "error": "Failed to find required action" }));
    let wrong = admin.send(update, &password, Some(json!({ "enabled": "yes" }))).await;
    assert_eq!(wrong.status, 400);
    let counter = admin.as_user(&realm, &["query-users"]).await;
    assert_eq!(counter.send(list, &in_realm, None).await.status, 200);
    let refused = counter.send(update, &password, Some(body)).await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}

#[tokio::test]
async fn a_required_action_is_taken_away_and_put_back() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let profile = [("realm", realm.as_str()), ("alias", "UPDATE_PROFILE")];
    let delete = "DELETE /admin/realms/{realm}/authentication/required-actions/{alias}";
    admin.send(delete, &profile, None).await.assert_done();
    let gone = admin.send(delete, &profile, None).await;
    gone.assert(404, &json!({ "error": "Failed to find required action." }));
    let unregistered = "GET /admin/realms/{realm}/authentication/unregistered-required-actions";
    let left = admin.send(unregistered, &in_realm, None).await;
    left.assert(
        200,
        &json!([{ "providerId": "UPDATE_PROFILE", "name": "Update Profile" }]),
    );
    let register = "POST /admin/realms/{realm}/authentication/register-required-action";
    admin
        .send(register, &in_realm, Some(left.body[0].clone()))
        .await
        .assert_done();
    let unknown = admin
        .send(register, &in_realm, Some(json!({ "providerId": "nope", "name": "x" })))
        .await;
    unknown.assert(
        400,
        &json!({ "error": "Required Action Provider with given providerId not found" }),
    );
    admin.send(unregistered, &in_realm, None).await.assert(200, &json!([]));

    let password = [("realm", realm.as_str()), ("alias", "UPDATE_PASSWORD")];
    let config = "/admin/realms/{realm}/authentication/required-actions/{alias}/config";
    let body = Some(json!({ "config": { "max_auth_age": "100", "bad": "1" } }));
    admin
        .send(&format!("PUT {config}"), &password, body)
        .await
        .assert_done();
    let seen = admin.send(&format!("GET {config}"), &password, None).await;
    seen.assert(200, &json!({ "config": { "max_auth_age": "100" } }));
    for (sent, message, params) in [
        ("long", "error-invalid-value", json!(["max_auth_age"])),
        ("1.5", "error-invalid-value", json!(["max_auth_age"])),
        ("99999999999999", "error-invalid-value", json!(["max_auth_age"])),
        ("-1", "error-number-out-of-range-too-small", json!(["max_auth_age", 0])),
    ] {
        let body = Some(json!({ "config": { "max_auth_age": sent } }));
        let refused = admin.send(&format!("PUT {config}"), &password, body).await;
        refused.assert(
            400,
            &json!({ "field": "max_auth_age", "errorMessage": message, "params": params }),
        );
    }
    admin
        .send(&format!("GET {config}"), &password, None)
        .await
        .assert(200, &json!({ "config": { "max_auth_age": "100" } }));
    admin
        .send(&format!("DELETE {config}"), &password, None)
        .await
        .assert_done();
    admin
        .send(&format!("GET {config}"), &password, None)
        .await
        .assert(200, &json!({ "config": {} }));
    let described = admin.send(&format!("GET {config}-description"), &password, None).await;
    assert_eq!(described.body["properties"][0]["name"], "max_auth_age");
    let fixed = [("realm", realm.as_str()), ("alias", "delete_account")];
    let refused = admin.send(&format!("GET {config}"), &fixed, None).await;
    refused.assert(400, &json!({ "error": "RequiredAction is not configurable" }));
}
