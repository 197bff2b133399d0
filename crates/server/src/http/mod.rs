//! What all endpoints share: the edge of a request, who calls, what goes out.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod client_auth;
pub(crate) mod cookies;
pub(crate) mod cors;
pub(crate) mod edge;
pub(crate) mod entropy;
pub(crate) mod form;
pub(crate) mod forwarded;
pub(crate) mod page;
pub(crate) mod realm;
pub(crate) mod respond;
pub(crate) mod sealed;
pub(crate) mod throttle;
pub(crate) mod write;
