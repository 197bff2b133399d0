//! The client against servers on this machine.

mod introspect;
mod issuer;
mod jwks;
mod support;
mod transport;
