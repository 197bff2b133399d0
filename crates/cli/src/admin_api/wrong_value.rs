//! What is wrong with a value of a person's, in words: the admin API answers with Keycloak's keys.

use serde_json::Value;

use super::show::cell;

/// A line that names the member, or nothing where the answer names none.
pub(super) fn line(problem: &Value, realm: Option<&str>) -> Option<String> {
    let [field, key] = ["field", "errorMessage"].map(|name| problem.get(name).and_then(Value::as_str));
    let params = problem.get("params").and_then(Value::as_array).map(Vec::as_slice);
    let (field, key, params) = (field?, key?, params.unwrap_or_default());
    Some(format!("{field}: {}", words(field, key, params, realm)))
}

fn words(field: &str, key: &str, params: &[Value], realm: Option<&str>) -> String {
    let range = range(params);
    let text = match key {
        "error-user-attribute-read-only" => return read_only(field, realm.unwrap_or("REALM")),
        "error-user-attribute-required" => "must be given: the realm's user profile requires it",
        "error-invalid-length" | "error-invalid-length-too-short" | "error-invalid-length-too-long"
            if !range.is_empty() =>
        {
            return format!("must have {range} characters");
        }
        "error-invalid-multivalued-size" if !range.is_empty() => return format!("must have {range} values"),
        "error-number-out-of-range" | "error-number-out-of-range-too-small" | "error-number-out-of-range-too-big"
            if !range.is_empty() =>
        {
            return format!("must be {range}");
        }
        "error-invalid-number" => "must be a number",
        "error-invalid-email" => "must be a mail address of the form name@host",
        "error-invalid-uri" => "must be an absolute URI",
        "error-invalid-uri-scheme" => "must be a URI of http or https",
        "error-invalid-date" => "must be a date",
        "error-invalid-value" => "must be one of the values that the realm's user profile lists",
        "error-pattern-no-match" => "does not have the form that the realm's user profile wants",
        "error-username-invalid-character" => "has a character that a user name must not have",
        "error-person-name-invalid-character" => "has a character that the name of a person must not have",
        // A realm's own words, or a key of a later version.
        key if range.is_empty() => key,
        key => return format!("{key} ({range})"),
    };
    text.to_owned()
}

fn read_only(field: &str, realm: &str) -> String {
    match field {
        "username" => format!(
            "realm {realm} lets no user name change. Allow it with keyward realm set {realm} --set \
             editUsernameAllowed=true"
        ),
        _ => format!("the user profile of realm {realm} does not let you change it"),
    }
}

/// The bounds behind the name of the field.
fn range(params: &[Value]) -> String {
    let is_number =
        |param: &&Value| param.is_number() || param.as_str().is_some_and(|text| text.parse::<f64>().is_ok());
    let bound = |at: usize| params.get(at).filter(is_number).map(|param| cell(Some(param)));
    match (bound(1), bound(2)) {
        (None, None) => String::new(),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_told_in_words() {
        for (problem, told) in [
            (
                json!(["username", "error-user-attribute-read-only"]),
                "username: realm shop lets no user name change. Allow it with keyward realm set shop --set \
                 editUsernameAllowed=true",
            ),
            (
                json!(["age", "error-user-attribute-read-only"]),
                "age: the user profile of realm shop does not let you change it",
            ),
            (
                json!(["email", "error-invalid-email", "x"]),
                "email: must be a mail address of the form name@host",
            ),
            (
                json!(["username", "error-invalid-length", 3, 255]),
                "username: must have 3 to 255 characters",
            ),
            (
                json!(["color", "error-invalid-length-too-long", null, 255]),
                "color: must have at most 255 characters",
            ),
            (
                json!(["color", "error-invalid-multivalued-size", 0, 1]),
                "color: must have 0 to 1 values",
            ),
            (
                json!(["age", "error-number-out-of-range-too-small", 18, null]),
                "age: must be at least 18",
            ),
            (json!(["a", "own-words"]), "a: own-words"),
            (json!(["a", "own-words", 1, 2]), "a: own-words (1 to 2)"),
        ] {
            let mut params = problem.as_array().unwrap().clone();
            let key = params.remove(1);
            let problem = json!({ "field": params[0], "errorMessage": key, "params": params });
            assert_eq!(line(&problem, Some("shop")).as_deref(), Some(told));
        }
    }
}
