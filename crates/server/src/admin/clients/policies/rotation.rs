//! How the secrets of a client are replaced.

use serde_json::Value;

use super::model::Executor;

/// A secret ends after a while, and the one before goes on for a while when there is a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::admin::clients) struct Rotation {
    /// Seconds that a new secret works.
    pub(in crate::admin::clients) expiration_secs: i64,
    /// Seconds that the one before goes on working; 0 when it ends at once.
    pub(in crate::admin::clients) rotated_secs: i64,
}

/// Keycloak's: 29 days.
const EXPIRATION_SECS: i64 = 29 * 24 * 60 * 60;

impl Executor {
    /// What an executor of that kind says; nothing by any other.
    pub(super) fn rotation(&self) -> Option<Rotation> {
        let secs = |name: &str| match self.configuration.get(name) {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        (self.executor == "secret-rotation").then(|| {
            let expiration_secs = secs("expiration-period")
                .filter(|secs| *secs > 0)
                .unwrap_or(EXPIRATION_SECS);
            let rotated_secs = secs("rotated-expiration-period").unwrap_or(0);
            Rotation {
                expiration_secs,
                rotated_secs: rotated_secs.clamp(0, expiration_secs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Executor, Rotation};

    #[test]
    fn periods_are_read_as_numbers_or_texts() {
        let read = |value| serde_json::from_value::<Executor>(value).unwrap().rotation();
        let both = json!({ "expiration-period": 100, "rotated-expiration-period": "50" });
        assert_eq!(
            read(json!({ "executor": "secret-rotation", "configuration": both })),
            Some(Rotation {
                expiration_secs: 100,
                rotated_secs: 50
            })
        );
        let longer = json!({ "expiration-period": 10, "rotated-expiration-period": 50 });
        let found = read(json!({ "executor": "secret-rotation", "configuration": longer }));
        assert_eq!(found.unwrap().rotated_secs, 10);
        assert_eq!(read(json!({ "executor": "pkce-enforcer", "configuration": {} })), None);
    }
}
