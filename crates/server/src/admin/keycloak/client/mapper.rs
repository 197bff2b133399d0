//! A mapper inside the representation of a client: as it was sent, or as its row is.

use std::sync::LazyLock;

use keyward_domain::entropy;
use keyward_domain::id::MapperId;
use keyward_domain::scope::{OPENID_CONNECT, ProtocolMapper};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::{Map, Value};

use crate::admin::keycloak::mapper::ProtocolMapperRepresentation;
use crate::admin::rest::body::Representation;
use crate::http::entropy::SystemEntropy;

/// A mapper of a client.
#[derive(Clone, Debug)]
pub(crate) enum ClientMapper {
    /// It is there.
    Row(ProtocolMapper),
    /// Somebody describes it.
    Sent(ProtocolMapperRepresentation),
}

/// What a description of one leaves over; a row leaves nothing.
impl Representation for ClientMapper {
    const NAME: &'static str = ProtocolMapperRepresentation::NAME;
    const KEPT: &'static [&'static str] = ProtocolMapperRepresentation::KEPT;

    fn rest(&self) -> &Map<String, Value> {
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        match self {
            Self::Row(_) => &NOTHING,
            Self::Sent(sent) => sent.rest(),
        }
    }
}

impl ClientMapper {
    /// Its row; with the id that was sent, if that is one. `None` when it has no name or no kind. Kinds that are not
    /// known are kept: a realm file may come from a server with others.
    pub(super) fn into_row(self) -> Option<ProtocolMapper> {
        let sent = match self {
            Self::Row(row) => return Some(row),
            Self::Sent(sent) => sent,
        };
        let id = sent.id.and_then(|id| id.parse().ok());
        let config = sent.config.unwrap_or_default().into_iter();
        Some(ProtocolMapper {
            id: id.unwrap_or_else(|| MapperId(entropy::uuid(&mut SystemEntropy))),
            name: sent.name.filter(|name| !name.is_empty())?,
            protocol: sent.protocol.unwrap_or_else(|| OPENID_CONNECT.to_owned()),
            protocol_mapper: sent.protocol_mapper.filter(|kind| !kind.is_empty())?,
            consent_required: sent.consent_required.unwrap_or(false),
            config: config.filter_map(|(name, value)| Some((name, value?))).collect(),
        })
    }
}

impl Serialize for ClientMapper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Row(row) => row.serialize(serializer),
            Self::Sent(_) => match self.clone().into_row() {
                Some(row) => row.serialize(serializer),
                None => Err(ser::Error::custom("a mapper without a name or a kind")),
            },
        }
    }
}

impl<'de> Deserialize<'de> for ClientMapper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ProtocolMapperRepresentation::deserialize(deserializer).map(Self::Sent)
    }
}
