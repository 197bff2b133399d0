//! One more audience.

use super::Config;

/// A `client_id` of the realm or any other text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Audience(pub(crate) String);

impl Audience {
    /// A client goes before a text.
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        let client = config.said("included.client.audience");
        let audience = client.or_else(|| config.said("included.custom.audience"))?;
        Some(Self(audience.to_owned()))
    }
}
