//! The guard: checks each request to an API before the API sees it. One core, three shells: a Tower layer, a gateway,
//! and forward-auth for proxies.
//!
//! [`Guard::check`] takes a view of a request through these steps, a file each, and the first that refuses ends it:
//! `normalise` → `route` → `extract` → `authenticate` → `sender` → `revocation` → `authorize` → `rate_limit` →
//! `translate` → `audit`. Nothing in it is a server or a database; what it asks for over the network are an issuer's
//! keys, in the background, and introspection where a policy says so.
#![warn(missing_docs)]

mod address;
pub mod audit;
mod authenticate;
mod authorize;
mod build;
mod caller;
mod challenge;
mod cors;
mod denial;
pub mod explain;
mod extract;
mod guard;
pub mod in_house;
pub mod limit;
mod metadata;
mod normalise;
mod policy;
mod rate_limit;
mod request_id;
mod requirement;
mod revocation;
mod route;
mod sender;
pub mod settings;
mod start;
#[cfg(feature = "testing")]
pub mod testing;
mod translate;

#[cfg(feature = "forward-auth")]
pub mod forward_auth;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "layer")]
pub mod layer;

pub use authenticate::{IntrospectionState, Lookups};
pub use build::{BuildError, Builder};
pub use caller::{Caller, Credential};
pub use denial::{Denial, Outward, Reason, Wanted};
pub use guard::{Decision, Guard, Verdict};
pub use normalise::RequestView;
pub use request_id::{REQUEST_ID, RequestIds};
pub use requirement::{Requirement, RequirementError};
pub use revocation::{Revocation, Revocations};
pub use route::Route;
pub use settings::Settings;
pub use start::{IssuerState, NotReady};
pub use translate::IDENTITY_HEADERS;
