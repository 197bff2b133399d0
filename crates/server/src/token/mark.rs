//! What the `jti` of an access token begins with, as Keycloak writes it: the session, the token, the grant.

use std::fmt;

use keyward_domain::grant::{Grant, GrantKind};

use crate::snapshot::ClientEntry;

/// The mark of a token.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    session: &'static str,
    token: &'static str,
    grant: &'static str,
}

/// The grant that gave it.
#[derive(Clone, Copy)]
pub(crate) enum GrantMark {
    Code,
    Password,
    Refresh,
}

impl Mark {
    /// Of a token that a person gave.
    pub(crate) fn of(client: &ClientEntry, grant: &Grant, given_by: GrantMark) -> Self {
        Self {
            session: match grant.kind {
                GrantKind::Online => "on",
                GrantKind::Offline => "of",
            },
            token: token(client),
            grant: match given_by {
                GrantMark::Code => "ac",
                GrantMark::Password => "ro",
                GrantMark::Refresh => "rt",
            },
        }
    }

    /// Of a token that a client got for itself.
    pub(crate) fn of_machine(client: &ClientEntry) -> Self {
        Self {
            session: "tr",
            token: token(client),
            grant: "cc",
        }
    }
}

fn token(client: &ClientEntry) -> &'static str {
    if client.client.settings.access_token.lightweight {
        "lt"
    } else {
        "rt"
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.session, self.token, self.grant)
    }
}
