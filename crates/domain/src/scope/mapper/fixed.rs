//! A claim that is the same in every token.

use serde_json::Value;

use super::{ClaimPath, Config, Form};

/// The claim, its value made once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HardcodedClaim {
    pub(crate) path: ClaimPath,
    pub(crate) value: Value,
    pub(crate) form: Form,
}

impl HardcodedClaim {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        let form = Form::parse(config);
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            value: form.of_text(config.text("claim.value")?)?,
            form,
        })
    }
}
