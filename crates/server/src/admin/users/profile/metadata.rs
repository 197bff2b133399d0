//! The rules as a form needs them (Keycloak's `UserProfileMetadata`).

use keyward_domain::user::User;
use serde_json::{Map, Value, json};

use super::config::Attribute;
use super::rules::{LOCALE, Rules};

/// The rules for a user, or for one to be.
pub(super) fn of(rules: &Rules, existing: Option<&User>) -> Value {
    let mut attributes = Vec::new();
    if rules.has_locale(LOCALE) {
        attributes.push(json!({
            "name": LOCALE, "displayName": LOCALE, "required": false, "readOnly": false, "validators": {},
            "multivalued": false,
        }));
    }
    let shown = rules
        .config
        .attributes
        .iter()
        .filter(|attribute| rules.is_readable(attribute.name()));
    attributes.extend(shown.map(|attribute| entry(rules, attribute, existing)));
    json!({ "attributes": attributes, "groups": rules.config.groups })
}

fn entry(rules: &Rules, attribute: &Attribute, existing: Option<&User>) -> Value {
    let name = attribute.name();
    let usual = match name {
        "username" => "${username}",
        "email" => "${email}",
        other => other,
    };
    let mut validators = Map::new();
    if !attribute.multivalued {
        validators.insert("multivalued".into(), json!({ "max": "1" }));
    }
    for (validator, options) in attribute.validations.iter().flatten() {
        let mut options = options.clone().unwrap_or_default();
        options.insert("ignore.empty.value".into(), json!(true));
        validators.insert(validator.clone(), Value::Object(options));
    }
    let mut entry = json!({
        "name": name,
        "displayName": attribute.display_name.as_deref().unwrap_or(usual),
        "required": rules.is_required(name),
        "readOnly": !rules.is_writable(name, existing),
        "validators": validators,
        "multivalued": attribute.multivalued,
    });
    if let Some(members) = entry.as_object_mut() {
        let optional = [
            ("annotations", attribute.annotations.clone().map(Value::Object)),
            ("group", attribute.group.clone().map(Value::String)),
            ("defaultValue", attribute.default_value.clone().map(Value::String)),
        ];
        members.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
    }
    entry
}
