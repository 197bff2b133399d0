//! Where the claim of a mapper goes.

use super::Config;

/// Where a claim can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The access token.
    AccessToken,
    /// The access token of a client whose tokens are lightweight: the rest is told at introspection.
    LightweightAccessToken,
    /// The ID token.
    IdToken,
    /// The userinfo answer.
    UserInfo,
    /// The introspection answer.
    Introspection,
    /// The token answer itself, beside the tokens.
    Response,
}

/// Several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Targets(u8);

impl Target {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Targets {
    pub(super) const ALL: Self = Self(0b11_1111);

    /// What a mapper says of them. Older mappers say nothing of userinfo and introspection: they follow ID token and
    /// access token.
    pub(super) fn parse(config: Config<'_>) -> Self {
        let access_token = config.is_true("access.token.claim");
        let id_token = config.is_true("id.token.claim");
        let or = |name: &str, other: bool| config.text(name).map_or(other, |text| text == "true");
        Self::from_iter([
            (Target::AccessToken, access_token),
            (Target::LightweightAccessToken, config.is_true("lightweight.claim")),
            (Target::IdToken, id_token),
            (Target::UserInfo, or("userinfo.token.claim", id_token)),
            (Target::Introspection, or("introspection.token.claim", access_token)),
            (Target::Response, config.is_true("access.tokenResponse.claim")),
        ])
    }

    /// The same for mappers that only know the access token, and mean it where they say nothing.
    pub(super) fn of_access_token(config: Config<'_>) -> Self {
        let unless_said = |name: &str| config.text(name).is_none_or(|text| text == "true");
        Self::from_iter([
            (Target::AccessToken, unless_said("access.token.claim")),
            (Target::LightweightAccessToken, config.is_true("lightweight.claim")),
            (Target::Introspection, unless_said("introspection.token.claim")),
        ])
    }

    /// Whether one is among them.
    pub(crate) fn contains(self, target: Target) -> bool {
        self.0 & target.bit() != 0
    }

    pub(super) fn without(self, targets: &[Target]) -> Self {
        Self(targets.iter().fold(self.0, |bits, target| bits & !target.bit()))
    }

    pub(super) fn only(self, targets: &[Target]) -> Self {
        Self(self.0 & targets.iter().fold(0, |bits, target| bits | target.bit()))
    }
}

impl FromIterator<(Target, bool)> for Targets {
    fn from_iter<I: IntoIterator<Item = (Target, bool)>>(said: I) -> Self {
        let bits = said
            .into_iter()
            .filter(|(_, holds)| *holds)
            .fold(0, |bits, (target, _)| bits | target.bit());
        Self(bits)
    }
}
