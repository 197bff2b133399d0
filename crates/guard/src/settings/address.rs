//! Addresses as people write them.

use std::net::SocketAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de};

use super::list::list;

/// The `listen` of a table: address and port.
pub fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        de::Error::custom(format!(
            "listen: `{text}` is no address with a port: write it like 127.0.0.1:8090"
        ))
    })
}

/// Networks; one address is a network of one.
pub(crate) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts: Vec<String> = list(deserializer)?;
    let network = |text: String| {
        text.parse().map_err(|_| {
            de::Error::custom(format!(
                "`{text}` is no network: write it like 10.0.0.0/8, one address like 10.0.3.7/32"
            ))
        })
    };
    texts.into_iter().map(network).collect()
}
