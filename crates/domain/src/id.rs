//! Identifiers: one type per noun, so that they cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A realm's row. Its name can change, this cannot.
    RealmId
);
id!(
    /// A client's row (Keycloak's `id`); the OAuth `client_id` is a text beside it.
    ClientUuid
);
id!(
    /// A client secret's row: a client has two while its secret is being rotated.
    ClientSecretId
);
id!(
    /// A user's row and the `sub` of their tokens.
    UserId
);
id!(
    /// A role's row.
    RoleId
);
id!(
    /// A client scope's row.
    ScopeId
);
id!(
    /// A credential's row.
    CredentialId
);
id!(
    /// A grant: what a subject gave to a client. Parent of codes and tokens.
    GrantId
);
id!(
    /// The row of an opaque access token. It grows with time.
    AccessTokenId
);
id!(
    /// A session: a person's login at the server. `sid` of the tokens that come of it.
    SessionId
);
id!(
    /// An audit event.
    EventId
);
id!(
    /// A group's row.
    GroupId
);
id!(
    /// A protocol mapper of a client or of a client scope.
    MapperId
);
id!(
    /// The row of a thing that is kept as data only.
    DocumentId
);
