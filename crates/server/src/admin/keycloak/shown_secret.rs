//! A secret that stands in a representation: it is written out, and never printed.

use keyward_domain::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands for a secret where it is not shown. Coming back, it means that the secret stays.
pub(crate) const MASK: &str = "**********";

/// A secret on its way in or out.
#[derive(Clone, Debug)]
pub(crate) struct ShownSecret(Secret);

impl ShownSecret {
    /// One that is shown.
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// What stands for one that is not.
    pub(crate) fn masked() -> Self {
        Self(Secret::new(MASK.to_owned()))
    }

    /// The secret that somebody sent: none when they sent nothing, or what stands for one.
    pub(crate) fn sent(shown: Option<Self>) -> Option<Secret> {
        let Self(secret) = shown?;
        (!secret.expose().is_empty() && secret.expose() != MASK).then_some(secret)
    }
}

impl Serialize for ShownSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for ShownSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Secret::new(String::deserialize(deserializer)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, ShownSecret};

    #[test]
    fn a_secret_is_written_and_not_printed() {
        let shown = ShownSecret::new(Secret::new("hunter2".into()));
        assert_eq!(serde_json::to_string(&shown).unwrap(), "\"hunter2\"");
        assert!(!format!("{shown:?}").contains("hunter2"));
    }

    #[test]
    fn a_mask_that_comes_back_is_no_secret() {
        let sent = |text: &str| ShownSecret::sent(serde_json::from_value(text.into()).unwrap());
        assert!(sent("**********").is_none() && sent("").is_none() && ShownSecret::sent(None).is_none());
        assert_eq!(sent("hunter2").unwrap().expose(), "hunter2");
    }
}
