//! `${NAME}` in a realm file: the value of an environment variable, as in Keycloak's own import. `${NAME:default}` has a
//! default, `${env.NAME}` is the same as `${NAME}`. What names no variable stays: exports are full of `${role_admin}`.

/// Fills them in. A value is escaped so that it stays inside its text.
pub(super) fn fill(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let found = after
            .split_once('}')
            .and_then(|(inside, after)| Some((value(inside, &variable)?, after)));
        if let Some((value, after)) = found {
            filled.push_str(&escaped(&value));
            rest = after;
        } else {
            filled.push_str("${");
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

fn value(inside: &str, variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let (name, default) = match inside.split_once(':') {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let name = name.strip_prefix("env.").unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(is_name) {
        return None;
    }
    variable(name).or_else(|| default.map(str::to_owned))
}

/// As it stands inside a JSON text.
fn escaped(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::fill;

    fn filled(text: &str) -> String {
        fill(text, |name| match name {
            "SECRET" => Some("hunter2".into()),
            "ODD" => Some("a\"b\\c\n".into()),
            _ => None,
        })
    }

    #[test]
    fn variables_are_filled_in_and_others_stay() {
        assert_eq!(
            filled(r#"{"a":"${SECRET}","b":"x${env.SECRET}y"}"#),
            r#"{"a":"hunter2","b":"xhunter2y"}"#
        );
        assert_eq!(filled("${MISSING:none} ${SECRET:none}"), "none hunter2");
        for text in [
            "${role_admin}",
            "${authBaseUrl}/x",
            "${",
            "${}",
            "$ {SECRET}",
            "${a b}",
            "${client_account:",
        ] {
            assert_eq!(filled(text), text);
        }
    }

    #[test]
    fn a_value_stays_inside_its_text() {
        let text = filled(r#"{"a":"${ODD}"}"#);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["a"], "a\"b\\c\n");
    }
}
