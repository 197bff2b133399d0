//! The rules that the registration of clients by themselves can have.

use serde_json::{Value, json};

use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/client-registration-policy/providers`: the rules that there are, with what they need to know.
pub(super) async fn providers(call: &AdminCall) -> Result<Answer, AdminError> {
    let scopes: Vec<&str> = call
        .realm()?
        .scopes
        .keys()
        .map(String::as_str)
        .chain(["openid"])
        .collect();
    let property = |name: &str, kind: &str| {
        json!({
            "name": name,
            "label": format!("{name}.label"),
            "helpText": format!("{name}.tooltip"),
            "type": kind,
            "secret": false,
            "required": false,
            "readOnly": false,
        })
    };
    let with = |mut property: Value, member: &str, value: Value| {
        if let Some(members) = property.as_object_mut() {
            members.insert(member.to_owned(), value);
        }
        property
    };
    let provider = |id: &str, help: &str, properties: Vec<Value>| json!({ "id": id, "helpText": help, "properties": properties, "metadata": {} });
    let allowed_scopes = with(
        property("allowed-client-scopes", "MultivaluedList"),
        "options",
        json!(scopes),
    );
    let default_scopes = with(property("allow-default-scopes", "boolean"), "defaultValue", json!(true));
    let most = with(property("max-clients", "String"), "defaultValue", json!("200"));
    let on = |name: &str| with(property(name, "boolean"), "defaultValue", json!("true"));
    Ok(Answer::json(&[
        provider(
            "allowed-client-templates",
            "Which client scopes a registered client may have",
            vec![allowed_scopes, default_scopes],
        ),
        provider(
            "registration-web-origins",
            "Which web origins may register clients",
            vec![property("web-origins", "MultivaluedString")],
        ),
        provider(
            "client-disabled",
            "A registered client is disabled until an administrator enables it",
            vec![],
        ),
        provider("scope", "A registered client has not the full scope", vec![]),
        provider("max-clients", "No client is registered beyond this number", vec![most]),
        provider(
            "allowed-protocol-mappers",
            "Which kinds of protocol mappers a registered client may have",
            vec![property("allowed-protocol-mapper-types", "MultivaluedList")],
        ),
        provider(
            "trusted-hosts",
            "From which hosts clients may be registered, and which hosts their addresses may name",
            vec![
                property("trusted-hosts", "MultivaluedString"),
                on("host-sending-registration-request-must-match"),
                on("client-uris-must-match"),
            ],
        ),
        provider(
            "consent-required",
            "People are always asked before a registered client gets something",
            vec![],
        ),
    ]))
}
