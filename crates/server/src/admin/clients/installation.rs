//! What goes into the configuration of an application: in the forms of Keycloak's adapters.

use serde_json::{Map, Value, json};

use super::{find, get};
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/installation/providers/{provider}`. The secret is in it for those who may see it.
pub(super) async fn provide(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    let write: fn(&Place<'_>) -> String = match call.param("provider") {
        "keycloak-oidc-keycloak-json" => json_file,
        "keycloak-oidc-jboss-subsystem-cli" => command_line,
        "keycloak-oidc-jboss-subsystem" => subsystem,
        _ => return Err(AdminError::not_found("Unknown Provider")),
    };
    let shown = get::shown(call, entry).await?;
    let realm = call.realm()?;
    let text = write(&Place {
        server: &call.app.settings.public_url,
        realm: realm.realm.name.as_str(),
        client: &shown,
        has_roles: realm.roles.of_client(entry.client.id).next().is_some(),
    });
    Ok(Answer::bytes("text/plain", text.into_bytes()))
}

/// Which client of which realm of which server.
struct Place<'a> {
    server: &'a str,
    realm: &'a str,
    client: &'a ClientRepresentation,
    has_roles: bool,
}

impl Place<'_> {
    fn client_id(&self) -> &str {
        self.client.client_id.as_deref().unwrap_or_default()
    }

    fn is_public(&self) -> bool {
        self.client.public_client == Some(true)
    }

    fn is_bearer_only(&self) -> bool {
        self.client.bearer_only == Some(true)
    }

    /// What the application proves itself by; nothing for one that does not.
    fn credentials(&self) -> Option<Value> {
        if self.is_public() || self.is_bearer_only() {
            return None;
        }
        let secret = || serde_json::to_value(&self.client.secret).unwrap_or_default();
        Some(match self.client.client_authenticator_type.as_deref() {
            None | Some("client-secret") => json!({ "secret": secret() }),
            Some("client-secret-jwt") => json!({ "secret-jwt": { "secret": secret() } }),
            Some("client-jwt") => json!({ "jwt": {
                "client-key-password": "REPLACE WITH THE KEY PASSWORD IN KEYSTORE",
                "client-keystore-file": "REPLACE WITH THE LOCATION OF YOUR KEYSTORE FILE",
                "client-keystore-password": "REPLACE WITH THE KEYSTORE PASSWORD",
                "client-key-alias": self.client_id(),
                "token-timeout": 10,
                "client-keystore-type": "jks",
            } }),
            Some(_) => json!({}),
        })
    }

    /// A plain secret.
    fn secret(&self) -> Option<String> {
        let secret = self.credentials()?.get("secret")?.as_str()?.to_owned();
        Some(secret)
    }
}

fn json_file(place: &Place<'_>) -> String {
    let mut file = Map::new();
    let mut put = |name: &str, value: Value| file.insert(name.to_owned(), value);
    put("realm", place.realm.into());
    put("auth-server-url", format!("{}/", place.server).into());
    put("ssl-required", "external".into());
    put("resource", place.client_id().into());
    put("confidential-port", 0.into());
    if place.is_bearer_only() {
        put("bearer-only", true.into());
    } else if place.is_public() {
        put("public-client", true.into());
    }
    if let Some(credentials) = place.credentials() {
        put("credentials", credentials);
    }
    if place.has_roles {
        put("verify-token-audience", true.into());
        put("use-resource-role-mappings", true.into());
    }
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn command_line(place: &Place<'_>) -> String {
    let deployment = "/subsystem=keycloak/secure-deployment=\"WAR MODULE NAME.war\"/";
    let mut lines = vec![
        format!("realm={}", quoted(place.realm)),
        format!("resource={}", quoted(place.client_id())),
        format!("auth-server-url={}/", place.server),
    ];
    if place.is_bearer_only() {
        lines.push("bearer-only=true".into());
    } else if place.is_public() {
        lines.push("public-client=true".into());
    }
    if place.has_roles {
        lines.push("verify-token-audience=true".into());
        lines.push("use-resource-role-mappings=true".into());
    }
    lines.push("ssl-required=EXTERNAL".into());
    let add = format!("{deployment}:add( \\\n    {})\n\n", lines.join(", \\\n    "));
    let secret = place.secret();
    let secret = secret.map(|secret| format!("{deployment}credential=secret:add(value={secret})\n"));
    add + secret.as_deref().unwrap_or_default()
}

fn subsystem(place: &Place<'_>) -> String {
    let line = |name: &str, value: &str| format!("    <{name}>{}</{name}>", escaped(value));
    let mut lines = vec![
        "<secure-deployment name=\"WAR MODULE NAME.war\">".to_owned(),
        line("realm", place.realm),
        line("auth-server-url", &format!("{}/", place.server)),
    ];
    if place.is_bearer_only() {
        lines.push(line("bearer-only", "true"));
    } else if place.is_public() {
        lines.push(line("public-client", "true"));
    }
    lines.push(line("ssl-required", "EXTERNAL"));
    if place.has_roles {
        lines.push(line("verify-token-audience", "true"));
        lines.push(line("use-resource-role-mappings", "true"));
    }
    lines.push(line("resource", place.client_id()));
    let secret = place.secret();
    lines.extend(secret.map(|secret| format!("    <credential name=\"secret\">{}</credential>", escaped(&secret))));
    lines.push("</secure-deployment>\n".to_owned());
    lines.join("\n")
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
