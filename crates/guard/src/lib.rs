//! The guard: checks each request to an API before the API sees it. One core, three shells: a Tower layer, a gateway,
//! and forward-auth for proxies.
#![warn(missing_docs)]

pub mod limit;
