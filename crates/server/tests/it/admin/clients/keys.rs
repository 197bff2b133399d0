//! Certificates of a client.

use serde_json::json;

use super::super::support::{Admin, Reply};
use super::{get, make};

const ONE: &str = "GET /admin/realms/{realm}/clients/{client}/certificates/{attribute}";

fn place<'a>(realm: &'a str, client: &'a str) -> [(&'a str, &'a str); 3] {
    [("realm", realm), ("client", client), ("attribute", "jwt.credential")]
}

async fn upload(admin: &Admin, route: &str, place: &[(&str, &str)], fields: &[(&str, &str)]) -> Reply {
    let mut body = String::new();
    for (name, value) in fields {
        body = format!("{body}--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body.push_str("--XyZ--\r\n");
    admin
        .send_as(route, place, "multipart/form-data; boundary=XyZ", body)
        .await
}

#[tokio::test]
async fn a_pair_is_made_and_its_private_half_is_told_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "robot" })).await;
    let place = place(&realm, &id);
    admin.send(ONE, &place, None).await.assert(200, &json!({}));
    let route = "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/generate";
    let made = admin.send(route, &place, None).await;
    assert_eq!(made.status, 200, "{made:?}");
    // PKCS#1 (RFC 8017 §A.1.2), as Keycloak's.
    assert!(
        made.body["privateKey"].as_str().unwrap().starts_with("MIIE"),
        "{made:?}"
    );
    let certificate = made.body["certificate"].clone();
    admin
        .send(ONE, &place, None)
        .await
        .assert(200, &json!({ "certificate": certificate }));
    let attributes = &get(&admin, &realm, &id).await["attributes"];
    assert_eq!(attributes["jwt.credential.certificate"], certificate);
    assert!(attributes.get("jwt.credential.private.key").is_none());

    // What was made for one is a certificate for another.
    let other = make(&admin, &realm, json!({ "clientId": "other" })).await;
    let place = self::place(&realm, &other);
    let text = certificate.as_str().unwrap();
    for route in [
        "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/upload",
        "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/upload-certificate",
    ] {
        let reply = upload(
            &admin,
            route,
            &place,
            &[("keystoreFormat", "Certificate PEM"), ("file", text)],
        )
        .await;
        reply.assert(200, &json!({ "certificate": certificate }));
        let reply = upload(&admin, route, &place, &[("file", text)]).await;
        reply.assert(400, &json!({ "error": "keystoreFormat cannot be null" }));
        let reply = upload(&admin, route, &place, &[("keystoreFormat", "Certificate PEM")]).await;
        reply.assert(400, &json!({ "error": "file cannot be empty" }));
        let garbage = [("keystoreFormat", "Certificate PEM"), ("file", "no base64!")];
        assert_eq!(upload(&admin, route, &place, &garbage).await.status, 400);
        let store = [("keystoreFormat", "PKCS12"), ("file", text)];
        assert_eq!(upload(&admin, route, &place, &store).await.status, 501);
        assert_eq!(admin.send(route, &place, Some(json!({}))).await.status, 415);
    }
    admin
        .send(ONE, &place, None)
        .await
        .assert(200, &json!({ "certificate": certificate }));
}

#[tokio::test]
async fn stores_of_java_are_not_offered() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "robot" })).await;
    for route in [
        "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/download",
        "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/generate-and-download",
    ] {
        let reply = admin
            .send(route, &place(&realm, &id), Some(json!({ "format": "JKS" })))
            .await;
        assert_eq!((reply.status, &reply.body["error"]), (501, &json!("not_implemented")));
    }
}
