//! Whether a user profile configuration makes sense, in Keycloak's words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::config::{ADMIN, Attribute, Config, USER};
use super::validator::Validator;
use crate::admin::rest::AdminError;

/// Most attributes of a configuration.
const MOST: usize = 500;

/// Checks a configuration. `scopes` tells whether the realm has a client scope of a name.
pub(super) fn check(config: &Config, scopes: impl Fn(&str) -> bool) -> Result<(), AdminError> {
    if config.attributes.len() > MOST {
        return Err(AdminError::Invalid(
            format!("[At most {MOST} attributes are allowed]").into(),
        ));
    }
    let mut mistakes = Vec::new();
    let mut names = BTreeSet::new();
    for attribute in &config.attributes {
        name(attribute, &mut names, &mut mistakes);
        validations(attribute, &mut mistakes);
        roles(attribute, &mut mistakes);
        wanted_scopes(attribute, &scopes, &mut mistakes);
        group(attribute, config, &mut mistakes);
        annotations(attribute, &mut mistakes);
    }
    for name in ["username", "email"] {
        if !names.contains(name) {
            mistakes.push(format!("The attribute '{name}' can not be removed"));
        }
    }
    let nameless = config.groups.iter().filter(|group| group.name.is_none()).count();
    if nameless > 0 {
        mistakes.push(format!(
            "Name is mandatory for groups, found {nameless} group(s) without name."
        ));
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(AdminError::Invalid(format!("[{}]", mistakes.join(", ")).into()))
    }
}

fn name<'c>(attribute: &'c Attribute, names: &mut BTreeSet<&'c str>, mistakes: &mut Vec<String>) {
    let name = attribute.name();
    if name.trim().is_empty() {
        mistakes.push("Attribute configuration without 'name' is not allowed".into());
    } else if !names.insert(name) {
        mistakes.push(format!("Attribute configuration already exists with 'name':'{name}'"));
    } else if !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    {
        mistakes.push(format!(
            "Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): {name}'"
        ));
    }
}

fn validations(attribute: &Attribute, mistakes: &mut Vec<String>) {
    let name = attribute.name();
    for (validator, options) in attribute.validations.iter().flatten() {
        let Some(parsed) = Validator::parse(validator) else {
            mistakes.push(format!(
                "Validator '{validator}' defined for attribute '{name}' doesn't exist"
            ));
            continue;
        };
        let found = parsed.mistakes(&options.clone().unwrap_or_default());
        let told = found.iter().fold(String::new(), |told, (option, message)| {
            told + &format!(
                "ValidationError{{validatorId='{validator}', inputHint='{option}', message='{message}', \
                 messageParameters=[]}}, "
            )
        });
        if !told.is_empty() {
            mistakes.push(format!(
                "Validator '{validator}' defined for attribute '{name}' has incorrect configuration: {told}"
            ));
        }
    }
}

fn roles(attribute: &Attribute, mistakes: &mut Vec<String>) {
    let permissions = attribute.permissions.iter();
    let lists = permissions
        .flat_map(|permissions| {
            [
                ("permissions.view", &permissions.view),
                ("permissions.edit", &permissions.edit),
            ]
        })
        .chain(
            attribute
                .required
                .iter()
                .filter_map(|required| Some(("required.roles", required.roles.as_ref()?))),
        );
    for (field, roles) in lists {
        for role in roles.iter().filter(|role| ![ADMIN, USER].contains(&role.as_str())) {
            mistakes.push(format!(
                "'{field}' configuration for attribute '{}' contains unsupported role '{role}'",
                attribute.name()
            ));
        }
    }
}

fn wanted_scopes(attribute: &Attribute, known: &impl Fn(&str) -> bool, mistakes: &mut Vec<String>) {
    let required = attribute
        .required
        .iter()
        .filter_map(|required| Some(("required.scopes", required.scopes.as_ref()?)));
    let selector = attribute
        .selector
        .iter()
        .filter_map(|selector| Some(("selector.scopes", selector.scopes.as_ref()?)));
    for (field, scopes) in required.chain(selector) {
        for scope in scopes.iter().filter(|scope| !known(scope)) {
            mistakes.push(format!(
                "'{field}' configuration for attribute '{}' contains unsupported scope '{scope}'",
                attribute.name()
            ));
        }
    }
}

fn group(attribute: &Attribute, config: &Config, mistakes: &mut Vec<String>) {
    if let Some(wanted) = &attribute.group
        && !config.groups.iter().any(|group| group.name.as_ref() == Some(wanted))
    {
        mistakes.push(format!(
            "Attribute '{}' references unknown group '{wanted}'",
            attribute.name()
        ));
    }
}

fn annotations(attribute: &Attribute, mistakes: &mut Vec<String>) {
    let annotation = |name| {
        attribute
            .annotations
            .as_ref()
            .and_then(|annotations| annotations.get(name))
    };
    if annotation("inputOptions").is_some_and(|value| !value.is_array()) {
        mistakes.push(format!(
            "Annotation 'inputOptions' configured for attribute '{}' must be an array of values!'",
            attribute.name()
        ));
    }
    if annotation("inputOptionLabels").is_some_and(|value: &Value| !value.is_object()) {
        mistakes.push(format!(
            "Annotation 'inputOptionLabels' configured for attribute '{}' must be an object!'",
            attribute.name()
        ));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Config, check};
    use crate::admin::rest::AdminError;

    fn told(attributes: &Value) -> String {
        let config: Config = serde_json::from_value(json!({ "attributes": attributes })).unwrap();
        match check(&config, |scope| scope == "profile") {
            Ok(()) => String::new(),
            Err(AdminError::Invalid(text)) => text.into_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Each text is Keycloak 26.7.4's.
    #[test]
    fn mistakes_are_told_in_keycloaks_words() {
        assert!(check(&Config::standard(), |_| false).is_ok());
        assert_eq!(
            told(&json!([])),
            "[The attribute 'username' can not be removed, The attribute 'email' can not be removed]"
        );
        for (attribute, expected) in [
            (
                json!({"name": "x y"}),
                "[Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): x y']",
            ),
            (
                json!({"name": "xy", "validations": {"nope": {}}}),
                "[Validator 'nope' defined for attribute 'xy' doesn't exist]",
            ),
            (
                json!({"name": "email"}),
                "[Attribute configuration already exists with 'name':'email']",
            ),
            (
                json!({"name": "xy", "permissions": {"view": ["boss"]}}),
                "['permissions.view' configuration for attribute 'xy' contains unsupported role 'boss']",
            ),
            (
                json!({"name": "xy", "group": "nope"}),
                "[Attribute 'xy' references unknown group 'nope']",
            ),
            (
                json!({"name": "xy", "required": {"roles": ["x"]}}),
                "['required.roles' configuration for attribute 'xy' contains unsupported role 'x']",
            ),
            (
                json!({"name": "xy", "validations": {"length": {}}}),
                "[Validator 'length' defined for attribute 'xy' has incorrect configuration: \
                 ValidationError{validatorId='length', inputHint='min', \
                 message='error-validator-config-missing-value', messageParameters=[]}, \
                 ValidationError{validatorId='length', inputHint='max', \
                 message='error-validator-config-missing-value', messageParameters=[]}, ]",
            ),
            (json!({"name": "xy", "selector": {"scopes": ["profile"]}}), ""),
        ] {
            assert_eq!(
                told(&json!([{"name": "username"}, {"name": "email"}, attribute])),
                expected
            );
        }
    }
}
