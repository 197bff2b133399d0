//! What the authorization server knows: entities, state machines, policy, and the ports to whatever stores them.
//!
//! Nothing here does IO: functions take values and an instant, and return verdicts. The ports in [`ports`] are
//! traits that `keyward-storage` implements on SQLite and PostgreSQL.
#![warn(missing_docs)]

pub mod client;
pub mod credential;
pub mod document;
pub mod entropy;
pub mod event;
pub mod fault;
pub mod grant;
pub mod group;
pub mod id;
pub mod key;
pub mod policy;
pub mod ports;
pub mod realm;
pub mod role;
pub mod scope;
pub mod secret;
pub mod session;
pub mod timestamp;
pub mod user;
pub mod user_event;

pub use entropy::Entropy;
pub use fault::Fault;
pub use timestamp::{Clock, Timestamp};
