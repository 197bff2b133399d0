//! What becomes of a user's profile when a representation comes in: Keycloak's rules, step by step.

use keyward_domain::user::{Attributes, Profile, User};
use serde_json::{Value, json};

use super::rules::{ROOT, Rules, flat};
use super::validator::{Broken, Validator};
use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::names;
use crate::admin::rest::AdminError;

/// Longest value of an attribute that the configuration does not name.
const LONGEST_UNMANAGED: usize = 2048;

/// The user name and the profile that result. Everything that is wrong is told at once.
pub(crate) fn merge(
    rules: &Rules,
    existing: Option<&User>,
    rep: &UserRepresentation,
) -> Result<(String, Profile), AdminError> {
    let wanted = wanted(rules, existing, rep);
    check(rules, existing, &wanted)?;
    let mut all = written(rules, existing, rep, &wanted);
    let mut one = |name: &str| all.remove(name).and_then(|values| values.into_iter().next());
    let [username, email, first_name, last_name] = ROOT.map(&mut one);
    let before = existing.map(|user| &user.profile);
    let profile = Profile {
        email,
        email_verified: rep
            .email_verified
            .unwrap_or(before.is_some_and(|before| before.email_verified)),
        first_name,
        last_name,
        attributes: all,
        kept: before.map(|before| before.kept.clone()).unwrap_or_default(),
    };
    Ok((username.unwrap_or_default(), profile))
}

/// The attributes that the representation asks for, by name.
fn wanted(rules: &Rules, existing: Option<&User>, rep: &UserRepresentation) -> Attributes {
    let mut all = rep.attributes.clone().unwrap_or_default();
    all.remove("username");
    all.remove("email");
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let root = [
        ("username", lower(&rep.username)),
        ("email", lower(&rep.email)),
        ("firstName", rep.first_name.clone()),
        ("lastName", rep.last_name.clone()),
    ];
    for (name, value) in root {
        if let Some(value) = value {
            all.insert(name.to_owned(), vec![value]);
        }
    }
    let before = existing.map(flat).unwrap_or_default();
    if rep.attributes.is_none() {
        for (name, values) in &before {
            all.entry(name.clone()).or_insert_with(|| values.clone());
        }
    }
    for attribute in &rules.config.attributes {
        let name = attribute.name();
        if !all.contains_key(name) {
            let kept = name == "username" || !rules.is_writable(name, existing);
            let values = before.get(name).filter(|_| kept).cloned();
            all.insert(name.to_owned(), values.unwrap_or_default());
        }
    }
    if rules.email_as_username
        && let Some(email) = all.get("email").filter(|email| !is_blank(email)).cloned()
    {
        all.insert("username".into(), email);
    }
    all
}

fn check(rules: &Rules, existing: Option<&User>, wanted: &Attributes) -> Result<(), AdminError> {
    let before = existing.map(flat).unwrap_or_default();
    let mut errors = Vec::new();
    names::check_attributes(wanted)?;
    for (name, values) in wanted {
        let mut found = attribute(rules, name, values);
        let same = before.get(name).map_or(values.is_empty(), |before| before == values);
        if found.is_empty() && !same && ROOT.contains(&name.as_str()) {
            found.extend(too_long(values));
        }
        errors.extend(found.into_iter().map(|broken| told(name, broken)));
        if existing.is_some() && rules.is_managed(name) && !rules.is_writable(name, existing) && !same {
            errors.push(told(name, broken("error-user-attribute-read-only")));
        }
    }
    if wanted.get("username").is_none_or(|username| is_blank(username)) && !rules.email_as_username {
        return Err(AdminError::invalid("User name is missing"));
    }
    match errors.len() {
        0 => Ok(()),
        1 => Err(AdminError::InvalidField(errors.pop().unwrap_or_default())),
        _ => Err(AdminError::InvalidField(json!({ "errors": errors }))),
    }
}

/// What is wrong with an attribute's values.
fn attribute(rules: &Rules, name: &str, values: &[String]) -> Vec<Broken> {
    let given = || values.iter().filter(|value| !value.trim().is_empty());
    let Some(config) = rules.config.attribute(name) else {
        let long = |value: &&String| value.trim().encode_utf16().count() > LONGEST_UNMANAGED;
        let long = !rules.has_locale(name) && given().any(|value| long(&value));
        let broken = Broken {
            message: "error-invalid-length".into(),
            params: vec![json!(0), json!(LONGEST_UNMANAGED)],
        };
        return long.then_some(broken).into_iter().collect();
    };
    let required = rules.is_required(name);
    if required && given().next().is_none() {
        // A missing user name has words of its own.
        let told = (name != "username").then(|| broken("error-user-attribute-required"));
        return told.into_iter().collect();
    }
    let mut found = Vec::new();
    let validations = || config.validations.iter().flatten();
    for (validator, options) in validations() {
        let options = options.clone().unwrap_or_default();
        let Some(validator) = Validator::parse(validator) else {
            continue;
        };
        if validator == Validator::Multivalued {
            let bound = |name: &str| options.get(name).and_then(number);
            let min = bound("min").unwrap_or(usize::from(required));
            found.extend(size(given().count(), min, bound("max").unwrap_or(usize::MAX)));
        } else {
            found.extend(given().filter_map(|value| validator.judge(value, &options).err()));
        }
    }
    if !config.multivalued && !validations().any(|(name, _)| name == "multivalued") {
        found.extend(size(given().count(), usize::from(required), 1));
    }
    found
}

/// What a column takes holds whatever the configuration says.
fn too_long(values: &[String]) -> Option<Broken> {
    let long = values.iter().any(|value| !names::fits(value));
    long.then(|| Broken {
        message: "error-invalid-length-too-long".into(),
        params: vec![Value::Null, json!(names::LONGEST)],
    })
}

fn size(count: usize, min: usize, max: usize) -> Option<Broken> {
    let fits = (min..=max).contains(&count);
    (!fits).then(|| Broken {
        message: "error-invalid-multivalued-size".into(),
        params: vec![json!(min), json!(max)],
    })
}

fn number(option: &Value) -> Option<usize> {
    match option {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| usize::try_from(number).ok()),
    }
}

/// The attributes as they are written.
fn written(rules: &Rules, existing: Option<&User>, rep: &UserRepresentation, wanted: &Attributes) -> Attributes {
    let mut all = existing.map(flat).unwrap_or_default();
    for (name, values) in wanted {
        if !rules.is_writable(name, existing) {
            continue;
        }
        let given: Vec<String> = values
            .iter()
            .filter(|value| !value.trim().is_empty())
            .cloned()
            .collect();
        if given.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.clone(), given);
        }
    }
    if rep.attributes.is_some() {
        all.retain(|name, _| wanted.contains_key(name) || name == "username" || !rules.is_writable(name, existing));
    }
    all
}

fn is_blank(values: &[String]) -> bool {
    values.iter().all(|value| value.trim().is_empty())
}

fn broken(message: &str) -> Broken {
    Broken {
        message: message.to_owned(),
        params: Vec::new(),
    }
}

fn told(name: &str, broken: Broken) -> Value {
    let params: Vec<Value> = std::iter::once(json!(name)).chain(broken.params).collect();
    json!({ "field": name, "errorMessage": broken.message, "params": params })
}

#[cfg(test)]
mod tests;
