//! The authorization server over HTTP.
//!
//! [`app::App`] is what every request needs; [`routes`] holds every path; [`listen`] accepts connections. The crate
//! sees storage only through the ports of `keyward-domain`.

mod account;
pub mod admin;
pub mod app;
mod authorize;
mod changes;
mod grants;
mod guarded;
mod http;
mod id_token_hint;
mod introspect;
pub mod jobs;
mod jwks;
pub mod listen;
pub mod login;
mod logout;
mod mail;
pub mod management;
mod metadata;
mod pages;
mod realm_info;
mod refresh_token;
mod revoke;
pub mod routes;
mod session;
mod session_iframe;
pub mod settings;
pub mod snapshot;
mod subjects;
mod token;
mod user_events;
mod userinfo;

pub use app::App;
pub use http::entropy::SystemEntropy;
pub use settings::Settings;
