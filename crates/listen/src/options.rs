//! What a port allows.

use std::time::Duration;

use ipnet::IpNet;

/// What a port allows.
#[derive(Clone, Debug)]
pub struct Options {
    /// Most connections at a time; more wait in the system's queue. A tunnel that began as an upgrade counts until it
    /// ends.
    pub max_connections: usize,
    /// How many of them one address may have; no limit of its own when absent.
    pub per_address: Option<PerAddress>,
    /// How long the head of a request may take to arrive, a TLS handshake to end, and a write to make no progress.
    pub request_timeout: Duration,
    /// How long requests under way get at shutdown.
    pub drain: Duration,
    /// Longest request head in bytes; beyond it the answer is 431. Less than 8192 counts as 8192.
    pub max_head: usize,
    /// What becomes of the answer to a client that has closed its side.
    pub half_closed: HalfClosed,
    /// Whether a connection may turn into something else.
    pub upgrades: Upgrades,
}

/// A limit to the connections of one address. Addresses of IPv6 count together by their network of 64 bits, which one
/// household or machine has to itself.
#[derive(Clone, Debug)]
pub struct PerAddress {
    /// Most connections at a time. One more is closed at once, as waiting would take a place from others.
    pub most: usize,
    /// Whom the limit does not concern: proxies, through which many call.
    pub except: Vec<IpNet>,
}

/// What becomes of the answer to a client of HTTP/1.1 that has closed its side after its request. Most that do are gone;
/// some only have nothing more to say, and cannot be told from those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HalfClosed {
    /// It is sent all the same.
    Answered,
    /// The request is dropped: right where an answer costs somebody else's work.
    Dropped,
}

/// Whether a connection may turn into something else after 101 (RFC 9110 §7.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrades {
    /// Never.
    Refused,
    /// When the service answers 101 and takes the connection over by `hyper::upgrade::on`.
    Served,
}
