//! Keys as Keycloak has them: components of one type.

/// The type of the components that are keys.
pub(crate) const KEY_PROVIDER: &str = "org.keycloak.keys.KeyProvider";

/// The member that says which key a component is.
pub(crate) const KID: &str = "kid";

/// The members that hold a key.
pub(crate) const SECRETS: [&str; 4] = ["privateKey", "ecdsaPrivateKey", "eddsaPrivateKey", "secret"];
