//! The gateway over real sockets: between clients that see every byte and an upstream that does as a test has it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a helper of a test may panic and read the clock"
)]

mod support;

mod connections;
mod forwarding;
mod http2;
mod reload;
mod shutdown;
mod slow_clients;
mod smuggling;
mod streaming;
mod tls;
mod upstream_trouble;
mod verdicts;
mod websocket;
