//! What a grant decided.

use std::borrow::Cow;

use keyward_domain::policy::claims::{AccessTokenPlan, Subject};

use crate::snapshot::ClientEntry;

/// For whom a token is, and what it says. Every grant ends in one, and [`super::issue`] turns it into a token.
pub(crate) struct Approval<'s> {
    /// The client that gets the token.
    pub(crate) client: &'s ClientEntry,
    /// Whom the token speaks for.
    pub(crate) subject: &'s Subject,
    /// What the token says.
    pub(crate) plan: Cow<'s, AccessTokenPlan>,
    /// The grant's mark in `jti`, as Keycloak writes it.
    pub(crate) mark: &'static str,
}
