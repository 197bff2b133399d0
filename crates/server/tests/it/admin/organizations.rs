//! Organizations and their members, kept as data.

use serde_json::json;

use super::support::Admin;

const ALL: &str = "/admin/realms/{realm}/organizations";
const ONE: &str = "/admin/realms/{realm}/organizations/{organization}";
const MEMBERS: &str = "/admin/realms/{realm}/organizations/{organization}/members";
const MEMBER: &str = "/admin/realms/{realm}/organizations/{organization}/members/{user}";

async fn switched_on(admin: &Admin) -> String {
    let realm = admin.realm().await;
    let body = Some(json!({ "realm": realm, "organizationsEnabled": true }));
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", &realm)], body)
        .await
        .assert_done();
    realm
}

#[tokio::test]
async fn an_organization_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let off = json!({ "errorMessage": "Organizations not enabled for this realm." });
    admin
        .send(&format!("GET {ALL}"), &in_realm, None)
        .await
        .assert(404, &off);
    let realm = switched_on(&admin).await;
    let in_realm = [("realm", realm.as_str())];
    let body = json!({ "name": "acme", "domains": [{ "name": "acme.org" }], "attributes": { "a": ["b"] } });
    let id = admin
        .send(&format!("POST {ALL}"), &in_realm, Some(body.clone()))
        .await
        .created();
    let again = admin.send(&format!("POST {ALL}"), &in_realm, Some(body)).await;
    again.assert(
        409,
        &json!({ "errorMessage": "A organization with the same name already exists." }),
    );
    let nameless = admin.send(&format!("POST {ALL}"), &in_realm, Some(json!({}))).await;
    nameless.assert(400, &json!({ "errorMessage": "Name can not be null" }));
    let one = [("realm", realm.as_str()), ("organization", id.as_str())];
    let whole = json!({
        "id": id, "name": "acme", "alias": "acme", "enabled": true, "attributes": { "a": ["b"] },
        "domains": [{ "name": "acme.org", "verified": false }]
    });
    admin.send(&format!("GET {ONE}"), &one, None).await.assert(200, &whole);
    admin
        .send(&format!("GET {ALL}/count"), &in_realm, None)
        .await
        .assert(200, &json!(1));
    let renamed = json!({ "id": id, "name": "acme2", "alias": "acme" });
    admin
        .send(&format!("PUT {ONE}"), &one, Some(renamed))
        .await
        .assert_done();
    let listed = admin.send(&format!("GET {ALL}"), &in_realm, None).await;
    assert_eq!(
        (listed.body.as_array().unwrap().len(), &listed.body[0]["name"]),
        (1, &json!("acme2"))
    );
    admin.send(&format!("DELETE {ONE}"), &one, None).await.assert_done();
    let gone = admin.send(&format!("GET {ONE}"), &one, None).await;
    gone.assert(404, &json!({ "errorMessage": "Organization not found." }));
}

#[tokio::test]
async fn people_join_and_leave() {
    let admin = Admin::start().await;
    let realm = switched_on(&admin).await;
    let other = switched_on(&admin).await;
    let in_realm = [("realm", realm.as_str())];
    let id = admin
        .send(&format!("POST {ALL}"), &in_realm, Some(json!({ "name": "acme" })))
        .await
        .created();
    let of = [("realm", realm.as_str()), ("organization", id.as_str())];
    let user = json!({ "username": "ada", "enabled": true });
    let ada = admin
        .send("POST /admin/realms/{realm}/users", &in_realm, Some(user))
        .await
        .created();
    let route = format!("POST {MEMBERS}");
    let join = || admin.send(&route, &of, Some(json!(ada)));
    assert_eq!(join().await.status, 201);
    join().await.assert(
        409,
        &json!({ "errorMessage": "User is already a member of the organization." }),
    );
    admin
        .send(&format!("GET {MEMBERS}/count"), &of, None)
        .await
        .assert(200, &json!(1));
    let listed = admin.send(&format!("GET {MEMBERS}"), &of, None).await;
    assert_eq!(
        (&listed.body[0]["username"], &listed.body[0]["membershipType"]),
        (&json!("ada"), &json!("UNMANAGED"))
    );
    let one = [
        ("realm", realm.as_str()),
        ("organization", id.as_str()),
        ("user", ada.as_str()),
    ];
    assert_eq!(
        admin.send(&format!("GET {MEMBER}"), &one, None).await.body["id"],
        json!(ada)
    );
    let theirs = [("realm", realm.as_str()), ("user", ada.as_str())];
    let route = "GET /admin/realms/{realm}/organizations/members/{user}/organizations";
    assert_eq!(admin.send(route, &theirs, None).await.body[0]["id"], json!(id));

    // Neither an organization nor a user of another realm.
    let foreign = [("realm", other.as_str()), ("organization", id.as_str())];
    let missing = json!({ "errorMessage": "Organization not found." });
    admin
        .send(&format!("GET {ONE}"), &foreign, None)
        .await
        .assert(404, &missing);
    let theirs = admin
        .send(
            &format!("POST {ALL}"),
            &[("realm", &other)],
            Some(json!({ "name": "x" })),
        )
        .await
        .created();
    let of_other = [("realm", other.as_str()), ("organization", theirs.as_str())];
    let refused = admin
        .send(&format!("POST {MEMBERS}"), &of_other, Some(json!(ada)))
        .await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    admin.send(&format!("DELETE {MEMBER}"), &one, None).await.assert_done();
    admin
        .send(&format!("GET {MEMBERS}/count"), &of, None)
        .await
        .assert(200, &json!(0));
}
