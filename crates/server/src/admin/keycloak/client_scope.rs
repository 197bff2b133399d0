//! `ClientScopeRepresentation`: what comes in, and what goes out.

use std::collections::BTreeMap;

use keyward_domain::id::{RealmId, ScopeId};
use keyward_domain::scope::{ClientScope, OPENID_CONNECT, ProtocolMapper, ScopeSettings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{self, Texts};
use super::mapper::ProtocolMapperRepresentation;
use crate::admin::names;
use crate::admin::rest::AdminError;
use crate::admin::rest::body::Representation;

/// A client scope as it comes in. Absent members are left alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ScopeRepresentation {
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) description: Option<String>,
    pub(crate) protocol: Option<String>,
    #[serde(deserialize_with = "lenient::texts")]
    pub(crate) attributes: Option<Texts>,
    pub(crate) protocol_mappers: Option<Vec<ProtocolMapperRepresentation>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for ScopeRepresentation {
    const NAME: &'static str = "ClientScopeRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

impl ScopeRepresentation {
    /// The row of a new scope.
    pub(crate) fn row(self, id: ScopeId, realm: RealmId) -> Result<ClientScope, AdminError> {
        let name = self.name.unwrap_or_default();
        check_name(&name)?;
        let protocol = self.protocol.unwrap_or_default();
        check_protocol(&protocol)?;
        let mut mappers: Vec<ProtocolMapper> = Vec::new();
        for mapper in self.protocol_mappers.into_iter().flatten() {
            let mapper = mapper.row()?;
            if mappers.iter().any(|other| other.name == mapper.name) {
                return Err(AdminError::Conflict("Protocol mapper exists with same name".into()));
            }
            mappers.push(mapper);
        }
        let attributes = given(self.attributes.unwrap_or_default());
        names::check_attributes(&attributes)?;
        let description = self.description.unwrap_or_default();
        Ok(ClientScope {
            id,
            realm,
            name,
            settings: ScopeSettings::of_attributes(&description, &protocol, attributes, mappers),
        })
    }

    /// The row of a scope that is changed. Its mappers have endpoints of their own.
    pub(crate) fn change(self, old: &ClientScope) -> Result<ClientScope, AdminError> {
        let name = self.name.unwrap_or_else(|| old.name.clone());
        check_name(&name)?;
        let protocol = self.protocol.unwrap_or_else(|| old.settings.protocol.clone());
        check_protocol(&protocol)?;
        let mut attributes = old.settings.attributes.clone();
        for (name, value) in self.attributes.unwrap_or_default() {
            match value {
                Some(value) => attributes.insert(name, value),
                None => attributes.remove(&name),
            };
        }
        names::check_attributes(&attributes)?;
        let description = self.description.unwrap_or_else(|| old.settings.description.clone());
        let mappers = old.settings.mappers.clone();
        Ok(ClientScope {
            name,
            settings: ScopeSettings::of_attributes(&description, &protocol, attributes, mappers),
            ..old.clone()
        })
    }
}

fn given(attributes: Texts) -> BTreeMap<String, String> {
    attributes
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// A name is a scope token (RFC 6749 §3.3): a client writes it into `scope`.
fn check_name(name: &str) -> Result<(), AdminError> {
    let token = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if !name.is_empty() && name.len() <= 255 && name.bytes().all(token) {
        Ok(())
    } else {
        Err(AdminError::Invalid(
            format!("Unexpected name \"{name}\" for ClientScope").into(),
        ))
    }
}

fn check_protocol(protocol: &str) -> Result<(), AdminError> {
    if matches!(protocol, OPENID_CONNECT | "saml" | "oid4vc") {
        Ok(())
    } else {
        Err(AdminError::invalid("Unexpected protocol"))
    }
}

/// A client scope as it goes out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScopeView<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    protocol: &'a str,
    attributes: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    protocol_mappers: &'a [ProtocolMapper],
}

impl<'a> ScopeView<'a> {
    /// A scope with everything that is known of it.
    pub(crate) fn of(scope: &'a ClientScope) -> Self {
        let settings = &scope.settings;
        let mut attributes: BTreeMap<&str, &str> = settings
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        // One of our own commands' making says so without the attribute; where it is absent, it means the opposite.
        if !settings.include_in_token_scope {
            attributes.entry("include.in.token.scope").or_insert("false");
        }
        Self {
            id: scope.id.to_string(),
            name: &scope.name,
            description: &settings.description,
            protocol: &settings.protocol,
            attributes,
            protocol_mappers: &settings.mappers,
        }
    }
}
