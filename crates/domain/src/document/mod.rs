//! What is kept as data only: parts of a realm that its tools write and read, and that nothing here acts on yet.

use serde_json::Value;

use crate::id::{DocumentId, RealmId};

/// A document's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its row.
    pub id: DocumentId,
    /// The realm it lives in.
    pub realm: RealmId,
    /// What it is.
    pub kind: DocumentKind,
    /// Unique among its kind in the realm: an alias, or the id as text.
    pub name: String,
    /// Keycloak's representation.
    pub body: Value,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// A component. That of a key names it and says what an administrator set; the key has a row of its own.
    Component,
    /// An authentication flow with its executions.
    AuthenticationFlow,
    /// The configuration of an execution.
    AuthenticatorConfig,
    /// A required action.
    RequiredAction,
    /// An identity provider.
    IdentityProvider,
    /// A mapper of an identity provider.
    IdentityProviderMapper,
    /// An organization.
    Organization,
    /// The texts of one locale.
    Localization,
    /// An initial access token (OIDC Registration §3).
    InitialAccess,
    /// Client profiles; one document.
    ClientProfiles,
    /// Client policies; one document.
    ClientPolicies,
    /// The user profile configuration; one document.
    UserProfile,
}

impl DocumentKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Component,
        Self::AuthenticationFlow,
        Self::AuthenticatorConfig,
        Self::RequiredAction,
        Self::IdentityProvider,
        Self::IdentityProviderMapper,
        Self::Organization,
        Self::Localization,
        Self::InitialAccess,
        Self::ClientProfiles,
        Self::ClientPolicies,
        Self::UserProfile,
    ];

    /// The word in its row.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::AuthenticationFlow => "authentication_flow",
            Self::AuthenticatorConfig => "authenticator_config",
            Self::RequiredAction => "required_action",
            Self::IdentityProvider => "identity_provider",
            Self::IdentityProviderMapper => "identity_provider_mapper",
            Self::Organization => "organization",
            Self::Localization => "localization",
            Self::InitialAccess => "initial_access",
            Self::ClientProfiles => "client_profiles",
            Self::ClientPolicies => "client_policies",
            Self::UserProfile => "user_profile",
        }
    }

    /// The kind of a row.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
