//! The authorization server over HTTP.
//!
//! [`app::App`] is what every request needs; [`routes`] holds every path; [`listen`] accepts connections. The crate
//! sees storage only through the ports of `keyward-domain`.

mod access_token;
pub mod admin;
pub mod app;
mod changes;
mod http;
mod introspect;
pub mod jobs;
mod jwks;
pub mod listen;
pub mod management;
mod metadata;
mod realm_info;
mod revoke;
pub mod routes;
pub mod settings;
pub mod snapshot;
mod token;

pub use app::App;
pub use http::entropy::SystemEntropy;
pub use settings::Settings;
