//! What goes into the configuration of an application.

use serde_json::json;

use super::super::support::{Admin, Reply};
use super::make;

const ROUTE: &str = "GET /admin/realms/{realm}/clients/{client}/installation/providers/{provider}";

async fn provided(admin: &Admin, realm: &str, client: &str, provider: &str) -> Reply {
    let place = [("realm", realm), ("client", client), ("provider", provider)];
    admin.send(ROUTE, &place, None).await
}

#[tokio::test]
async fn each_form_has_the_secret_for_those_who_may_see_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let server = admin.server().public_url();
    let id = make(&admin, &realm, json!({ "clientId": "app <1>", "secret": "s&t" })).await;
    let json_form = provided(&admin, &realm, &id, "keycloak-oidc-keycloak-json").await;
    assert_eq!(json_form.header("content-type"), Some("text/plain"));
    json_form.assert(
        200,
        &json!({
            "realm": realm,
            "auth-server-url": format!("{server}/"),
            "ssl-required": "external",
            "resource": "app <1>",
            "credentials": { "secret": "s&t" },
            "confidential-port": 0,
        }),
    );
    let commands = provided(&admin, &realm, &id, "keycloak-oidc-jboss-subsystem-cli").await;
    assert_eq!(
        commands.text,
        format!(
            "/subsystem=keycloak/secure-deployment=\"WAR MODULE NAME.war\"/:add( \\\n    realm=\"{realm}\", \\\n    \
             resource=\"app <1>\", \\\n    auth-server-url={server}/, \\\n    ssl-required=EXTERNAL)\n\n\
             /subsystem=keycloak/secure-deployment=\"WAR MODULE NAME.war\"/credential=secret:add(value=s&t)\n"
        )
    );
    let xml = provided(&admin, &realm, &id, "keycloak-oidc-jboss-subsystem").await;
    assert_eq!(
        xml.text,
        format!(
            "<secure-deployment name=\"WAR MODULE NAME.war\">\n    <realm>{realm}</realm>\n    \
             <auth-server-url>{server}/</auth-server-url>\n    <ssl-required>EXTERNAL</ssl-required>\n    \
             <resource>app &lt;1&gt;</resource>\n    <credential name=\"secret\">s&amp;t</credential>\n\
             </secure-deployment>\n"
        )
    );
    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    let masked = provided(&viewer, &realm, &id, "keycloak-oidc-keycloak-json").await;
    assert_eq!(masked.body["credentials"], json!({ "secret": "**********" }));
    let unknown = provided(&admin, &realm, &id, "saml-idp-descriptor").await;
    unknown.assert(404, &json!({ "error": "Unknown Provider" }));
}

#[tokio::test]
async fn what_a_client_is_stands_in_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let file = async |body: serde_json::Value| {
        let id = make(&admin, &realm, body).await;
        provided(&admin, &realm, &id, "keycloak-oidc-keycloak-json").await.body
    };
    let public = file(json!({ "clientId": "public", "publicClient": true })).await;
    assert_eq!(
        (&public["public-client"], public.get("credentials")),
        (&json!(true), None)
    );
    let bearer = file(json!({ "clientId": "bearer", "bearerOnly": true })).await;
    assert_eq!(
        (&bearer["bearer-only"], bearer.get("credentials")),
        (&json!(true), None)
    );
    let assertion = file(json!({ "clientId": "jwt", "clientAuthenticatorType": "client-jwt" })).await;
    assert_eq!(assertion["credentials"]["jwt"]["client-key-alias"], "jwt");
}
