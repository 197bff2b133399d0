//! The server over real HTTP, one file per feature.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test may panic"
)]

mod support;

mod account;
mod admin;
mod audit;
mod authorization_code;
mod authorize;
mod authorize_recorded;
mod bad_input;
mod borders;
mod brute_force;
mod changes;
mod client_auth;
mod client_credentials;
mod client_sessions;
mod consent;
mod cors;
mod discovery;
mod guarded;
mod id_token;
mod introspection;
mod jwks;
mod key_rotation;
mod lifetimes;
mod login;
mod login_attacks;
mod logout;
mod management;
mod mapped;
mod outage;
mod pages_over_http;
mod password_grant;
mod prompt;
mod realms;
mod recorded;
mod recorded_users;
mod redirect_uri;
mod refresh;
mod request_id;
mod required_action;
mod revocation;
mod second_factor;
mod session_iframe;
mod sessions;
mod throttle;
mod transport;
mod user_tokens;
mod userinfo;
