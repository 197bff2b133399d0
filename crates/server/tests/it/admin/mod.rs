//! The admin REST API over real HTTP, one file per noun. Each route is named literally in a test, by its method and
//! path: a route that no test names does not count as offered.

pub(crate) mod support;

mod attack_detection;
mod authentication;
mod bad_text;
mod client_scopes;
mod clients;
mod components;
mod escalation;
mod events;
mod every_route;
mod export;
mod groups;
mod identity_providers;
mod import;
mod keys;
mod localization;
mod long_names;
mod mail;
mod memory;
mod narrow_client;
mod openapi;
mod orders_realm;
mod organizations;
mod partial_import;
mod password_policy;
mod realms;
mod role_mappings;
mod roles;
mod server_info;
mod users;
mod wrong_json;
