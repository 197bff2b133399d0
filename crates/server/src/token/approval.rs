//! What a grant decided.

use std::borrow::Cow;
use std::sync::Arc;

use keyward_domain::Timestamp;
use keyward_domain::grant::Grant;
use keyward_domain::policy::claims::{Moment, Subject, TokenPlan};

use super::mark::Mark;
use crate::http::edge::Cx;
use crate::snapshot::ClientEntry;

/// For whom a token is, and what it says. Every grant ends in one, and [`super::issue`] turns it into tokens.
pub(crate) struct Approval<'s> {
    /// The client that gets the tokens.
    pub(crate) client: &'s ClientEntry,
    /// Whom the tokens speak for.
    pub(crate) subject: Arc<Subject>,
    /// What the access token says.
    pub(crate) plan: Cow<'s, TokenPlan>,
    /// The grant's mark in `jti`, as Keycloak writes it.
    pub(crate) mark: Mark,
    /// What there is beside when a person gave the grant.
    pub(crate) given: Option<Given>,
}

impl Approval<'_> {
    /// What only this moment knows of the token.
    pub(crate) fn moment(&self, cx: &Cx) -> Moment {
        let grant = self.given.as_ref().map(|given| &given.grant);
        Moment {
            client_address: Some(cx.address),
            auth_time: grant.map(|grant| grant.authorized.auth_time),
            session: grant.map(|grant| grant.session),
        }
    }

    /// `sub`: the user's row, or what the client knows them by.
    pub(crate) fn sub(&self) -> String {
        self.plan.sub.unwrap_or(self.subject.user.id.0).to_string()
    }
}

/// A grant that a person gave: a refresh token comes of it, and an ID token when `openid` was asked for.
pub(crate) struct Given {
    /// The grant as it stands after this step.
    pub(crate) grant: Grant,
    /// `nonce` of the authorization request: it goes into the first ID token (OIDC Core §12.2).
    pub(crate) nonce: Option<String>,
    /// `iat` of the tokens: when the grant stood so. An answer that is given again carries the same.
    pub(crate) issued_at: Timestamp,
    /// What tells the access token from the others of its grant.
    pub(crate) serial: Serial,
    /// The scopes of the tokens that go out: those of the grant, or fewer.
    pub(crate) scope: Vec<String>,
    /// Whether an ID token goes out.
    pub(crate) with_id_token: bool,
}

/// What tells an access token from the others of its grant.
#[derive(Clone, Copy)]
pub(crate) enum Serial {
    /// The place of the refresh token that goes out with it: one for each rotation, so that the access token of an
    /// answer that never arrived can be named and revoked.
    Sequence,
    /// Chance: the refresh token does not rotate.
    Random,
}
