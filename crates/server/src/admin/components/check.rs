//! Whether a component's configuration is one, in Keycloak's words.

use super::component::Component;
use super::types;
use crate::admin::rest::AdminError;

/// What a refusal calls a member that takes one of a few values.
const CHOICES: [(&str, &str, &str); 5] = [
    ("keySize", "Key size", "1024, 2048, 3072 or 4096"),
    ("ecdsaEllipticCurveKey", "Elliptic Curve", "P-256, P-384 or P-521"),
    ("ecdhEllipticCurveKey", "Elliptic Curve", "P-256, P-384 or P-521"),
    ("eddsaEllipticCurveKey", "Elliptic Curve", "Ed25519 or Ed448"),
    ("secretSize", "Secret size", "a size that is offered"),
];

/// Checks what is checked of a component that is to be kept.
pub(super) fn check(component: &Component) -> Result<(), AdminError> {
    if component.is_key() {
        return key(component);
    }
    let is_ldap = component.provider == "ldap" && component.provider_type.ends_with("UserStorageProvider");
    if is_ldap && component.value("editMode").is_none() {
        return Err(AdminError::invalid("Edit Mode is mandatory"));
    }
    Ok(())
}

fn key(component: &Component) -> Result<(), AdminError> {
    if component
        .value("priority")
        .is_some_and(|text| text.parse::<i64>().is_err())
    {
        return Err(AdminError::invalid("'Priority' should be a number"));
    }
    for (name, shown) in [("enabled", "Enabled"), ("active", "Active")] {
        if component
            .value(name)
            .is_some_and(|text| !matches!(text, "true" | "false"))
        {
            return Err(AdminError::Invalid(
                format!("'{shown}' should be 'true' or 'false'").into(),
            ));
        }
    }
    let provider = types::provider(&component.provider_type, &component.provider);
    for (name, shown, choices) in CHOICES {
        let options = provider.and_then(|provider| provider.options(name));
        let (Some(options), Some(value)) = (options, component.value(name)) else {
            continue;
        };
        if !options.contains(&value) {
            return Err(AdminError::Invalid(format!("'{shown}' should be {choices}").into()));
        }
    }
    if component.provider == "rsa" && component.value("privateKey").is_none() {
        return Err(AdminError::invalid("'Private RSA Key' is required"));
    }
    Ok(())
}
