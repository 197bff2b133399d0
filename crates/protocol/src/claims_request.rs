//! The `claims` parameter. OIDC Core §5.5

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::error::ErrorCode;

/// The longest `claims` value, in bytes.
pub const MAX_CLAIMS_BYTES: usize = 4000;
/// How deep a wanted value may nest.
const MAX_DEPTH: usize = 8;

/// Claims that are asked for one by one. Serialises as it came, without what is not known here. OIDC Core §5.5
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// Claims for the ID token, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
    /// Claims for the userinfo answer, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
}

/// How one claim is asked for; `null` on the wire is the default, a voluntary claim of any value. OIDC Core §5.5.1
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Members>", into = "Option<Members>")]
pub struct ClaimRequest {
    /// Whether the client says that it cannot do without.
    pub essential: bool,
    /// The one value that it wants.
    pub value: Option<Value>,
    /// The values that it would take, the first the best.
    pub values: Vec<Value>,
}

/// Why a `claims` parameter was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClaimsRequestError {
    /// Longer than [`MAX_CLAIMS_BYTES`].
    #[error("claims longer than {MAX_CLAIMS_BYTES} bytes")]
    TooLong,
    /// Not a JSON object of the shape that OIDC Core §5.5 gives, or one that nests too deep.
    #[error("claims malformed")]
    Malformed,
}

impl ClaimsRequestError {
    /// What the client is told; always `invalid_request`.
    pub const fn code(self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::TooLong | Self::Malformed => "Invalid parameter: claims",
        }
    }
}

impl ClaimsRequest {
    /// Reads the parameter; members that are not known here are left alone. OIDC Core §5.5
    ///
    /// # Errors
    /// [`ClaimsRequestError`]
    pub fn parse(json: &str) -> Result<Self, ClaimsRequestError> {
        if json.len() > MAX_CLAIMS_BYTES {
            return Err(ClaimsRequestError::TooLong);
        }
        // serde would read an array as the fields in their order.
        if !json.trim_ascii_start().starts_with('{') {
            return Err(ClaimsRequestError::Malformed);
        }
        let request: Self = serde_json::from_str(json).map_err(|_| ClaimsRequestError::Malformed)?;
        if request
            .id_token
            .values()
            .chain(request.userinfo.values())
            .all(is_shallow)
        {
            Ok(request)
        } else {
            Err(ClaimsRequestError::Malformed)
        }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }
}

impl ClaimRequest {
    /// Whether `value` is one that was asked for; any is when none was named. OIDC Core §5.5.1
    pub fn accepts(&self, value: &Value) -> bool {
        match &self.value {
            Some(wanted) => wanted == value,
            None => self.values.is_empty() || self.values.contains(value),
        }
    }

    /// The values that were named, best first.
    pub fn wanted(&self) -> impl Iterator<Item = &Value> {
        self.value.iter().chain(&self.values)
    }
}

#[derive(Serialize, Deserialize)]
struct Members {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    essential: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
}

impl From<Option<Members>> for ClaimRequest {
    fn from(members: Option<Members>) -> Self {
        members.map_or_else(
            Self::default,
            |Members {
                 essential,
                 value,
                 values,
             }| Self {
                essential,
                value,
                values,
            },
        )
    }
}

impl From<ClaimRequest> for Option<Members> {
    fn from(request: ClaimRequest) -> Self {
        (request != ClaimRequest::default()).then_some(Members {
            essential: request.essential,
            value: request.value,
            values: request.values,
        })
    }
}

fn is_shallow(request: &ClaimRequest) -> bool {
    request.wanted().all(|value| fits(value, MAX_DEPTH))
}

/// serde_json has bounded the recursion before.
fn fits(value: &Value, depth: usize) -> bool {
    match (value, depth.checked_sub(1)) {
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => true,
        (Value::Array(values), Some(depth)) => values.iter().all(|value| fits(value, depth)),
        (Value::Object(members), Some(depth)) => members.values().all(|value| fits(value, depth)),
        (Value::Array(_) | Value::Object(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// OIDC Core §5.5
    const EXAMPLE: &str = r#"{
        "userinfo": {
            "given_name": {"essential": true},
            "nickname": null,
            "email": {"essential": true},
            "http://example.info/claims/groups": null
        },
        "id_token": {
            "auth_time": {"essential": true},
            "acr": {"values": ["urn:mace:incommon:iap:silver"]}
        }
    }"#;

    #[test]
    fn the_example_of_the_standard() {
        let request = ClaimsRequest::parse(EXAMPLE).unwrap();
        assert_eq!(
            request.userinfo.keys().collect::<Vec<_>>(),
            ["email", "given_name", "http://example.info/claims/groups", "nickname"]
        );
        assert!(request.userinfo["email"].essential);
        assert_eq!(request.userinfo["nickname"], ClaimRequest::default());
        let acr = &request.id_token["acr"];
        assert!(!acr.essential && acr.accepts(&json!("urn:mace:incommon:iap:silver")));
        assert!(!acr.accepts(&json!("1")));
        assert!(request.id_token["auth_time"].accepts(&json!(1)));
        assert!(!request.is_empty());
    }

    #[test]
    fn stored_and_read_again() {
        let request = ClaimsRequest::parse(EXAMPLE).unwrap();
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"id_token":{"acr":{"values":["urn:mace:incommon:iap:silver"]},"auth_time":{"essential":true}},"#,
                r#""userinfo":{"email":{"essential":true},"given_name":{"essential":true},"#,
                r#""http://example.info/claims/groups":null,"nickname":null}}"#
            )
        );
        assert_eq!(ClaimsRequest::parse(&text), Ok(request));
    }

    #[test]
    fn one_wanted_value() {
        let request = ClaimsRequest::parse(r#"{"id_token":{"sub":{"value":"248289761001"}}}"#).unwrap();
        let sub = &request.id_token["sub"];
        assert!(sub.accepts(&json!("248289761001")) && !sub.accepts(&json!(248_289_761_001_u64)));
        assert_eq!(sub.wanted().count(), 1);
    }

    #[test]
    fn unknown_members_are_left_alone() {
        let request = ClaimsRequest::parse(r#"{"purpose":"x","id_token":{"a":{"purpose":["y"]}}}"#).unwrap();
        assert_eq!(request.id_token["a"], ClaimRequest::default());
        assert!(ClaimsRequest::parse(" {}").unwrap().is_empty());
    }

    #[test]
    fn malformed_refused() {
        for json in [
            "",
            "[]",
            "[{},{}]",
            "null",
            "\"x\"",
            "{",
            "{}{}",
            r#"{"id_token":[]}"#,
            r#"{"id_token":{"a":1}}"#,
            r#"{"id_token":{"a":{"essential":"yes"}}}"#,
            r#"{"id_token":{"a":{"values":"x"}}}"#,
            r#"{"id_token":{},"id_token":{}}"#,
        ] {
            assert_eq!(ClaimsRequest::parse(json), Err(ClaimsRequestError::Malformed), "{json}");
        }
    }

    #[test]
    fn length_and_depth_are_bounded() {
        assert_eq!(
            ClaimsRequest::parse(&format!("{{{}", " ".repeat(MAX_CLAIMS_BYTES))),
            Err(ClaimsRequestError::TooLong)
        );
        let nested = |n: usize| {
            format!(
                r#"{{"id_token":{{"a":{{"value":{}1{}}}}}}}"#,
                "[".repeat(n),
                "]".repeat(n)
            )
        };
        assert!(ClaimsRequest::parse(&nested(8)).is_ok());
        for depth in [9, 100, 1900] {
            assert_eq!(ClaimsRequest::parse(&nested(depth)), Err(ClaimsRequestError::Malformed));
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(json in r#"\{("(id_token|userinfo)":(\{("a":(null|1|\{"(value|values|essential)":(true|\[1\]|"x")\}),?){0,2}\}|null),?){0,3}\}"#) {
            if let Ok(request) = ClaimsRequest::parse(&json) {
                let stored = serde_json::to_string(&request).unwrap();
                prop_assert_eq!(ClaimsRequest::parse(&stored), Ok(request));
            }
        }
    }
}
