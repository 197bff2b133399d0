//! A claim that the client itself names the value of, in `claims` (OIDC Core §5.5.1).

use super::{ClaimPath, Config};

/// The claim. Its value goes back to the client that sent it, in the ID token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValueOfRequest {
    pub(crate) path: ClaimPath,
    /// Its name in `claims`.
    pub(crate) name: String,
}

impl ValueOfRequest {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        let name = config.text("claim.name")?;
        Some(Self {
            path: ClaimPath::parse(name)?,
            name: name.to_owned(),
        })
    }
}
