//! What is wrong with JSON that was sent: where, and what belongs there. The values are not repeated: they may be
//! secrets.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value of a wrong kind.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mistake {
    /// Where it stands: `credentials[0].value`. The whole has the path `$`.
    pub(crate) path: String,
    /// What belongs there.
    pub(crate) message: String,
}

/// Reads JSON, and finds the place when it cannot.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Mistake> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| Mistake {
        path: match error.path().to_string() {
            whole if whole == "." => "$".to_owned(),
            path => path,
        },
        message: in_words(error.inner()),
    })
}

/// What the parser says, without the values that it quotes.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // A value can hold these words too: the parser's are the last.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        return format!("must be {}", kind(expected));
    }
    let harmless = ["missing field `", "duplicate field `", "not a "];
    if harmless.iter().any(|start| text.starts_with(start)) {
        text.to_owned()
    } else {
        "cannot be read".to_owned()
    }
}

/// As JSON names it, not Rust.
fn kind(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "a string" => "a text",
        "i32" | "i64" | "u32" | "u64" => "a whole number",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::read;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Sent {
        #[expect(dead_code, reason = "it is read alone")]
        all_of_it: Vec<BTreeMap<String, bool>>,
    }

    #[test]
    fn a_place_is_told_and_no_value() {
        for (json, told) in [
            ("[]", "$: must be an object"),
            ("{}", "$: missing field `allOfIt`"),
            (r#"{"allOfIt":{}}"#, "allOfIt: must be a list"),
            (r#"{"allOfIt":[{},7]}"#, "allOfIt[1]: must be an object"),
            (r#"{"allOfIt":[{"a":"canary"}]}"#, "allOfIt[0].a: must be a boolean"),
            (
                r#"{"allOfIt":[{"a":"x, expected canary at line 7"}]}"#,
                "allOfIt[0].a: must be a boolean",
            ),
        ] {
            let mistake = read::<Sent>(json.as_bytes()).unwrap_err();
            assert_eq!(format!("{}: {}", mistake.path, mistake.message), told, "{json}");
        }
    }
}
