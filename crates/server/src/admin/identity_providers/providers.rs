//! The kinds of identity providers, and those of their mappers.

use keyward_domain::document::DocumentKind;
use serde_json::{Map, Value, json};

use super::missing;
use crate::admin::documents::named;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// Kinds of providers: id and name.
pub(crate) const PROVIDERS: [(&str, &str); 19] = [
    ("oidc", "OpenID Connect v1.0"),
    ("keycloak-oidc", "Keycloak OpenID Connect"),
    ("oauth2", "OAuth v2"),
    ("saml", "SAML v2.0"),
    ("jwt-authorization-grant", "JWT Authorization Grant"),
    ("google", "Google"),
    ("github", "GitHub"),
    ("gitlab", "GitLab"),
    ("bitbucket", "BitBucket"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("linkedin-openid-connect", "LinkedIn"),
    ("microsoft", "Microsoft"),
    ("openshift-v4", "Openshift v4"),
    ("paypal", "PayPal"),
    ("stackoverflow", "StackOverflow"),
    ("twitter", "Twitter"),
    ("spiffe", "SPIFFE"),
    ("kubernetes", "Kubernetes"),
];

/// Kinds of mappers: id, name and category.
const MAPPERS: [(&str, &str, &str); 8] = [
    (
        "hardcoded-attribute-idp-mapper",
        "Hardcoded Attribute",
        "Attribute Importer",
    ),
    (
        "hardcoded-user-session-attribute-idp-mapper",
        "Hardcoded User Session Attribute",
        "Attribute Importer",
    ),
    ("oidc-hardcoded-role-idp-mapper", "Hardcoded Role", "Role Importer"),
    ("oidc-hardcoded-group-idp-mapper", "Hardcoded Group", "Group Importer"),
    (
        "oidc-user-attribute-idp-mapper",
        "Attribute Importer",
        "Attribute Importer",
    ),
    ("oidc-role-idp-mapper", "Claim to Role", "Role Importer"),
    (
        "oidc-advanced-role-idp-mapper",
        "Advanced Claim to Role",
        "Role Importer",
    ),
    ("oidc-username-idp-mapper", "Username Template Importer", "Preprocessor"),
];

/// The kinds as the server's description shows them.
pub(crate) fn kinds() -> Vec<Value> {
    let own = [
        "oidc",
        "keycloak-oidc",
        "oauth2",
        "saml",
        "jwt-authorization-grant",
        "spiffe",
        "kubernetes",
    ];
    let group = |id: &str| if own.contains(&id) { "User-defined" } else { "Social" };
    let kinds = PROVIDERS.iter();
    kinds
        .map(|(id, name)| json!({ "id": id, "name": name, "groupName": group(id) }))
        .collect()
}

/// Whether there is a kind of this id.
pub(super) fn is_known(id: &str) -> bool {
    PROVIDERS.iter().any(|(known, _)| *known == id)
}

/// `GET …/identity-provider/providers/{provider}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let found = PROVIDERS.iter().find(|(id, _)| *id == call.param("provider"));
    let (id, name) = found.ok_or(AdminError::BadRequest("HTTP 400 Bad Request".into()))?;
    Ok(Answer::json(&json!({
        "name": name, "id": id, "configProperties": [], "helpText": "", "configMetadata": []
    })))
}

/// `GET …/instances/{alias}/mapper-types`.
pub(super) async fn mapper_types(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    named(
        call,
        &mut *tx,
        DocumentKind::IdentityProvider,
        call.param("alias"),
        missing(),
    )
    .await?;
    let types: Map<String, Value> = MAPPERS
        .iter()
        .map(|(id, name, category)| {
            let view = json!({ "id": id, "name": name, "category": category, "helpText": "", "properties": [] });
            ((*id).to_owned(), view)
        })
        .collect();
    Ok(Answer::json(&types))
}

/// `GET …/instances/{alias}/reload-keys`: no keys of it are held, so nothing is to be read anew.
pub(super) async fn reload_keys(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    named(
        call,
        &mut *tx,
        DocumentKind::IdentityProvider,
        call.param("alias"),
        missing(),
    )
    .await?;
    Ok(Answer::json(&false))
}
