//! The authorization response as a form that the browser posts.

use serde::Serialize;

use super::Pair;

/// The page that carries the response's parameters to the client's redirect URI: by itself where scripts run, by its
/// one button elsewhere. OAuth Form Post Response Mode §2
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct FormPost<'a> {
    /// The redirect URI, already compared with the client's list.
    pub action: &'a str,
    /// The response's parameters.
    pub pairs: &'a [Pair<'a>],
}
