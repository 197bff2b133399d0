//! Numbers as Keycloak reads them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A whole number, or its digits as a text: Keycloak's own reader takes both, and files that scripts made have both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(pub(super) i64);

impl Number {
    /// As an unsigned number that fits.
    pub(super) fn to_u32(self) -> Option<u32> {
        self.0.try_into().ok()
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNumber)
    }
}

struct AnyNumber;

impl Visitor<'_> for AnyNumber {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        number
            .try_into()
            .map(Number)
            .map_err(|_| E::custom("the number is too large"))
    }

    fn visit_str<E: Error>(self, digits: &str) -> Result<Number, E> {
        digits.parse().map(Number).map_err(|_| E::custom("not a whole number"))
    }
}
