//! Who is connected, as the program's server noted it.

use std::net::IpAddr;

use http::Extensions;

/// The address of whoever is connected: a proxy's, when one stands in front. For the extensions of requests in programs
/// whose server notes it in no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddr(pub IpAddr);

pub(super) fn of(extensions: &Extensions) -> Option<IpAddr> {
    let noted = extensions.get::<PeerAddr>().map(|peer| peer.0);
    #[cfg(feature = "axum")]
    let noted = noted.or_else(|| super::axum::peer(extensions));
    noted
}
