//! Answers for proxies, over real sockets: questions as each proxy asks them, and real proxies that ask.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a helper of a test may panic, read the clock and say what it skips"
)]

mod support;

mod address;
mod grpc;
mod leave;
mod proxies;
mod refusals;
mod spoofing;
mod tls;
mod upkeep;
