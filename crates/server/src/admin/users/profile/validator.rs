//! What the value of an attribute must be: Keycloak's validators, by their names and with their words.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

mod characters;
mod date;
mod email;
mod pattern;
mod uri;

/// The options of a validator.
pub(super) type Options = Map<String, Value>;

/// Why a value is not taken: Keycloak's key of the message, and what follows the attribute's name in `params`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Broken {
    pub(super) message: String,
    pub(super) params: Vec<Value>,
}

impl Broken {
    fn new(message: &str, params: Vec<Value>) -> Self {
        Self {
            message: message.to_owned(),
            params,
        }
    }
}

/// One of Keycloak's validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validator {
    Length,
    Integer,
    Double,
    Pattern,
    Email,
    Uri,
    Options,
    LocalDate,
    IsoDate,
    PersonName,
    Username,
    Homograph,
    /// How many values there are: of the whole list, not of one value.
    Multivalued,
}

impl Validator {
    /// By Keycloak's name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "length" => Self::Length,
            "integer" => Self::Integer,
            "double" => Self::Double,
            "pattern" => Self::Pattern,
            "email" => Self::Email,
            "uri" => Self::Uri,
            "options" => Self::Options,
            "local-date" => Self::LocalDate,
            "iso-date" => Self::IsoDate,
            "person-name-prohibited-characters" => Self::PersonName,
            "username-prohibited-characters" => Self::Username,
            "up-username-not-idn-homograph" => Self::Homograph,
            "multivalued" => Self::Multivalued,
            _ => return None,
        })
    }

    /// Judges one value that is not blank.
    pub(super) fn judge(self, value: &str, options: &Options) -> Result<(), Broken> {
        match self {
            Self::Length => length(value, options),
            Self::Integer => number(value.parse::<i64>().ok(), options, |option| text(option).parse().ok()),
            Self::Double => {
                let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
                number(finite(value), options, |option| finite(&text(option)))
            }
            Self::Pattern => pattern::judge(value, options),
            Self::Email => email::judge(value, options),
            Self::Uri => uri::judge(value),
            Self::Options => {
                let known = options.get("options").and_then(Value::as_array);
                let known = known.is_some_and(|known| known.iter().any(|option| text(option) == value));
                demand(known, "error-invalid-value", Vec::new)
            }
            Self::LocalDate => demand(date::is_local(value), "error-invalid-date", Vec::new),
            Self::IsoDate => demand(date::is_iso(value), "error-invalid-date", || vec![json!(value)]),
            Self::PersonName => characters::judge(
                value,
                characters::PERSON,
                "error-person-name-invalid-character",
                options,
            ),
            Self::Username => {
                characters::judge(value, characters::USERNAME, "error-username-invalid-character", options)
            }
            Self::Homograph => characters::judge_homograph(value, options),
            Self::Multivalued => Ok(()),
        }
    }

    /// What is wrong with the options: pairs of an option and Keycloak's key.
    pub(super) fn mistakes(self, options: &Options) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Length if !options.contains_key("min") && !options.contains_key("max") => {
                vec![("min", MISSING), ("max", MISSING)]
            }
            Self::Multivalued if !options.contains_key("max") => vec![("max", MISSING)],
            Self::Length | Self::Multivalued | Self::Integer => {
                bounds(options, |option| text(option).parse::<i64>().ok())
            }
            Self::Double => bounds(options, |option| text(option).parse::<f64>().ok()),
            Self::Pattern => pattern::mistakes(options),
            Self::Options if !options.get("options").is_some_and(Value::is_array) => vec![("options", MISSING)],
            _ => Vec::new(),
        }
    }
}

const MISSING: &str = "error-validator-config-missing-value";
const NO_NUMBER: &str = "error-validator-config-invalid-number-value";
const INVALID: &str = "error-validator-config-invalid-value";

/// A number or a text in the options.
fn text(option: &Value) -> String {
    match option {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The message that the options name instead of the usual one.
fn message<'o>(options: &'o Options, usual: &'o str) -> &'o str {
    let named = options.get("error-message").and_then(Value::as_str);
    named.filter(|named| !named.trim().is_empty()).unwrap_or(usual)
}

fn demand(met: bool, message: &str, params: impl FnOnce() -> Vec<Value>) -> Result<(), Broken> {
    if met {
        Ok(())
    } else {
        Err(Broken::new(message, params()))
    }
}

fn length(value: &str, options: &Options) -> Result<(), Broken> {
    let trimmed = options
        .get("trim-disabled")
        .is_none_or(|disabled| text(disabled) != "true");
    let value = if trimmed { value.trim() } else { value };
    // Java counts UTF-16 units.
    let length = i64::try_from(value.encode_utf16().count()).unwrap_or(i64::MAX);
    let bound = |name| options.get(name).and_then(|option| text(option).parse::<i64>().ok());
    let (min, max) = (bound("min"), bound("max"));
    let fits = min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max);
    let message = match (min, max) {
        (_, None) => "error-invalid-length-too-short",
        (None, _) => "error-invalid-length-too-long",
        _ => "error-invalid-length",
    };
    demand(fits, message, || vec![json!(min), json!(max)])
}

fn number<N: PartialOrd + Copy + Into<Value>>(
    value: Option<N>,
    options: &Options,
    parse: impl Fn(&Value) -> Option<N>,
) -> Result<(), Broken> {
    let Some(value) = value else {
        return Err(Broken::new("error-invalid-number", Vec::new()));
    };
    let bound = |name| options.get(name).and_then(&parse);
    let (min, max) = (bound("min"), bound("max"));
    let fits = min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
    let message = match (options.contains_key("min"), options.contains_key("max")) {
        (_, false) => "error-number-out-of-range-too-small",
        (false, _) => "error-number-out-of-range-too-big",
        _ => "error-number-out-of-range",
    };
    let param = |bound: Option<N>| bound.map_or(Value::Null, Into::into);
    demand(fits, message, || vec![param(min), param(max)])
}

fn bounds<N: PartialOrd>(options: &Options, parse: impl Fn(&Value) -> Option<N>) -> Vec<(&'static str, &'static str)> {
    let bound = |name| options.get(name).map(&parse);
    let (min, max) = (bound("min"), bound("max"));
    let mut mistakes = Vec::new();
    for (name, bound) in [("min", &min), ("max", &max)] {
        if matches!(bound, Some(None)) {
            mistakes.push((name, NO_NUMBER));
        }
    }
    if let (Some(Some(min)), Some(Some(max))) = (min, max)
        && min.partial_cmp(&max) == Some(Ordering::Greater)
    {
        mistakes.push(("max", INVALID));
    }
    mistakes
}

#[cfg(test)]
mod tests;
