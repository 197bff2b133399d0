//! From a whole representation to what a client is.

use std::collections::{BTreeMap, BTreeSet};

use keyward_domain::Timestamp;
use keyward_domain::client::spec::{ClientSpec, ClientSpecError};
use keyward_domain::client::{ClientAuthMethod, ClientSettings, ClientType, ConsentPolicy, RoleScope};
use keyward_domain::scope::{OPENID_CONNECT, ProtocolMapper};
use serde_json::{Map, Value};

use super::{ClientRepresentation, attributes, places};
use crate::admin::names;
use crate::admin::rest::AdminError;

/// Members that are kept as data.
const KEPT: [&str; 15] = [
    "type",
    "rootUrl",
    "adminUrl",
    "baseUrl",
    "surrogateAuthRequired",
    "alwaysDisplayInConsole",
    "clientAuthenticatorType",
    "implicitFlowEnabled",
    "authorizationServicesEnabled",
    "frontchannelLogout",
    "protocol",
    "authenticationFlowBindingOverrides",
    "nodeReRegistrationTimeout",
    "registeredNodes",
    "authorizationSettings",
];

/// What a representation is read against.
pub(crate) struct Ground<'a> {
    /// Where the server is: relative addresses of a client without a root URL begin there.
    pub(crate) server: &'a str,
    /// The protocol of each client scope of the realm, by its name.
    pub(crate) scopes: BTreeMap<&'a str, &'a str>,
}

/// What a client is by its representation.
pub(crate) struct Described {
    pub(crate) spec: ClientSpec,
    pub(crate) enabled: bool,
    pub(crate) not_before: Timestamp,
}

/// What is wrong with a representation, in Keycloak's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Invalid(pub(crate) String);

impl From<Invalid> for AdminError {
    fn from(Invalid(text): Invalid) -> Self {
        Self::InvalidInput("invalid_input", text.into())
    }
}

/// Everything that is wrong, each once.
#[derive(Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    pub(super) fn add(&mut self, problem: String) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    fn none(self) -> Result<(), Invalid> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Invalid(self.0.join("; ")))
        }
    }
}

impl ClientRepresentation {
    /// Reads a whole representation: what is absent has Keycloak's default. Secrets and the row's id are the caller's
    /// business.
    pub(crate) fn read(mut self, ground: &Ground<'_>) -> Result<Described, Invalid> {
        self.secret = None;
        self.registration_access_token = None;
        let client_id = self.client_id.clone().unwrap_or_default();
        let (enabled, not_before) = (self.enabled.unwrap_or(true), self.not_before.unwrap_or(0));
        let settings = self.settings(ground)?;
        let spec = ClientSpec::carried(&client_id, settings).map_err(|error| match error {
            ClientSpecError::ClientId if client_id.trim().is_empty() => Invalid("Client ID cannot be blank".into()),
            error => Invalid(error.to_string()),
        })?;
        Ok(Described {
            spec,
            enabled,
            not_before: Timestamp::from_secs(not_before.clamp(0, i64::from(u32::MAX))),
        })
    }

    fn settings(mut self, ground: &Ground<'_>) -> Result<ClientSettings, Invalid> {
        let mut problems = Problems::default();
        let attributes = present(self.attributes.take());
        if let Some(overrides) = &mut self.authentication_flow_binding_overrides {
            overrides.retain(|_, flow| flow.as_ref().is_some_and(|flow| !flow.is_empty()));
        }
        let protocol = self.protocol.clone().unwrap_or_else(|| OPENID_CONNECT.to_owned());
        if !matches!(protocol.as_str(), OPENID_CONNECT | "saml") {
            return Err(Invalid(format!("Invalid protocol: {protocol}")));
        }
        let root = places::root(self.root_url.as_deref(), ground.server).to_owned();
        let named = [
            ("Admin URL", self.admin_url.as_deref()),
            ("Base URL", self.base_url.as_deref()),
        ];
        places::check_members(&root, named, &mut problems);
        let written = named_once(self.redirect_uris.take());
        let redirect_uris = places::redirects(
            written.iter().map(String::as_str),
            &root,
            "A redirect URI",
            &mut problems,
        );
        places::check_attributes(&attributes, &mut problems);
        if attributes.keys().any(|name| !names::fits(name)) {
            problems.add(names::too_long("Attribute name"));
        }
        let post_logout_redirect_uris = places::post_logout(&attributes, &root, &mut problems);
        problems.none()?;

        let is_openid = protocol == OPENID_CONNECT;
        let bearer_only = self.bearer_only.unwrap_or(false);
        let home_url = self.base_url.clone().filter(|url| !url.is_empty());
        let (default_scopes, optional_scopes) = self.scopes(ground, &protocol);
        let mut settings = ClientSettings {
            name: self.name.clone().unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
            client_type: client_type(self.public_client),
            auth_method: match self.client_authenticator_type.as_deref() {
                authenticator if is_openid => attributes::auth_method(authenticator, &attributes),
                _ => ClientAuthMethod::NotOffered,
            },
            standard_flow: self.standard_flow_enabled.unwrap_or(true),
            direct_access_grants: self.direct_access_grants_enabled.unwrap_or(false),
            service_account: self.service_accounts_enabled.unwrap_or(false),
            legacy_wildcard: is_wild(&redirect_uris) || is_wild(&post_logout_redirect_uris),
            redirect_uris,
            post_logout_redirect_uris,
            home_url: home_url.map(|url| places::absolute(&url, &root)),
            web_origins: named_once(self.web_origins.take()),
            consent: consent(self.consent_required),
            role_scope: role_scope(self.full_scope_allowed, self.consent_required),
            mappers: mappers(&mut self)?,
            default_scopes,
            optional_scopes,
            // No client of another protocol gets anything here.
            bearer_only: bearer_only || !is_openid,
            ..ClientSettings::default()
        };
        attributes::read(&mut settings, &attributes, places::any_port(&written));
        settings.attributes = attributes;
        settings.kept = self.kept(&settings, &written)?;
        Ok(settings)
    }

    /// Names of the scopes of the client's protocol; none stands in both lists.
    fn scopes(&mut self, ground: &Ground<'_>, protocol: &str) -> (Vec<String>, Vec<String>) {
        let spoken = |name: &String| ground.scopes.get(name.as_str()).is_some_and(|of| *of == protocol);
        let mut default = named_once(self.default_client_scopes.take());
        default.retain(spoken);
        let mut optional = named_once(self.optional_client_scopes.take());
        optional.retain(|name| spoken(name) && !default.contains(name));
        (default, optional)
    }

    /// What nothing reads, and what was written otherwise than it is compared.
    fn kept(&self, settings: &ClientSettings, written: &[String]) -> Result<Map<String, Value>, Invalid> {
        let whole = serde_json::to_value(self).map_err(|error| Invalid(error.to_string()))?;
        let Value::Object(mut members) = whole else {
            return Ok(Map::new());
        };
        let mut kept = Map::new();
        let mut keep = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                kept.insert(name.to_owned(), value);
            }
        };
        for name in KEPT {
            keep(name, members.remove(name));
        }
        keep(
            "redirectUris",
            (settings.redirect_uris != written).then(|| written.into()),
        );
        let written = self.bearer_only.unwrap_or(false);
        keep(
            "bearerOnly",
            (written != settings.bearer_only).then_some(Value::Bool(written)),
        );
        // Empty is not absent.
        for name in ["name", "description"] {
            keep(name, members.remove(name).filter(|text| text == ""));
        }
        Ok(kept)
    }
}

fn client_type(public: Option<bool>) -> ClientType {
    match public {
        Some(true) => ClientType::Public,
        Some(false) | None => ClientType::Confidential,
    }
}

fn consent(required: Option<bool>) -> ConsentPolicy {
    match required {
        Some(true) => ConsentPolicy::Remember,
        Some(false) | None => ConsentPolicy::None,
    }
}

/// Without a word, a client for which people are asked carries only the roles that were meant for it.
fn role_scope(full: Option<bool>, consent_required: Option<bool>) -> RoleScope {
    if full.unwrap_or(consent_required != Some(true)) {
        RoleScope::Full
    } else {
        RoleScope::Mapped
    }
}

fn mappers(representation: &mut ClientRepresentation) -> Result<Vec<ProtocolMapper>, Invalid> {
    let described = representation.protocol_mappers.take().unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut rows = Vec::with_capacity(described.len());
    for mapper in described {
        let row = mapper.into_row();
        let row = row.ok_or_else(|| Invalid("A protocol mapper has a name and a protocolMapper".into()))?;
        if !names.insert(row.name.clone()) {
            return Err(Invalid("Protocol mapper exists with same name".into()));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn present(attributes: Option<super::Texts>) -> attributes::Attributes {
    let present = |(name, value): (String, Option<String>)| Some((name, value.filter(|value| !value.is_empty())?));
    let mut attributes: attributes::Attributes =
        attributes.unwrap_or_default().into_iter().filter_map(present).collect();
    // A secret that is still good for a while is a row of its own, sealed.
    attributes.remove(super::ROTATED_SECRET);
    attributes
}

/// A list without blanks and repetitions.
fn named_once(list: Option<Vec<String>>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut list = list.unwrap_or_default();
    list.retain(|entry| !entry.trim().is_empty() && known.insert(entry.clone()));
    list
}

fn is_wild(uris: &[String]) -> bool {
    uris.iter()
        .any(|uri| keyward_domain::client::redirect_uri::is_pattern(uri))
}
