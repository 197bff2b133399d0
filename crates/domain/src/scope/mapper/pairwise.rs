//! A `sub` by which two sectors cannot tell that they serve the same person (OIDC Core §8.1).

use keyward_jose::digest;
use uuid::{Builder, Uuid};

use super::Config;
use crate::client::ClientSettings;
use crate::id::UserId;

/// How a `sub` is made, as in Keycloak: people keep theirs when their realm moves here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PairwiseSub {
    /// The host of `sectorIdentifierUri`.
    sector: Option<String>,
    salt: String,
}

impl PairwiseSub {
    /// A mapper without a salt does nothing: anybody could compute what it gives.
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            sector: config.text("sectorIdentifierUri").and_then(host).map(str::to_owned),
            salt: config.said("pairwiseSubAlgorithmSalt")?.to_owned(),
        })
    }

    /// The `sub` of a user for a client. A client whose sector cannot be told is one by itself.
    pub(crate) fn sub(&self, client_id: &str, client: &ClientSettings, user: UserId) -> Uuid {
        let sector = self.sector.as_deref().or_else(|| only_host(&client.redirect_uris));
        let text = format!("{}{user}{}", sector.unwrap_or(client_id), self.salt);
        let hash = digest::sha256(text.as_bytes());
        // Version 3, its name the hash.
        Builder::from_md5_bytes(digest::md5_of_name(&hash)).into_uuid()
    }
}

/// The host that all redirect URIs share.
fn only_host(uris: &[String]) -> Option<&str> {
    let mut hosts = uris.iter().filter_map(|uri| host(uri));
    let first = hosts.next()?;
    hosts.all(|host| host == first).then_some(first)
}

fn host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.rfind(':') {
        Some(at) if !host.ends_with(']') => host.get(..at)?,
        _ => host,
    };
    (!host.is_empty()).then_some(host)
}
