//! What is in an access token (RFC 9068 §2.2, and what Keycloak's clients expect beside).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::audience;
use crate::client::origin;
use crate::scope::{ClientScope, JsonType, Mapper};
use crate::user::User;

/// Whom a token is about, with everything that mappers can ask for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The user or the service account.
    pub user: User,
    /// Names of the realm roles that hold, composites resolved.
    pub realm_roles: Vec<String>,
    /// Names of the client roles that hold, by `client_id`.
    pub client_roles: BTreeMap<String, Vec<String>>,
}

/// The part of an access token that depends on client, scope and subject alone: the same for each token of a
/// service until an operator changes something, so it can be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccessTokenPlan {
    /// `aud`.
    pub audience: Vec<String>,
    /// `scope`: the granted names that are meant for tokens.
    pub scope: String,
    /// `acr`.
    pub acr: Option<&'static str>,
    /// `allowed-origins`.
    pub allowed_origins: Vec<String>,
    /// `realm_access.roles`.
    pub realm_roles: Option<Vec<String>>,
    /// `resource_access`.
    pub client_roles: Option<BTreeMap<String, Vec<String>>>,
    /// Claims of the remaining mappers.
    pub extra: Map<String, Value>,
}

/// What the plan is made from.
#[derive(Clone, Copy)]
pub struct PlanInput<'a> {
    /// `client_id`.
    pub client_id: &'a str,
    /// The client's web origins.
    pub web_origins: &'a [String],
    /// The client's redirect URIs, whose origins `+` stands for.
    pub redirect_uris: &'a [String],
    /// Mappers of the client itself: they apply whatever the scope.
    pub client_mappers: &'a [crate::scope::ProtocolMapper],
    /// The granted scopes by name, in order.
    pub granted: &'a [&'a str],
    /// All scopes of the realm.
    pub scopes: &'a BTreeMap<String, ClientScope>,
    /// Whom the token is about.
    pub subject: &'a Subject,
    /// How they authenticated: `1` afresh, `0` by a session.
    pub acr: &'static str,
}

/// Plans the access token of a grant.
pub fn access_token(input: PlanInput<'_>) -> AccessTokenPlan {
    let granted = || input.granted.iter().filter_map(|name| input.scopes.get(*name));
    let mappers = || {
        input
            .client_mappers
            .iter()
            .chain(granted().flat_map(|scope| &scope.settings.mappers))
            .map(|m| &m.mapper)
    };
    let mut plan = AccessTokenPlan {
        audience: audience::resolve(mappers(), &input.subject.client_roles, input.client_id)
            .into_iter()
            .map(str::to_owned)
            .collect(),
        scope: token_scope(input),
        ..AccessTokenPlan::default()
    };
    for mapper in mappers() {
        apply(mapper, input, &mut plan);
    }
    plan
}

/// The claims of a person that were asked for one by one (OIDC Core §5.5): of those that the client could have by some
/// scope, the ones that it names.
pub fn requested<'n>(input: PlanInput<'_>, names: impl Iterator<Item = &'n str>) -> Map<String, Value> {
    let mut all = access_token(input).extra;
    names.filter_map(|name| all.remove_entry(name)).collect()
}

fn token_scope(input: PlanInput<'_>) -> String {
    let spoken = |name: &&&str| {
        input
            .scopes
            .get(**name)
            .is_none_or(|scope| scope.settings.include_in_token_scope)
    };
    input
        .granted
        .iter()
        .filter(spoken)
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
}

fn apply(mapper: &Mapper, input: PlanInput<'_>, plan: &mut AccessTokenPlan) {
    let subject = input.subject;
    match mapper {
        Mapper::Audience { .. } | Mapper::AudienceResolve => {}
        Mapper::RealmRoles => plan.realm_roles = Some(subject.realm_roles.clone()),
        Mapper::ClientRoles => plan.client_roles = Some(subject.client_roles.clone()),
        Mapper::Acr => plan.acr = Some(input.acr),
        Mapper::AllowedOrigins => plan.allowed_origins = origin::named(input.web_origins, input.redirect_uris),
        Mapper::HardcodedClaim { claim, value } => put(plan, claim, Some(value.clone())),
        Mapper::UserProperty { property, claim } => put(plan, claim, user_property(&subject.user, property)),
        Mapper::UserAttribute {
            attribute,
            claim,
            json_type,
        } => {
            put(plan, claim, user_attribute(&subject.user, attribute, *json_type));
        }
        Mapper::FullName => put(plan, "name", full_name(&subject.user)),
        Mapper::Address => put(plan, "address", address(&subject.user)),
    }
}

/// Claims that a mapper must not write: they are what validators decide by.
const PROTECTED: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "typ",
    "azp",
    "client_id",
    "scope",
    "cnf",
    "act",
];

fn put(plan: &mut AccessTokenPlan, claim: &str, value: Option<Value>) {
    if let Some(value) = value
        && !PROTECTED.contains(&claim)
    {
        plan.extra.insert(claim.to_owned(), value);
    }
}

fn user_property(user: &User, property: &str) -> Option<Value> {
    let text = |text: &Option<String>| text.clone().map(Value::String);
    match property {
        "username" => Some(Value::String(user.username.clone())),
        "email" => text(&user.profile.email),
        "emailVerified" => Some(Value::Bool(user.profile.email_verified)),
        "firstName" => text(&user.profile.first_name),
        "lastName" => text(&user.profile.last_name),
        _ => None,
    }
}

fn user_attribute(user: &User, attribute: &str, json_type: JsonType) -> Option<Value> {
    let text = user.profile.attributes.get(attribute)?.first()?;
    match json_type {
        JsonType::String => Some(Value::String(text.clone())),
        JsonType::Boolean => text.parse().ok().map(Value::Bool),
        JsonType::Long => text.parse::<i64>().ok().map(|number| json!(number)),
    }
}

fn full_name(user: &User) -> Option<Value> {
    let parts = [&user.profile.first_name, &user.profile.last_name];
    let name = parts
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    (!name.is_empty()).then_some(Value::String(name))
}

fn address(user: &User) -> Option<Value> {
    let fields = [
        ("street", "street_address"),
        ("locality", "locality"),
        ("region", "region"),
        ("postal_code", "postal_code"),
        ("country", "country"),
        ("formatted", "formatted"),
    ];
    let found: Map<String, Value> = fields
        .into_iter()
        .filter_map(|(attribute, claim)| Some((claim.to_owned(), user_attribute(user, attribute, JsonType::String)?)))
        .collect();
    (!found.is_empty()).then_some(Value::Object(found))
}

#[cfg(test)]
mod tests;
